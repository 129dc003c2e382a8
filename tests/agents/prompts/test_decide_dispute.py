"""A judge is told the two statements in their order, and a suggestion where there is one."""

import re
from dataclasses import replace

from townsquare.agents.prompts.decide_dispute import decide_dispute
from townsquare.protocols.dispute import Hearing, Suggestion

HEARING = Hearing("case", "shop", "It was cold.", "It was hot.", "customer")
ADVICE = Suggestion("shop", "it can be checked")


def lines(hearing: Hearing) -> list[str]:
    """What is asked, without the codes of the blocks, which change with what stands in them."""
    return re.sub(r"-[0-9a-f]{16}", "", decide_dispute(hearing)[-1].text).splitlines()


def test_in_the_order_in_which_they_spoke() -> None:
    text = decide_dispute(HEARING)[-1].text
    assert text.index("It was hot.") < text.index("It was cold.")
    assert "truth" not in text


def test_the_reason_against_the_other_side_changes_one_line_only() -> None:
    """Dossier 7e.6."""
    one = lines(replace(HEARING, suggestion=ADVICE))
    both = lines(replace(HEARING, suggestion=replace(ADVICE, why_not="it leaves something out")))
    added = [line for line in both if line not in one]
    assert len(added) == 1
    assert "why not the other side: it leaves something out" in added[0]
    assert [line for line in one if line not in both] == []
