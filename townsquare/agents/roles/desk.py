"""Leads a group that checks an article: who does what, in which order, and what came of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from townsquare.agents.roles.fact_reader import stated
from townsquare.agents.roles.minutes import Minutes
from townsquare.protocols.ioa.cards import Card
from townsquare.protocols.ioa.host import Move, Turn
from townsquare.protocols.ioa.messages import Result, Task, TaskStatus, Type

CARD = Card(
    name="desk",
    description="Leads the checking of disputed articles: forms the team, hands out the work, and sums up.",
    capabilities=("lead the checking of a disputed article",),
    speaks=True,
)


@dataclass(slots=True)
class Case:
    """One article under review."""

    post: Mapping[str, Any]
    """id and text."""
    archive: Sequence[Mapping[str, Any]]
    count: int
    """How much evidence is wanted."""
    retriever: str
    readers: Sequence[str]
    judge: str
    seconds: float
    tick: int
    verdict: str = "undecided"
    score: float = 0.5
    why: str = "nobody looked into it"
    paused: bool = False
    closed: bool = False
    asked: list[str] = field(default_factory=list)
    """Tasks handed out so far, in order: the retriever's, the readers', the judge's."""
    minutes: Minutes = field(default_factory=Minutes)

    @property
    def members(self) -> tuple[str, ...]:
        """Whom the desk works with, each once."""
        return tuple(dict.fromkeys([self.retriever, *self.readers, self.judge]))

    def undecided(self, why: str) -> None:
        """Nothing came of it."""
        self.verdict, self.score, self.why = "undecided", 0.5, why


class Desk:
    """A behavioural speaker: retriever (waited for), readers (side by side), pause, judge (waited for), conclusion.

    ``case`` has to be set before the group is opened. A member that fails, or delivers what makes no sense, is told of
    in the conclusion, and the case stays undecided.
    """

    def __init__(self) -> None:
        self.case: Case | None = None

    async def run(self, task: Task) -> str:
        """Nobody assigns work to the desk."""
        raise ValueError("the desk leads groups; it takes no tasks")

    async def speak(self, turn: Turn) -> Move:
        """The next step of the case."""
        case = self.case
        assert case is not None
        results = turn.conversation.results
        ended = [results[task] for task in case.asked if task in results]
        # what the readers deliver is put down after the pause, whether it came before or during it
        case.minutes.take(CARD.name, ended if case.paused or len(case.asked) < 2 else ended[:1])
        move = self._move(case, turn, ended)
        case.minutes.said(CARD.name, case.members, move)
        return move

    def _move(self, case: Case, turn: Turn, ended: Sequence[Result]) -> Move:
        if case.closed:
            return Move(Type.CONCLUSION, f"{case.verdict}: {case.why}")
        if turn.must_conclude:
            return _close(case, "there was no time left", Type.CONCLUSION)
        failed = next((one for one in ended if one.status is not TaskStatus.COMPLETED), None)
        if failed is not None:
            return _close(case, f"{failed.sender} did not deliver: {failed.error or failed.status}")
        try:
            return _step(case, turn.conversation.comm_id, ended)
        except (KeyError, TypeError, ValueError, AttributeError):
            return _close(case, f"what {ended[-1].sender if ended else 'somebody'} delivered makes no sense")


def _step(case: Case, group: str, ended: Sequence[Result]) -> Move:
    asked, readers = len(case.asked), len(case.readers)
    if asked == 0:
        work = {"post": case.post, "archive": list(case.archive), "count": case.count}
        return _assign(case, group, Type.SYNC_TASK, case.retriever, "find articles about the same event", work)
    if asked <= readers:
        share = [{"id": int(one["id"]), "text": str(one["text"])} for one in ended[0].output["found"]]
        work = _numbered(case, {"documents": share[asked - 1 :: readers]}, asked)
        return _assign(case, group, Type.ASYNC_TASK, case.readers[asked - 1], "note what each article states", work)
    if asked == readers + 1 and not case.paused:
        case.paused = True
        return Move(Type.PAUSE, "I wait for the readers.", triggers=tuple(case.asked[1:]))
    if asked == readers + 1:
        read = [{name: one[name] for name in ("figure", "about")} for done in ended[1:] for one in done.output["read"]]
        text = str(case.post["text"])
        about = {"post": text.partition("|")[0].strip(), "statement": stated(text), "evidence": read}
        return _assign(
            case, group, Type.SYNC_TASK, case.judge, "judge whether the statement is true", _numbered(case, about, 0)
        )
    said = ended[-1].output
    verdict, score, why = said["verdict"], float(said["score"]), str(said["why"])
    if verdict not in ("true", "false", "undecided") or not 0 <= score <= 1:
        raise ValueError("no verdict")
    case.verdict, case.score = verdict, score
    return _close(case, why)


def _numbered(case: Case, work: dict[str, Any], number: int) -> dict[str, Any]:
    """With what tells it apart from other work of the run."""
    return {**work, "tick": case.tick, "number": int(case.post["id"]) * 32 + number}


def _assign(case: Case, group: str, type: Type, to: str, what: str, work: Mapping[str, Any]) -> Move:
    case.asked.append(f"{group}:{len(case.asked) + 1}")
    return Move(
        type,
        f"{to}, please {what}.",
        next_speaker=(to,),
        task_id=case.asked[-1],
        task_desc=what,
        task_abstract=what,
        task_input=work,
        task_seconds=case.seconds,
    )


def _close(case: Case, why: str, type: Type = Type.CONCLUDE) -> Move:
    case.why, case.closed = why, True
    return Move(type, f"{case.verdict}: {why}" if type is Type.CONCLUSION else "That is enough; I conclude.")
