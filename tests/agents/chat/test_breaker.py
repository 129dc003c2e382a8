"""When calls to an endpoint that is down are turned away."""

from townsquare.agents.chat.breaker import Breaker


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def fail(breaker: Breaker, times: int = 1) -> None:
    for _ in range(times):
        call = breaker.enter()
        assert call is not None
        breaker.leave(call, False)


def test_opens_after_so_many_failures_in_a_row() -> None:
    breaker = Breaker(failures=3)
    fail(breaker, 2)
    call = breaker.enter()
    assert call is not None
    breaker.leave(call, True)
    fail(breaker, 2)
    assert not breaker.is_open
    fail(breaker)
    assert breaker.is_open
    assert breaker.enter() is None


def test_calls_that_say_nothing_do_not_count() -> None:
    breaker = Breaker(failures=2)
    fail(breaker)
    call = breaker.enter()
    assert call is not None
    breaker.leave(call, None)
    assert not breaker.is_open
    fail(breaker)
    assert breaker.is_open


def test_one_probe_after_the_cool_down() -> None:
    clock = Clock()
    breaker = Breaker(failures=1, cool_down=30, clock=clock)
    fail(breaker)
    clock.now = 29.9
    assert breaker.enter() is None
    clock.now = 30.0
    probe = breaker.enter()
    assert probe is not None
    assert breaker.enter() is None
    breaker.leave(probe, False)
    clock.now = 59.0
    assert breaker.enter() is None
    clock.now = 60.0
    probe = breaker.enter()
    assert probe is not None
    breaker.leave(probe, True)
    assert not breaker.is_open
    assert breaker.enter() is not None


def test_a_probe_that_says_nothing_leaves_room_for_the_next() -> None:
    clock = Clock()
    breaker = Breaker(failures=1, cool_down=30, clock=clock)
    fail(breaker)
    clock.now = 30.0
    probe = breaker.enter()
    assert probe is not None
    breaker.leave(probe, None)
    assert breaker.is_open
    assert breaker.enter() is not None


def test_quick_failures_wait_for_slow_answers() -> None:
    breaker = Breaker(failures=3)
    slow = breaker.enter()
    assert slow is not None
    fail(breaker, 50)
    assert not breaker.is_open
    breaker.leave(slow, True)
    fail(breaker, 2)
    assert not breaker.is_open


def test_and_open_when_those_fail_too() -> None:
    breaker = Breaker(failures=3)
    slow = breaker.enter()
    assert slow is not None
    fail(breaker, 50)
    breaker.leave(slow, False)
    assert breaker.is_open
