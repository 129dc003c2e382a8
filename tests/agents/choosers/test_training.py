"""Many lessons at a time, snapshots, and going on in the middle."""

from pathlib import Path
from typing import Any

import pytest

from tests.agents.choosers.school import GOODS, LESSONS, agentcf, everything, plain, school, store
from townsquare.agents.choosers.lessons import Lesson
from townsquare.agents.choosers.training import Record, Training
from townsquare.protocols.chat import Request
from townsquare.protocols.chat_settings import Budget
from townsquare.protocols.errors import BudgetExceeded, InputError, TooManyFailures

MANY = [Lesson(t, (t - 1) % 3, (t * 7) % 12, (t * 7 + 3 * (1 + t % 3)) % 12) for t in range(1, 41)]


def mixed(request: Request) -> dict[str, Any]:
    """Right and wrong choices, decided by the prompt alone."""
    return plain(request, 1 + int(request.key, 16) % 2)


def training(at: Any, memory: Any, lessons: list[Lesson] = MANY, folder: Path | None = None, **more: Any) -> Training:
    config = {name: more.pop(name) for name in ("batch", "every") if name in more}
    return Training(Training.Config(**config), agentcf(at, memory), memory, lessons, folder=folder, **more)


async def whole(path: Path, **more: Any) -> tuple[list[Any], Record, int]:
    path.mkdir(exist_ok=True)
    with school(path, mixed) as (at, chat):
        memory = store()
        record = await training(at, memory, **more).run()
        return everything(memory), record, len(chat.asked)


async def test_what_is_learned_does_not_depend_on_the_batch(tmp_path: Path) -> None:
    one_by_one = await whole(tmp_path / "1", batch=1)
    for batch in (3, 20):
        assert (await whole(tmp_path / f"{batch}", batch=batch)) == one_by_one
    memories, record, _ = one_by_one
    assert {right[0] for right in record.right} == {True, False}
    assert len(memories) == 3 + len(GOODS) + 2 * len(MANY)


async def test_no_batch_holds_an_agent_twice_or_leaves_its_multiple(tmp_path: Path) -> None:
    with school(tmp_path) as (at, _):
        made = training(at, store(), batch=4)
        done = 0
        while done < len(MANY):
            batch = made._batch(done)
            agents = [agent for lesson in batch for agent in made.learner.touches(lesson)]
            assert len(agents) == len(set(agents))
            assert batch == MANY[done : done + len(batch)]
            assert done // 4 == (done + len(batch) - 1) // 4
            done += len(batch)


async def test_spent_budget_then_more_of_it(tmp_path: Path) -> None:
    memories, record, calls = await whole(tmp_path / "whole")
    folder, made = tmp_path / "resumed", []
    for cap in (17, 60, 61, 100, None):
        with school(tmp_path, mixed, budget=Budget(calls=cap)) as (at, chat):
            memory = store()
            try:
                again = await training(at, memory, folder=folder, every=5).run()
            except BudgetExceeded:
                assert cap is not None
            made.append(len(chat.asked))
            assert sum(made) == (cap if cap is not None else calls)
    assert everything(memory) == memories
    assert again == record


async def test_a_crash_between_snapshots_costs_no_call_twice(tmp_path: Path) -> None:
    memories, record, calls = await whole(tmp_path / "whole")
    folder, made = tmp_path / "crashed", 0

    def crash(record: Record) -> None:
        if len(record) >= 23:
            raise KeyboardInterrupt

    with school(tmp_path, mixed) as (at, chat):
        with pytest.raises(KeyboardInterrupt):
            await training(at, store(), folder=folder, every=10, after=crash).run()
        made += len(chat.asked)
    with school(tmp_path, mixed) as (at, chat):
        memory = store()
        resumed = training(at, memory, folder=folder, every=10)
        assert await resumed.run() == record
        made += len(chat.asked)
    assert made == calls
    assert everything(memory) == memories
    # a training that is over only has to be read
    with school(tmp_path, mixed, mode="replay") as (at, chat):
        memory = store()
        assert await training(at, memory, folder=folder).run() == record
    assert everything(memory) == memories


async def test_too_many_failures_leave_the_batch_to_be_learned_again(tmp_path: Path) -> None:
    asked = 0

    def broken(request: Request) -> Any:
        nonlocal asked
        asked += 1
        return mixed(request) if asked < 30 else "nonsense"

    memories, record, _ = await whole(tmp_path / "whole")
    folder = tmp_path / "snapshots"
    with school(tmp_path, broken) as (at, _):

        def settle() -> None:
            at.asked.check_failures(0.05)
            at.asked.take()

        with pytest.raises(TooManyFailures):
            await training(at, store(), folder=folder, settle=settle).run()
    with school(folder, mixed) as (at, _):
        memory = store()
        again = await training(at, memory, folder=folder).run()
    assert again == record
    assert everything(memory) == memories


async def test_a_snapshot_of_another_training_is_refused(tmp_path: Path) -> None:
    with school(tmp_path, mixed) as (at, _):
        await training(at, store(), LESSONS, folder=tmp_path).run()
        with pytest.raises(InputError, match="snapshot of another training"):
            await training(at, store(), MANY, folder=tmp_path).run()
        with pytest.raises(InputError, match="snapshot of another training"):
            await training(at, store(), LESSONS, folder=tmp_path, identity="other settings").run()
        whole_file = (tmp_path / "training.npz").read_bytes()
        for torn in (b"", whole_file[:100], b"x" * 200):
            (tmp_path / "training.npz").write_bytes(torn)
            with pytest.raises(InputError, match="no snapshot"):
                await training(at, store(), LESSONS, folder=tmp_path).run()


async def test_lessons_have_to_be_numbered() -> None:
    with pytest.raises(ValueError, match="numbered"):
        Training(Training.Config(), None, store(), [LESSONS[1]])  # type: ignore[arg-type]


async def test_progress_is_told_batch_by_batch(tmp_path: Path) -> None:
    told: list[int] = []
    with school(tmp_path) as (at, _):
        await training(at, store(), LESSONS, batch=3, after=lambda record: told.append(len(record))).run()
    assert told[-1] == len(LESSONS)
    assert told == sorted(set(told))


async def test_accuracy_counts_who_got_so_far() -> None:
    record = Record(right=[(True, False), (False,), ()], calls=[5, 2, 1], cut=[0] * 3, failed=["", "x", "y"])
    assert record.accuracy() == 0.5
    assert record.accuracy(turn=1) == 0.0
    assert record.accuracy(2) != record.accuracy(2)
    assert record.failures == 2
