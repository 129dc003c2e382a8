"""Dual-layer memory: what is written where, and who gets to see it when (dossier: AgentCF++)."""

import numpy as np
import pytest

from townsquare.memory.embedders.hashing import Hashing
from townsquare.memory.interest_groups import Group, Groups, InterestGroups
from townsquare.memory.layers import Context, DualMemory, Update
from townsquare.memory.stores.arrays import Arrays
from townsquare.protocols import Streams
from townsquare.protocols.memory import Scope, WordLimit

DOMAINS = ("Movies", "Books", "Games")


def memory(use="both", embedder=None, **settings):
    store = Arrays(Arrays.Config(), 100)
    return DualMemory(DualMemory.Config(use=use, **settings), store, DOMAINS, embedder)


def begun(users=range(3), **settings):
    made = memory(**settings)
    for user in users:
        made.begin(user, {domain: f"Enjoys {domain}." for domain in DOMAINS})
    for domain in DOMAINS:
        made.describe(domain, {item: f"{domain} item {item}" for item in range(4)})
    return made


def update(user=0, domain="Books", tick=0, **parts):
    plain = {"separated": "likes poems", "fused": "likes poems and jazz", "items": {1: "one", 2: "two"}}
    return Update(user, domain, tick, **(plain | parts))


def scopes(made):
    return {entry.scope for entry in made.store.entries()}


def texts(made):
    return {scope: [entry.text for entry in made.store.log(scope)] for scope in scopes(made)}


def test_three_domains_hold_three_texts_of_each_layer():
    made = begun(users=[5])
    assert {s for s in scopes(made) if s.kind == "agent"} == {
        Scope(5, domain, layer) for domain in DOMAINS for layer in ("separated", "fused")
    }


def test_an_interaction_touches_two_texts_and_two_items():
    made = begun()
    before = texts(made)
    made.write(update())
    after = texts(made)
    changed = {scope for scope in after if after[scope] != before.get(scope)}
    assert changed == {
        Scope(0, "Books", "separated"),
        Scope(0, "Books", "fused"),
        Scope(1, "Books", "separated", "item"),
        Scope(2, "Books", "separated", "item"),
    }
    assert all(after[scope][:-1] == before[scope] for scope in changed), "versions are added, none is lost"


def test_the_log_grows_by_one_per_interaction():
    made = begun()
    scope = Scope(0, "Books", "separated")
    for tick in range(150):
        made.write(update(tick=tick, separated=f"version {tick}"))
        log = made.store.log(scope)
        assert len(log) == tick + 2
        assert made.store.current(scope) == log[-1]
        assert log[-1].text == f"version {tick}"
    assert [entry.text for entry in log[1:]] == [f"version {tick}" for tick in range(150)]


def test_a_word_stays_in_its_domain_until_it_is_fused():
    made = begun()
    made.write(update(separated="loves xyzzy"))
    for tick in (1, 5):
        assert "xyzzy" in str(made.context(0, "Books", tick))
        for domain in ("Movies", "Games"):
            assert "xyzzy" not in str(made.context(0, domain, tick))
        assert "xyzzy" not in str(made.context(1, "Books", tick))
    material = made.material(0, "Movies", 5)
    made.write(update(domain="Movies", tick=5, separated="likes films", fused=material.separated["Books"]))
    assert "xyzzy" in made.context(0, "Movies", 6).fused
    assert "xyzzy" not in made.context(0, "Movies", 6).separated


def test_material_holds_every_domain_and_what_was_before():
    made = begun()
    made.begin(9, {"Books": "", "Games": "plays"})
    made.write(update(tick=3, fused="jazz above all"))
    material = made.material(0, "Books", 4, separated="brand new")
    assert material.previous == "jazz above all"
    assert list(material.separated) == ["Books", "Games", "Movies"]
    assert material.separated["Books"] == "brand new"
    assert all(f"[{domain}]" in material.text() for domain in DOMAINS)
    assert "jazz above all" in material.text()
    assert dict(made.material(9, "Books", 0).separated) == {"Books": "", "Games": "plays"}


def test_one_text_too_long_and_nothing_is_written():
    made = begun()
    before = texts(made)
    for parts in ({"fused": "w " * 181}, {"separated": "w " * 151}, {"items": {1: "fine", 2: "w " * 51}}):
        with pytest.raises(WordLimit):
            made.write(update(**parts))
        assert texts(made) == before


def circle(*members, tick=0):
    return Groups(tick, (Group(("jazz",), members),))


def chosen(user, tick, title, domain="Books", item=0):
    return update(user, domain, tick, chosen=item, title=title)


def test_groups_show_the_last_titles_of_the_domain_newest_last():
    made = begun()
    made.regroup(circle(0, 1))
    for tick in range(8):
        made.write(chosen(tick % 3, tick, f"book {tick}"))
        made.write(chosen(1, tick, f"film {tick}", "Movies"))
    shared = made.context(0, "Books", 8).groups
    assert [one.titles for one in shared] == [("book 1", "book 3", "book 4", "book 6", "book 7")]
    assert made.context(0, "Movies", 8).groups[0].titles == tuple(f"film {tick}" for tick in range(3, 8))
    assert made.context(0, "Games", 8).groups == ()
    assert made.context(2, "Books", 8).groups == (), "in no group"
    assert made.context(2, "Books", 8).separated, "and remembers all the same"


@pytest.mark.parametrize("tick", range(7))
def test_no_title_from_the_future(tick):
    made = begun()
    made.regroup(circle(0, 1, 2))
    for at in range(6):
        for user in range(3):
            made.write(chosen(user, at, f"t{at}"))
    shown = [int(title[1:]) for one in made.context(0, "Books", tick).groups for title in one.titles]
    assert all(at < tick for at in shown)
    assert len(shown) == min(5, 3 * tick)
    assert shown == sorted(shown)


def test_groups_hold_from_their_tick_on():
    made = begun()
    made.write(chosen(1, 0, "one's"))
    made.write(chosen(2, 0, "two's"))
    made.regroup(circle(0, 1, tick=2))
    made.regroup(circle(0, 2, tick=4))
    titles = {t: [x.titles for x in made.context(0, "Books", t).groups] for t in range(6)}
    assert titles == {0: [], 1: [], 2: [("one's",)], 3: [("one's",)], 4: [("two's",)], 5: [("two's",)]}


def test_no_text_from_the_future():
    made = begun()
    for tick in range(5):
        made.write(update(tick=tick, separated=f"s{tick}", fused=f"f{tick}", items={1: f"i{tick}"}))
    for tick in range(6):
        context = made.context(0, "Books", tick)
        wanted = f"{tick - 1}" if tick else None
        assert context.separated == (f"s{wanted}" if wanted else "Enjoys Books.")
        assert context.fused == (f"f{wanted}" if wanted else "Enjoys Books.")
        assert made.item(1, "Books", tick) == (f"i{wanted}" if wanted else "Books item 1")


def test_ablations_change_what_is_shown_and_nothing_else():
    arms = {}
    for use in ("both", "dual", "shared", "none"):
        made = begun(use=use)
        made.regroup(circle(0, 1))
        made.write(chosen(1, 0, "a title"))
        made.write(update(tick=1))
        arms[use] = (made.context(0, "Books", 2), made.store.state(), made.material(0, "Books", 2))
    both = arms["both"][0]
    assert both.separated
    assert both.fused
    assert both.groups
    shown = {use: arm[0] for use, arm in arms.items()}
    assert shown["dual"] == Context(both.separated, both.fused)
    assert shown["shared"] == Context(both.separated, "", both.groups)
    assert shown["none"] == Context(both.separated)
    for _, state, material in arms.values():
        assert material == arms["both"][2]
        for name, column in state.items():
            np.testing.assert_array_equal(column, arms["both"][1][name])


def test_versions_are_found_again_by_meaning():
    made = begun(embedder=Hashing(Hashing.Config(), Streams(0)))
    for tick, text in enumerate(["likes jazz records", "likes poems about rain", "likes card games"]):
        made.write(update(tick=tick, separated=text))
    query = made.embedder.embed(["poems about rain"])
    found = made.store.recall(np.array([0]), query, 1, tick=3, domain="Books", layer="separated", before=3)
    assert made.store.entry(int(found.entry[0, 0])).text == "likes poems about rain"


def test_a_popularity_shock_reaches_those_who_share():
    """A hit spreads inside one circle: who sees what the circle chose follows, who does not see it does not.

    The chooser is scripted: it takes the hit when its context names it, else now and then by chance.
    """
    share = {}
    for use in ("both", "dual", "shared", "none"):
        streams, users = Streams(3), np.arange(40)
        made = begun(users, use=use)
        embedder = Hashing(Hashing.Config(), streams)
        tags = {int(u): ["loud metal guitar", "metal"] if u < 20 else ["quiet poems", "poems"] for u in users}
        groups = InterestGroups(InterestGroups.Config(clusters=2, groups=2), embedder, streams)
        made.regroup(groups.form(tags, 0))
        taken = np.zeros((6, len(users)), bool)
        for tick in range(6):
            chance = streams.uniform("chance", tick, users, np.zeros(1, int)) < 0.02
            for user in users:
                told = "The Hit" in str(made.context(int(user), "Books", tick).groups)
                taken[tick, user] = told or bool(chance[user]) or (tick == 0 and user < 2)
            for user in users[taken[tick]]:
                made.write(chosen(int(user), tick, "The Hit"))
        share[use] = taken[1:, :20].mean(), taken[1:, 20:].mean()
    for use in ("both", "shared"):
        assert share[use][0] > 0.95
        assert share[use][0] - share["dual"][0] > 0.8
    for use in ("dual", "none"):
        assert max(share[use]) < 0.1
