"""Where the time of a run goes: a clock round every step of a tick."""

import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from townsquare import build, runs
from townsquare.protocols.recording import RunWriter

STAGES = ("supply", "learn", "match", "observe", "decide", "apply", "measure", "record")


class Clock:
    """Seconds spent per stage."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)

    def timed(self, stage: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """``function`` with its time added to ``stage``."""

        def call(*args: Any, **kwargs: Any) -> Any:
            began = time.perf_counter()
            try:
                return function(*args, **kwargs)
            finally:
                self.seconds[stage] += time.perf_counter() - began

        return call

    def timed_async(self, stage: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The same for a coroutine function."""

        async def call(*args: Any) -> Any:
            began = time.perf_counter()
            try:
                return await function(*args)
            finally:
                self.seconds[stage] += time.perf_counter() - began

        return call

    def watch(self) -> None:
        """Put a clock round the steps of every town that is built from now on in this process."""
        plain = build.build

        def built(*args: Any, **kwargs: Any) -> build.Built:
            made = plain(*args, **kwargs)
            environment, recommender = made.environment, made.town.recommender
            for stage, names in (
                ("supply", ["supply"]),
                ("learn", ["history"]),
                ("match", ["match"]),
                ("observe", ["observe"]),
                ("apply", ["apply"]),
            ):
                for name in names:
                    setattr(environment, name, self.timed(stage, getattr(environment, name)))
            recommender.fit = self.timed("learn", recommender.fit)  # type: ignore[method-assign]
            for mind in made.town.minds.values():
                mind.decide = self.timed_async("decide", mind.decide)  # type: ignore[method-assign]
            return made

        build.build = built
        build.measure = self.timed("measure", build.measure)
        RunWriter.commit = self.timed("record", RunWriter.commit)  # type: ignore[method-assign]
        assert runs.build is build
