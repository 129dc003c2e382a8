"""A mind of a town on the wire: it does as it would at home."""

import numpy as np
import pytest

from tests.agents.joining.tasks import task
from townsquare.agents.joining.mind import TownMind
from townsquare.agents.minds.reader import Reader
from townsquare.agents.minds.wire_form import answer_of, frame_of, rows_of
from townsquare.protocols.errors import InputError, TownsquareError, UnknownComponent
from townsquare.protocols.observations import Observations
from townsquare.protocols.settings import Settings
from townsquare.protocols.streams import Streams


def seen() -> Observations:
    draw = np.random.default_rng(5)
    n, k = 6, 9
    return Observations(
        tick=3,
        group="users",
        task="read",
        agents=np.arange(10, 10 + n),
        limit=4,
        items=np.arange(n * k).reshape(n, k).astype(np.int32),
        traits={
            "concentration": draw.uniform(1, 20, n),
            "threshold": draw.uniform(0, 1, n),
            "quality_weight": draw.uniform(0, 1, n),
        },
        features={"match": draw.uniform(-1, 1, (n, k)), "quality": draw.uniform(0, 1, (n, k))},
        keys=draw.integers(0, 2**63, (n, k)).astype(np.uint64) * np.uint64(2),
    )


async def test_it_does_as_it_would_at_home() -> None:
    here = answer_of(await Reader(Settings(), Streams(7)).decide(seen()))
    input = {**frame_of(seen(), 7), "rows": rows_of(seen())}
    mind = TownMind("behavioural-reader")
    assert await mind.run(task("Decide.", input, capability="decide")) == here
    assert here["actions"]
    assert await mind.run(task("Decide.", {**input, "seed": 8}, capability="decide")) != here


async def test_what_it_cannot_read_it_does_not_do() -> None:
    mind = TownMind("behavioural-reader")
    with pytest.raises(TownsquareError, match="none of a decide task"):
        await mind.run(task("Decide.", {"rows": []}, capability="decide"))
    with pytest.raises(TownsquareError, match="none of a decide task"):
        await mind.run(task("Decide."))
    with pytest.raises(TownsquareError, match="decide only"):
        await mind.run(task("Sing.", capability="sing"))


def test_minds_that_need_a_town() -> None:
    with pytest.raises(UnknownComponent, match="Did you mean 'behavioural-reader'"):
        TownMind("behavioral-reader")
    for name in ("llm-reader", "remote"):
        with pytest.raises(InputError, match="needs the town around it"):
            TownMind(name)
