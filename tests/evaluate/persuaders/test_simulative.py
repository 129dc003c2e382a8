"""Who knows which of two was liked more."""

import pytest

from tests.evaluate.persuaders.posts_of import pair, post
from tests.evaluate.persuaders.scripted import Says
from townsquare.evaluate.persuaders.inputs import Input, draw
from townsquare.evaluate.persuaders.simulation import Coin
from townsquare.evaluate.persuaders.simulative import compared
from townsquare.protocols import Settings, Streams


def real(count: int) -> tuple[Input, ...]:
    pairs = [pair(post(f"w{n}", f"weak {n}", 1), post(f"s{n}", f"strong {n}", 9)) for n in range(count)]
    return draw(pairs, ["Ref"], count, 0.0, Streams(0)).inputs


async def test_a_coin_is_right_half_of_the_time() -> None:
    """Dossier check 7: 0.5 within three standard deviations, and the interval holds it."""
    inputs = real(2000)
    row = (await compared(Coin(Settings(), Streams(0)), inputs)).row("coin", inputs, Streams(0))
    assert row["answered"] == 2000
    assert row["accuracy"] == pytest.approx(0.5, abs=0.034)
    assert row["low"] < 0.5 < row["high"]
    assert row["high"] - row["low"] < 0.07
    assert row["turned"] == pytest.approx(0.5, abs=0.05)
    assert row["chance"] == 0.5


async def test_places_flips_and_missing_answers() -> None:
    inputs = real(40)
    knows = (await compared(Says(lambda a, b: "left" if "strong" in a else "right"), inputs)).row(
        "k", inputs, Streams(0)
    )
    assert (knows["accuracy"], knows["turned"], knows["first"]) == (1.0, 0.0, 0.5)
    stuck = (await compared(Says(lambda a, b: "left"), inputs)).row("s", inputs, Streams(0))
    assert (stuck["accuracy"], stuck["turned"], stuck["first"]) == (0.5, 1.0, 1.0)
    silent = (await compared(Says(lambda a, b: None), inputs)).row("n", inputs, Streams(0))
    assert silent["answered"] == 0
    assert silent["accuracy"] != silent["accuracy"]
