"""The judge that counts words."""

import numpy as np

from tests.agents.debaters.seats import rows
from townsquare.agents.debaters.markers import levels
from townsquare.agents.debaters.word_judge import WordJudge
from townsquare.protocols import Streams


async def test_every_statement_of_every_row_is_coded() -> None:
    texts = ["Because of the data, therefore.", "I understand you.", "Penny."]
    seen = rows("code", 5, [("own", texts[0]), ("own", texts[1])], [("own", texts[2])])
    done = await WordJudge(WordJudge.Config(), Streams(0)).decide(seen)
    assert done.agent.tolist() == [0, 0, 1]
    assert done.item.tolist() == [0, 1, 2]
    assert np.array_equal(done.vector, [levels(text) for text in texts])
    assert done.vector[2].sum() == 0


async def test_nothing_to_judge_is_nothing_done() -> None:
    seen = rows("code", 5, [("own", "x")])
    nothing = type(seen)(5, "judges", "code", np.zeros(0, np.int64), 1, np.zeros((0, 3), np.int32))
    assert len(await WordJudge(WordJudge.Config()).decide(nothing)) == 0
