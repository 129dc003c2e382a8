"""An agent that works, speaks, and calls others to help where it may."""

import json
from typing import Any

from townsquare.agents.speakers.team_up import Formation
from townsquare.protocols.errors import TownsquareError
from townsquare.protocols.ioa.conversation import Agent, Move, Speaker, Turn
from townsquare.protocols.ioa.member import Member
from townsquare.protocols.ioa.messages import Task


class NoTeam(TownsquareError):
    """A task could not be done: nobody does it alone, or the team that was called came to nothing."""


class Colleague:
    """``speaker`` says what it says, ``agent`` does its tasks; with ``form`` it may call a team for a task first.

    A team is a group below the one in which the task was given, as long as that one has depth left; for a task of no
    group, it is a tree of its own. What the team concludes is the result. Set ``voice`` to what ``host.join`` gives.
    """

    def __init__(self, speaker: Speaker, agent: Agent | None = None, form: Formation | None = None) -> None:
        self.speaker, self.agent, self.form = speaker, agent, form
        self.voice: Member | None = None

    async def speak(self, turn: Turn) -> Move:
        """What the speaker says."""
        return await self.speaker.speak(turn)

    async def run(self, task: Task) -> Any:
        """Alone, or what the team concludes. Raises NoTeam."""
        team = await self._team(task)
        if team:
            return await self._together(task, team)
        if self.agent is None:
            raise NoTeam("this agent speaks, and does no tasks alone")
        return await self.agent.run(task)

    async def _team(self, task: Task) -> tuple[str, ...]:
        if self.form is None or self.voice is None:
            return ()
        group = self.voice.conversations.get(task.comm_id) if task.comm_id else None
        if task.comm_id and (group is None or group.team_up_depth < 1):
            return ()
        return await self.form(goal_of(task), self.voice)

    async def _together(self, task: Task, team: tuple[str, ...]) -> str:
        assert self.voice is not None
        group = await self.voice.launch(goal_of(task), team, parent=task.comm_id)
        ended = await self.voice.ended(group.comm_id)
        if ended.status != "concluded":
            raise NoTeam(f"the team with {', '.join(team)} came to no conclusion ({ended.status})")
        return ended.conclusion


def goal_of(task: Task) -> str:
    """A task as the goal of a group: its words, and what it works on."""
    words = task.description or task.capability or "Do this."
    return words if task.input is None else f"{words}\n{json.dumps(task.input, ensure_ascii=False)}"
