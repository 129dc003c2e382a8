"""The conversations of a run on its report."""

import pandas as pd

from tests.dashboard.steps import CHECK, TEAM, group
from townsquare.dashboard.conversations import conversations


def test_no_section_where_nobody_talked() -> None:
    assert conversations(pd.DataFrame()) == ""


def test_every_group_is_listed_and_three_are_drawn() -> None:
    rows = pd.concat([group(*CHECK, tick=tick, number=n) for tick in (1, 2) for n in range(3)], ignore_index=True)
    page = conversations(rows)
    assert "6 groups, 12 turns, 6 tasks" in page
    assert "nobody here is a language model" in page
    assert page.count("<svg") == 3
    listed = page[page.index("All groups") :]
    assert listed.count("<td>Is it so?</td>") == 6
    assert listed.count(f"<td>{TEAM}</td>") == 6
    assert listed.count("<td>concluded</td><td>undecided</td>") == 6
    assert "<script>" not in page


def test_tokens_for_talking_and_for_the_work_are_told_apart() -> None:
    rows = group(*CHECK)
    rows.loc[2, "communication"], rows.loc[5, "work"] = 1200, 34
    assert "1,200 tokens for talking and 34 for the work itself." in conversations(rows)


def test_a_group_that_has_not_ended() -> None:
    assert "<td>not yet</td>" in conversations(group(*CHECK[:3]))
