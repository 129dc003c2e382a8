"""A team that checks disputed articles: agents who found each other, led by a desk."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from townsquare.agents.roles import desk, fact_reader, judge, retriever
from townsquare.agents.roles.desk import Case, Desk
from townsquare.protocols.checking import Checking
from townsquare.protocols.errors import RunStopped
from townsquare.protocols.ioa.host import Member, Refusal
from townsquare.protocols.moderator import Posts


class TeamMissing(RunStopped):
    """Nobody on the bus can do a part of the work."""

    status = "stopped: no team"


def shown(posts: Posts) -> tuple[list[Mapping[str, Any]], list[Mapping[str, Any]]]:
    """The articles to be looked into, and all that they can be compared with: id and text."""
    texts = {item: posts.text(item) for item in posts.archive.tolist()}
    archive: list[Mapping[str, Any]] = [{"id": item, "text": text} for item, text in texts.items()]
    return [{"id": item, "text": texts.get(item) or posts.text(item)} for item in posts.items.tolist()], archive


class CheckingTeam:
    """For each post a group: the desk finds who can retrieve, read and judge, and leads them to a verdict.

    ``voice`` is the desk's membership; ``settings`` gives what holds at a tick.
    """

    def __init__(self, leader: Desk, voice: Member, settings: Callable[[int], Checking]) -> None:
        self.leader, self.voice, self.settings = leader, voice, settings

    async def look_into(self, tick: int, post: Mapping[str, Any], archive: Sequence[Mapping[str, Any]]) -> Case:
        """What a group makes of one article; what it cannot decide is undecided.

        Raises TeamMissing when nobody who is here can do a part of the work.
        """
        settings = self.settings(tick)
        finders, readers, judges = await self._form(settings)
        case = Case(post, archive, settings.evidence, finders[0], readers, judges[0], settings.seconds, tick)
        await self._check(case)
        return case

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
            if ended.status != "concluded":
                case.undecided(f"the group came to no end of its own ({ended.status}): {ended.conclusion}")
        except TimeoutError:
            case.undecided("the server did not answer in time")
            case.minutes.ended(everybody, "lost", case.why)
        except Refusal as refusal:
            case.undecided(f"no group was opened: {refusal}")
            case.minutes.ended(everybody, "lost", case.why)

    async def _form(self, settings: Checking) -> list[list[str]]:
        """Names for the three parts of the work: the best matches of each that name it as a capability."""
        parts = [card.capabilities[0] for card in (retriever.CARD, fact_reader.CARD, judge.CARD)]
        try:
            found = await self.voice.discover(parts, top=settings.readers + 3)
        except Refusal as refusal:
            raise TeamMissing(f"no team can be looked for: {refusal}") from refusal
        team: list[list[str]] = []
        for wanted, part, matches in zip((1, settings.readers, 1), parts, found, strict=True):
            able = [match.card.name for match in matches if match.here and part in match.card.capabilities]
            if not able:
                raise TeamMissing(f"nobody who is here can {part}; let such an agent join (docs/team.md)")
            team.append(able[:wanted])
        return team
