"""Examples are chosen as they should be, the same every time, and never the text itself."""

import numpy as np
import pytest

from tests.datafiles import data_file
from tests.sim.moderators.labelled_texts import HAM, examples
from townsquare.memory.embedders.hashing import Hashing
from townsquare.protocols import Streams
from townsquare.protocols.moderator import Labelled
from townsquare.sim.data.labelled import load
from townsquare.sim.moderators.demonstrations import Demonstrations, How


def chosen(how: How, k: int, text: str, *, balanced: bool = True, of: Labelled | None = None) -> np.ndarray:
    embedder = Hashing(Hashing.Config(), Streams(0)) if how == "semantic" else None
    return Demonstrations(of or examples(), k, how, Streams(42), balanced=balanced, embedder=embedder).of([text])[0]


@pytest.mark.parametrize("how", ["random", "lexical", "semantic"])
def test_as_many_of_each_label(how: How) -> None:
    rows = chosen(how, 8, "win a prize")
    assert np.bincount(examples().labels[rows]).tolist() == [4, 4]
    assert rows.tolist() == chosen(how, 8, "win a prize").tolist()


@pytest.mark.parametrize("how", ["random", "lexical", "semantic"])
def test_never_the_text_itself(how: How) -> None:
    assert HAM[0] not in [examples().texts[row] for row in chosen(how, 14, HAM[0], balanced=False)]


@pytest.mark.parametrize("how", ["lexical", "semantic"])
def test_the_most_alike(how: How) -> None:
    rows = chosen(how, 1, "are we meeting for lunch", balanced=False)
    assert examples().texts[rows[0]] == HAM[0]


def test_short_of_one_label_the_rest_is_filled_up() -> None:
    few = examples().where(np.array([0, 1, 2, 3, 4, 5, 6, 8]))
    rows = chosen("lexical", 8, "free", of=few)
    assert len(set(rows.tolist())) == 8
    assert len(chosen("lexical", 6, "free", of=few)) == 6


def test_none_and_more_than_there_are() -> None:
    assert len(chosen("lexical", 0, "free")) == 0
    assert len(chosen("random", 500, "free")) == 14


def test_the_published_messages() -> None:
    """Dossier 3e.2: k = 8 gives 4 ham and 4 spam, the same twice, and never the text that is asked about."""
    data = load(data_file("sms-spam/SMSSpamCollection")).examples
    asked = [data.texts[row] for row in (0, 2, 17, 95)]
    once, again = (Demonstrations(data, 8, "lexical", Streams(42)).of(asked) for _ in range(2))
    for text, rows, others in zip(asked, once, again, strict=True):
        assert np.bincount(data.labels[rows]).tolist() == [4, 4]
        assert rows.tolist() == others.tolist()
        assert text not in [data.texts[row] for row in rows]
