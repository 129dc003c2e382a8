from townsquare.protocols.ioa import results as at
from townsquare.protocols.ioa.guard import Repeated
from townsquare.protocols.ioa.messages import Result
from townsquare.protocols.ioa.results import Done, Results
from townsquare.protocols.ioa.vocabulary import Code, TaskStatus


def done(status=TaskStatus.COMPLETED, size=10):
    return Done("ann", "bob", Result(id="x", sender="bob", task_id="t", status=status), size)


def test_the_latest_are_kept_within_both_bounds(monkeypatch):
    monkeypatch.setattr(at, "KEPT", 3)
    monkeypatch.setattr(at, "KEPT_BYTES", 100)
    results = Results()
    for n in range(5):
        results.keep(f"t{n}", done())
    assert [f"t{n}" in results for n in range(5)] == [False, False, True, True, True]
    results.keep("large", done(size=95))
    assert [name for name in ("t2", "t3", "t4", "large") if name in results] == ["large"]
    results.keep("huge", done(size=101))
    assert "huge" not in results


def test_says_why_nothing_can_be_said_any_more():
    results = Results()
    results.keep("t", done())
    results.keep("u", done(TaskStatus.TIMED_OUT))
    assert isinstance(results.explain("t", "bob"), Repeated)
    assert results.explain("u", "bob").code is Code.LATE
    assert results.explain("t", "eve").code is Code.UNKNOWN
    assert results.explain("v", "bob").code is Code.UNKNOWN
