"""The five states of a group, what leads from one to another, and the record of it all.

After Chen et al., "Internet of Agents" (ICLR 2025), section 2.3.4 and the public code's effective transitions. There a
language model's word is the transition, and nothing ends a wait; here members move, the machine decides what a move
does, and everything that is waited for has a deadline. Time-outs, leavers, the deadlock detector and the forced
conclusion are ours.

==========  ====================================  ==========  ======================================
in          when                                  then        the floor goes to
==========  ====================================  ==========  ======================================
discussion  discussion is said                    discussion  the member named, else the speaker
discussion  nobody able is named                  discussion  the opener
discussion  sync_task_assign is said              sync        nobody
discussion  async_task_assign is said             async       nobody
discussion  work for nobody known is assigned     discussion  the speaker
discussion  pause is said, tasks are unfinished   paused      nobody
discussion  pause is said, none is unfinished     discussion  the speaker
discussion  conclude_group_discussion is said     conclusion  the speaker
discussion  conclusion is said                    concluded   nobody
discussion  the last turn is taken                conclusion  the member named, else the speaker
discussion  the speaker is silent too long        discussion  the opener, or the next in order
discussion  the speaker leaves                    discussion  the opener, or the next in order
discussion  a result arrives                      discussion  whoever has it
discussion  the last speaker is silent too long   deadlock    nobody
sync        a result arrives, more are missing    sync        nobody
sync        the last result arrives               discussion  the assigner
sync        the last task times out               discussion  the assigner
sync        the last assignee leaves              discussion  the assigner
async       progress arrives, more is missing     async       nobody
async       the last progress arrives             discussion  the assigner
async       a turn's time goes by                 discussion  the assigner
paused      a trigger ends, others are left       paused      nobody
paused      the last trigger ends                 discussion  the pauser
paused      the last trigger times out            discussion  the pauser
paused      the last trigger's assignee leaves    discussion  the pauser
conclusion  anything is said                      concluded   nobody
conclusion  the speaker is silent too long        conclusion  the opener, or the next in order
any         the last member leaves                abandoned   nobody
any         it is cancelled                       cancelled   nobody
==========  ====================================  ==========  ======================================

Decided here, where paper and code say nothing:

* The opener speaks first, unless ``start`` names somebody (a member drawn at random, in the original).
* A turn is a move that was taken; results and progress are none. After ``max_turns`` of them the state is conclusion:
  whatever is said then is the conclusion. So it comes with message ``max_turns`` + 1 at the latest.
* ``default`` counts as discussion. Of several members named in a discussion, the first who is able speaks.
* A member may be given several tasks at a time, and may give itself one. One that is away fails at once.
* An assignment may name its task's id; for several assignees ``.1``, ``.2``, ... is put to it, in their order.
* Progress may be left out: a result counts as progress too. After ``turn_seconds`` an asynchronous assigner goes on.
* A wait outlives the one who waits: if that one has left when it ends, the floor goes on as from any leaver.
* Whoever was passed over or left with the floor is not asked again before somebody has said something.
* With no speaker present the group lives as long as tasks are unfinished; a speaker who comes back gets the floor.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from townsquare.protocols.ioa.tasks import TaskRecord


class Phase(StrEnum):
    """The five states."""

    DISCUSSION = "discussion"
    SYNC = "sync"
    ASYNC = "async"
    PAUSED = "paused"
    CONCLUSION = "conclusion"


WAITS = (Phase.SYNC, Phase.ASYNC, Phase.PAUSED)
"""States in which nobody has the floor."""
Status = Literal["open", "concluded", "deadlock", "abandoned", "cancelled"]


@dataclass(frozen=True)
class GroupRecord:
    """A group as it stands; equal events make equal records."""

    comm_id: str
    goal: str
    members: tuple[str, ...]
    parent: str | None
    team_up_depth: int
    max_turns: int
    state: str
    status: Status
    conclusion: str
    turns: int
    passed_over: dict[str, int]
    """How often each member was silent too long, for those who were."""
    tasks: tuple[TaskRecord, ...]
