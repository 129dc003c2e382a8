"""The contract suite itself: it covers every recommender, and it catches every broken promise in a sentence."""

import ast
import inspect
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest

from townsquare.protocols import Settings, Slates, known
from townsquare.protocols.unlearning import Forgotten
from townsquare.sim.recommenders.popular import Popular
from townsquare.testing import RecommenderContract

TESTS = Path(__file__).parent


def contracted():
    """Names that a subclass of RecommenderContract somewhere in these tests has."""
    for path in TESTS.rglob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            bases = [ast.unparse(base) for base in node.bases] if isinstance(node, ast.ClassDef) else []
            if "RecommenderContract" in bases:
                for line in node.body:
                    if isinstance(line, ast.Assign) and ast.unparse(line.targets[0]) == "name":
                        yield ast.literal_eval(line.value)


def test_every_recommender_of_ours_keeps_the_contract():
    ours = {name for name, place in known("recommender").items() if place.startswith("townsquare.")}
    assert ours <= set(contracted())


PROMISES = {name: promise for name, promise in inspect.getmembers(RecommenderContract) if name.startswith("test_")}


def broken(made_by, promise):
    """What the suite says about a recommender when one promise is checked; empty if it is kept."""

    class Suite(RecommenderContract):
        def make(self, streams):
            return made_by((made_by.Config or Popular.Config)(), streams)

    try:
        getattr(Suite(), promise)()
    except AssertionError as error:
        return str(error)
    return ""


class NoFit:
    class Config(Settings):
        pass

    def __init__(self, config, streams):
        pass

    def update(self, events):
        pass

    def recommend(self, agents, k, *, tick, candidates, exclude=None):
        pass


class Forgetful(Popular):
    class Config(Popular.Config):
        seen: ClassVar = 0
        weights: tuple[float, ...] = (0.1,)

        def model_dump_json(self):
            return '{"weights": [0.2]}'


class Bare(Popular):
    Config = None


class Altered(Popular):
    """Answers like Popular, and then something is done to the answer."""

    def recommend(self, agents, k, *, tick, candidates, exclude=None):
        slates = super().recommend(agents, k, tick=tick, candidates=candidates, exclude=exclude)
        return self.alter(slates, agents, candidates)


class TooShort(Altered):
    def alter(self, slates, agents, candidates):
        return Slates(slates.items[:, :-1], slates.scores[:, :-1])


class Floats(Altered):
    def alter(self, slates, agents, candidates):
        return Slates(slates.items.astype(float), slates.scores)


class Gaps(Altered):
    def alter(self, slates, agents, candidates):
        return Slates(slates.items[:, ::-1], slates.scores[:, ::-1])


class Shifted(Altered):
    def alter(self, slates, agents, candidates):
        return Slates(np.where(slates.items >= 0, slates.items + 1, -1), slates.scores)


class Twice(Altered):
    def alter(self, slates, agents, candidates):
        return Slates(np.where(slates.items >= 0, slates.items[:, :1], -1), slates.scores)


class NoScores(Altered):
    def alter(self, slates, agents, candidates):
        return Slates(slates.items, np.full(slates.scores.shape, np.nan))


class Inventive(Altered):
    def alter(self, slates, agents, candidates):
        return Slates(np.zeros_like(slates.items), slates.scores)


class ByPlace(Altered):
    """The first agent asked for gets its slate reversed."""

    def alter(self, slates, agents, candidates):
        if len(agents) < 30:
            slates.items[:1] = slates.items[:1, ::-1]
        return slates


class Stubborn(Popular):
    def recommend(self, agents, k, *, tick, candidates, exclude=None):
        return super().recommend(agents, k, tick=tick, candidates=candidates)


class PadsWithZero(Popular):
    def recommend(self, agents, k, *, tick, candidates, exclude=None):
        if exclude is not None:
            exclude = np.where(exclude < 0, candidates[:1] if len(candidates) else -1, exclude)
            best = super().recommend(agents, 1, tick=tick, candidates=candidates).items
            exclude = np.concatenate([exclude, best], axis=1)
        return super().recommend(agents, k, tick=tick, candidates=candidates, exclude=exclude)


class OwnDice(Popular):
    dice = np.random.default_rng(0)

    def fit(self, interactions, catalogue):
        super().fit(interactions, catalogue)
        self._likes = self.dice.random(len(self._likes))


class Restless(Popular):
    def recommend(self, agents, k, *, tick, candidates, exclude=None):
        slates = super().recommend(agents, k, tick=tick, candidates=candidates, exclude=exclude)
        self._likes = np.roll(self._likes, 7)
        return slates


class Greedy(Popular):
    def fit(self, interactions, catalogue):
        super().fit(interactions, catalogue)
        interactions.items[:] = 0


class Hoarder(Popular):
    def fit(self, interactions, catalogue):
        before = self._likes
        super().fit(interactions, catalogue)
        if len(before):
            self._likes = self._likes[::-1] + before


class Learner(Popular):
    def update(self, events):
        self._likes[200:] = np.arange(len(self._likes) - 200)


class Amnesiac(Learner):
    def state(self):
        return {}

    def load(self, state):
        pass


class NeedsHistory(Popular):
    def fit(self, interactions, catalogue):
        super().fit(interactions, catalogue)
        self.newest = interactions.ticks.max()


class Partial(Popular):
    """Takes any trust for a reason to answer otherwise."""

    def fit(self, interactions, catalogue):
        super().fit(interactions, catalogue)
        if interactions.trust is not None:
            self._likes = self._likes[::-1]


class Deaf(Popular):
    weighs = True


class Pretender(Popular):
    def forget(self, users):
        return Forgotten(len(users), exact=True, how="corrected")


class Modest(Popular):
    """Does not forget either, but says so."""

    def forget(self, users):
        return Forgotten(len(users), exact=False, how="corrected")


@pytest.mark.parametrize(
    ("made_by", "promise"),
    [
        (NoFit, "test_it_is_a_recommender"),
        (Bare, "test_its_settings_survive_a_file"),
        (Forgetful, "test_its_settings_survive_a_file"),
        (TooShort, "test_slates_have_the_shape_asked_for"),
        (Gaps, "test_slates_have_the_shape_asked_for"),
        (Floats, "test_ids_are_integers"),
        (Shifted, "test_only_candidates_are_shown"),
        (Inventive, "test_no_candidates_no_slates"),
        (Twice, "test_nothing_is_shown_twice"),
        (Stubborn, "test_excluded_items_are_not_shown"),
        (PadsWithZero, "test_padding_excludes_nothing"),
        (NoScores, "test_scores_are_finite_where_an_id_is"),
        (OwnDice, "test_same_seed_same_slates"),
        (ByPlace, "test_agents_may_be_asked_in_any_split"),
        (Restless, "test_asking_changes_nothing"),
        (Restless, "test_several_threads_may_ask_at_once"),
        (Greedy, "test_it_changes_no_argument"),
        (NeedsHistory, "test_a_town_may_begin_without_history"),
        (Hoarder, "test_fit_forgets_what_was_before"),
        (Learner, "test_a_resumed_run_goes_on_as_it_would_have"),
        (Amnesiac, "test_a_resumed_run_goes_on_as_it_would_have"),
        (Partial, "test_full_trust_is_like_none"),
        (Deaf, "test_trust_is_heeded"),
        (Pretender, "test_what_is_forgotten_leaves_no_trace"),
    ],
)
def test_a_broken_promise_is_told_in_a_sentence(made_by, promise):
    said = broken(made_by, promise)
    sentence = said.split("\n")[0]
    assert len(sentence.split()) > 2, f"{made_by.__name__} went through"
    assert said.rstrip().endswith((".", "]"))


def test_a_kept_promise_is_silent():
    for kept in (Popular, Modest):
        assert {name: broken(kept, name) for name in PROMISES} == dict.fromkeys(PROMISES, "")


class Strict(Popular):
    """Cannot do without ratings and reviews."""

    needs = ("ratings", "texts")

    def fit(self, interactions, catalogue):
        assert interactions.scale is not None
        assert interactions.texts is not None
        assert set(interactions.values) <= {1, 2, 3, 4, 5}
        super().fit(interactions, catalogue)


class ReadsReviews(Popular):
    """Wants the reviews of what was liked, and nothing else."""

    needs = ("texts",)

    def fit(self, interactions, catalogue):
        assert interactions.scale is None
        assert interactions.texts is not None
        assert not len(interactions) or 0 < (interactions.texts != "").mean() < 1
        assert not any("dull" in text for text in interactions.texts)
        super().fit(interactions, catalogue)


@pytest.mark.parametrize("made_by", [Strict, ReadsReviews])
def test_the_town_has_what_a_recommender_needs(made_by):
    assert {name: broken(made_by, name) for name in PROMISES} == dict.fromkeys(PROMISES, "")


def test_a_subclass_that_says_nothing_is_told_what_to_say():
    with pytest.raises(AssertionError, match="a `name`, or define `make`"):
        RecommenderContract().test_it_is_a_recommender()
