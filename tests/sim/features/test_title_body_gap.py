"""A title in the words of its text has no gap, one about something else has."""

import numpy as np

from townsquare.protocols import Streams
from townsquare.protocols.feature import Feature
from townsquare.sim.features.title_body_gap import TitleBodyGap


def gap(*texts: str, **settings: object) -> list[float]:
    made = TitleBodyGap(TitleBodyGap.Config.model_validate(settings), Streams(0))
    assert isinstance(made, Feature)
    return made(texts).tolist()


def test_the_same_words_and_others() -> None:
    body = "the council votes on the new tram line on monday"
    same, near, far = gap(
        f"{body}\n{body}", f"council votes on tram line\n{body}", f"you will not believe this\n{body}"
    )
    assert same == 0
    assert same < near < far
    assert far > 0.8


def test_texts_of_one_part_have_none() -> None:
    assert np.isnan(gap("only a title", "", "\nbody", "title\n  ")).all()
    assert gap("a | a", separator=" | ") == [0.0]
    assert gap() == []
