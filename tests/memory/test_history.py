from hypothesis import given
from hypothesis import strategies as st

from townsquare.memory.history import Change, changes, versions
from townsquare.memory.stores.arrays import Arrays
from townsquare.protocols.memory import Entry, Scope


def test_versions_and_what_changed():
    store, scope = Arrays(Arrays.Config(), 2), Scope(0, "Books", "separated")
    for tick, text in enumerate(["likes jazz", "likes jazz and poems", "likes poems"]):
        store.write([Entry(scope, tick, text)])
    found = versions(store, scope)
    assert [version.number for version in found] == [0, 1, 2]
    assert found[0].changes == (Change("new", "likes jazz"),)
    assert found[1].changes == (Change("kept", "likes jazz"), Change("new", " and poems"))
    assert found[2].changes == (Change("kept", "likes"), Change("gone", " jazz and"), Change("kept", " poems"))
    assert [version.entry.tick for version in versions(store, scope, before=2)] == [0, 1]
    assert versions(store, Scope(1)) == []


@given(st.text(st.sampled_from("ab \n"), max_size=30), st.text(st.sampled_from("ab \n"), max_size=30))
def test_changes_spell_both_texts(old, new):
    found = changes(old, new)
    assert "".join(change.text for change in found if change.kind != "gone") == new
    assert "".join(change.text for change in found if change.kind != "new") == old
