import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from townsquare.memory.embedders.hashing import Hashing
from townsquare.memory.interest_groups import Groups, InterestGroups, cluster
from townsquare.protocols import InputError, Streams

WORDS = ["jazz", "metal", "poems", "chess", "trains", "gardens", "soups", "boats"]
TAGS = {user: [f"{word} lover", f"old {word}"] for user in range(24) for word in (WORDS[user % 8], WORDS[user % 5])}


def groups(seed=0, tags=TAGS, tick=0, **settings):
    embedder = Hashing(Hashing.Config(dimensions=512), Streams(0))
    return InterestGroups(InterestGroups.Config(**settings), embedder, Streams(seed)).form(tags, tick)


def test_the_same_seed_gives_the_same_groups():
    assert groups(clusters=6) == groups(clusters=6)
    shuffled = {user: list(reversed(TAGS[user])) for user in reversed(TAGS)}
    assert groups(clusters=6) == groups(clusters=6, tags=shuffled), "the order of agents and tags does not matter"
    assert len({groups(seed, clusters=6) for seed in range(8)}) > 1, "the seed does"


def test_the_clusters_with_most_tags_are_kept():
    tags = {user: [WORDS[n] for n in range(8) if user < 2**n] for user in range(100)}
    found = groups(tags=tags, clusters=100, groups=3)
    assert [group.tags for group in found.groups] == [("boats",), ("soups",), ("gardens",)]
    assert [len(group.members) for group in found.groups] == [100, 64, 32]
    assert len(groups(tags=tags).groups) == 8, "no more than there are tags"


def test_an_agent_may_be_in_several_groups_or_in_none():
    tags = {0: ["jazz", "chess"], 1: ["jazz"], 2: ["chess"], 3: ["soups"], 4: [], 5: [" "]}
    found = groups(tags=tags, groups=2)
    assert [group.tags for group in found.of(0)] == [("chess",), ("jazz",)]
    assert [len(found.of(user)) for user in range(6)] == [2, 1, 1, 0, 0, 0]


def test_case_and_spaces_do_not_matter():
    found = groups(tags={0: ["  Free  JAZZ "], 1: ["free jazz"]})
    assert [(group.tags, group.members) for group in found.groups] == [(("free jazz",), (0, 1))]


def test_no_tags_no_groups():
    assert groups(tags={}) == groups(tags={3: []}) == Groups(0)
    assert Groups(0).of(3) == ()


def test_names_and_a_round_trip():
    found = groups(tick=7, clusters=5)
    named = found.named([f"circle {n} \ud83d" for n in range(len(found.groups))])
    assert Groups.from_json(named.to_json()) == named
    assert (named.tick, [g.members for g in named.groups]) == (7, [g.members for g in found.groups])
    with pytest.raises(ValueError, match="zip"):
        found.named(["one too few"])


def test_vectors_may_be_cut():
    assert groups(dimensions=128, clusters=5).groups
    wrong = type("Wrong", (), {"embed": lambda self, texts: np.full((len(texts), 2), np.nan)})()
    with pytest.raises(InputError, match="finite"):
        InterestGroups(InterestGroups.Config(), wrong, Streams(0)).form(TAGS, 0)


@given(st.integers(1, 6), st.integers(1, 30), st.integers(0, 5))
def test_every_point_is_with_its_nearest_centre(k, n, seed):
    rng = Streams(seed).get("points")
    points, weights = rng.standard_normal((n, 3)), rng.integers(1, 4, n).astype(float)
    labels = cluster(points, weights, min(k, n), Streams(seed).get("c"))
    assert set(labels.tolist()) <= set(range(min(k, n)))
    centres = {c: np.average(points[labels == c], axis=0, weights=weights[labels == c]) for c in set(labels.tolist())}
    for point, label in zip(points, labels, strict=True):
        own = ((point - centres[label]) ** 2).sum()
        assert own <= min(((point - centre) ** 2).sum() for centre in centres.values()) + 1e-6


def test_well_separated_points_are_found():
    rng = Streams(1).get("points")
    points = np.concatenate([rng.normal(centre, 0.05, (20, 2)) for centre in (0, 5, 10)])
    labels = cluster(points, np.ones(60), 3, Streams(2).get("c"))
    assert [len(set(labels[n : n + 20].tolist())) for n in (0, 20, 40)] == [1, 1, 1]
    assert len(set(labels.tolist())) == 3
