"""What is loaded is left out of collections."""

import gc

from townsquare.view.settled import settle


def test_a_page_is_settled_once() -> None:
    try:
        gc.unfreeze()
        settle("a page of this test")
        held = gc.get_freeze_count()
        assert held > 10_000  # everything that is imported
        made = [[n] for n in range(1_000)]
        settle("a page of this test")
        assert gc.get_freeze_count() <= held
        del made
    finally:
        gc.unfreeze()
