import codecs

import pytest
from pydantic import ValidationError

from townsquare.sim.data import sets
from townsquare.sim.data.layout import InteractionLayout


@pytest.mark.parametrize("name", [name for name in sets.known() if sets.roles_of(name)])
def test_a_layout_names_only_columns_that_there_are(name):
    found = sets.find(name)
    for layout in filter(None, (found.articles, found.interactions)):
        codecs.lookup(layout.encoding)
        named = {layout.item_id, *getattr(layout, "text", ()), *getattr(layout, "flags", ())} - {"flags"}
        assert not layout.columns or named <= set(layout.columns)


def test_lists_need_their_history():
    with pytest.raises(ValidationError, match="lists and history go together"):
        InteractionLayout(file="x", item_id="i", user_id="u", lists=True)
