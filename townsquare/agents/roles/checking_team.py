"""A moderator that is a team: disputed articles are checked by agents who found each other."""

import asyncio
from collections.abc import Callable

import numpy as np

from townsquare.agents.roles import desk, fact_reader, judge, retriever
from townsquare.agents.roles.desk import Case, Desk
from townsquare.agents.roles.minutes import Minutes
from townsquare.protocols.checking import Checking
from townsquare.protocols.errors import RunStopped
from townsquare.protocols.ioa.host import Member
from townsquare.protocols.moderator import ACTION, Posts, Verdicts

_ACTIONS = {"false": "remove", "true": "show", "undecided": "abstain"}


class TeamMissing(RunStopped):
    """Nobody on the bus can do a part of the work."""

    status = "stopped: no team"


class CheckingTeam:
    """For each post a group: the desk finds who can retrieve, read and judge, and leads them to a verdict.

    ``voice`` is the desk's membership; ``settings`` gives what holds at a tick.
    """

    def __init__(self, leader: Desk, voice: Member, settings: Callable[[int], Checking]) -> None:
        self.leader, self.voice, self.settings = leader, voice, settings
        self.minutes: list[Minutes] = []
        """Of the groups since they were last taken away."""

    async def review(self, posts: Posts) -> Verdicts:
        """One group after the other; what a group cannot decide is abstained from.

        Raises TeamMissing when nobody who is here can do a part of the work.
        """
        settings = self.settings(posts.tick)
        archive = [{"id": item, "text": posts.text(item)} for item in posts.archive.tolist()]
        cases = []
        for item in posts.items.tolist():
            finders, readers, judges = await self._form(settings)
            post = {"id": item, "text": posts.text(item)}
            one = Case(post, archive, settings.evidence, finders[0], readers, judges[0], settings.seconds, posts.tick)
            await self._check(one)
            cases.append(one)
        return Verdicts(
            np.array([ACTION[_ACTIONS[one.verdict]] for one in cases], np.int8),
            np.array([one.score for one in cases], np.float64),
            [one.why for one in cases],
        )

    async def _check(self, case: Case) -> None:
        self.leader.case = case
        everybody = [desk.CARD.name, *case.members]
        goal = f"Is what article {case.post['id']} states true?"
        case.minutes.opened(desk.CARD.name, case.members, goal)
        try:
            # a server that works ends every group in time; this is for one that has gone
            async with asyncio.timeout(case.seconds * (len(case.readers) + 5)):
                group = await self.voice.launch(goal, case.members, team_up_depth=0)
                ended = await self.voice.ended(group.comm_id)
            case.minutes.ended(everybody, ended.status, ended.conclusion)
        except TimeoutError:
            case.verdict, case.score, case.why = "undecided", 0.5, "the server did not answer in time"
            case.minutes.ended(everybody, "lost", case.why)
        self.minutes.append(case.minutes)

    async def _form(self, settings: Checking) -> list[list[str]]:
        """Names for the three parts of the work: the best matches of each that name it as a capability."""
        parts = [card.capabilities[0] for card in (retriever.CARD, fact_reader.CARD, judge.CARD)]
        found = await self.voice.discover(parts, top=settings.readers + 3)
        team: list[list[str]] = []
        for wanted, part, matches in zip((1, settings.readers, 1), parts, found, strict=True):
            able = [match.card.name for match in matches if match.here and part in match.card.capabilities]
            if not able:
                raise TeamMissing(f"nobody who is here can {part}; let such an agent join (docs/team.md)")
            team.append(able[:wanted])
        return team
