"""The promises of a recommender, as tests to inherit."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from townsquare.protocols import Catalogue, Interactions, Recommender, Settings, Slates, Stateful, Streams, configure
from townsquare.protocols.recommender import lesson
from townsquare.protocols.unlearning import Unlearns
from townsquare.testing.answers import ask, same, sound
from townsquare.testing.little_town import AGENTS, CANDIDATES, N_AGENTS, TICK, excluded, little_events, little_town


class RecommenderContract:
    """Subclass it, say how to make one, and every promise is checked.

    Either set ``name`` (and ``settings``) of a registered recommender, or define ``make``.
    """

    name: ClassVar[str | None] = None
    """What the recommender is registered as."""
    settings: ClassVar[Mapping[str, Any]] = {}
    """What it is configured with; its defaults if empty."""

    def make(self, streams: Streams) -> Recommender:
        """A new one, not yet fitted, that draws from ``streams`` only."""
        assert self.name is not None, "Give the subclass of RecommenderContract a `name`, or define `make`."
        cls, config = configure("recommender", self.name, dict(self.settings))
        made: Recommender = cls(config, streams)
        return made

    def fitted(self, seed: int = 0, history: int = 0) -> Recommender:
        """One that has learnt from a little town."""
        made = self.make(Streams(seed))
        made.fit(*self.town(history))
        return made

    def town(self, history: int = 0, n_interactions: int = 240) -> tuple[Interactions, Catalogue]:
        """The little town as this recommender is given it: with ratings and reviews if it needs them."""
        made = self.make(Streams(0))
        rated = not {"ratings", "texts"}.isdisjoint(getattr(made, "needs", ()))
        log, catalogue = little_town(history, n_interactions, rated=rated)
        return lesson(made, log), catalogue

    # what it is

    def test_it_is_a_recommender(self) -> None:
        """It has the three verbs."""
        made = self.make(Streams(0))
        missing = [verb for verb in ("fit", "update", "recommend") if not callable(getattr(made, verb, None))]
        assert not missing, f"A recommender needs the methods fit, update and recommend; these are missing: {missing}."
        assert isinstance(made, Recommender), "isinstance(made, Recommender) must hold."

    def test_its_settings_survive_a_file(self) -> None:
        """A run folder keeps settings as JSON, and a resumed run reads them back."""
        cls = type(self.make(Streams(0)))
        config_class = getattr(cls, "Config", None)
        assert isinstance(config_class, type), "A recommender carries its settings as a nested class Config."
        assert issubclass(config_class, Settings), "Config must be a subclass of townsquare.protocols.Settings."
        config = config_class()
        again = config_class.model_validate_json(config.model_dump_json())
        assert again == config, "The default Config must equal itself after it was written as JSON and read again."
        assert again.model_dump() == config.model_dump(), "Config must not lose a setting when it is written and read."

    def test_it_can_be_built_from_its_defaults(self) -> None:
        """Every setting has a default."""
        cls: Any = type(self.make(Streams(0)))
        built = cls(cls.Config(), Streams(0))
        assert isinstance(built, Recommender), "Class(Class.Config(), streams) must build a recommender."

    # what a slate looks like

    def test_slates_have_the_shape_asked_for(self) -> None:
        """Nobody, one agent, all; one place, ten, more than there are candidates."""
        made = self.fitted()
        for n_agents in (N_AGENTS, 1, 0):
            for k in (1, 10, len(CANDIDATES) + 5):
                sound(ask(made, AGENTS[:n_agents], k), n_agents, k)

    def test_ids_are_integers(self) -> None:
        """Ids index the columns of the catalogue."""
        items = ask(self.fitted()).items
        assert np.issubdtype(items.dtype, np.integer), f"Slates.items must hold integers, not {items.dtype}."

    def test_only_candidates_are_shown(self) -> None:
        """What is not going round is not shown, however good."""
        shown = ask(self.fitted(), k=30).items
        strangers = np.setdiff1d(shown[shown >= 0], CANDIDATES)
        assert not len(strangers), f"Only candidates may be shown, and these are none: {strangers[:5].tolist()}."

    def test_no_candidates_no_slates(self) -> None:
        """A town may have nothing to show."""
        slates = ask(self.fitted(), candidates=CANDIDATES[:0])
        sound(slates, N_AGENTS, 10)
        assert (slates.items == -1).all(), "Without candidates all places must be -1."

    def test_nothing_is_shown_twice(self) -> None:
        """Not even when more is asked for than there is."""
        for row in ask(self.fitted(), k=len(CANDIDATES) + 5).items:
            shown = row[row >= 0]
            assert len(shown) == len(set(shown.tolist())), f"No id may stand twice in a slate, as here: {row.tolist()}."

    def test_excluded_items_are_not_shown(self) -> None:
        """Each agent has its own exclusions."""
        table = excluded()
        slates = ask(self.fitted(), k=len(CANDIDATES), exclude=table)
        sound(slates, N_AGENTS, len(CANDIDATES))
        for agent, (row, without) in enumerate(zip(slates.items, table, strict=True)):
            wrong = np.intersect1d(row[row >= 0], without)
            assert not len(wrong), f"Agent {agent} was shown {wrong.tolist()}, which it had excluded."

    def test_padding_excludes_nothing(self) -> None:
        """-1 in the exclude table is no item."""
        made = self.fitted()
        padded = ask(made, exclude=np.full((N_AGENTS, 3), -1, np.int32))
        same(ask(made), padded, "An exclude table of nothing but -1 must give the same slates as none.")

    def test_scores_are_finite_where_an_id_is(self) -> None:
        """And minus infinity in empty places."""
        slates = ask(self.fitted(), k=len(CANDIDATES) + 5)
        here = slates.items >= 0
        assert np.isfinite(slates.scores[here]).all(), "The score of every id in a slate must be a finite number."
        assert (slates.scores[~here] == -np.inf).all(), "The score of an empty place must be -inf."

    # what it depends on

    def test_same_seed_same_slates(self) -> None:
        """No draw but from the streams given."""
        same(
            ask(self.fitted(seed=5)),
            ask(self.fitted(seed=5)),
            "Two recommenders of the same seed and history must give the same slates: draw from the streams only.",
        )

    def test_agents_may_be_asked_in_any_split(self) -> None:
        """The town asks in chunks, and how large they are depends on the machine."""
        made, table = self.fitted(), excluded()
        whole = ask(made, exclude=table)
        for pieces in (np.array_split(AGENTS, 7), [AGENTS[::-1]], [AGENTS[i : i + 1] for i in range(N_AGENTS)]):
            for agents in pieces:
                part = ask(made, agents, exclude=table[agents])
                same(
                    Slates(whole.items[agents], whole.scores[agents]),
                    part,
                    "An agent's slate must not depend on whom else is asked for, nor on the order.",
                )

    def test_asking_changes_nothing(self) -> None:
        """Other questions in between do not matter."""
        made = self.fitted()
        before = ask(made)
        ask(made, AGENTS[::-1], k=3, candidates=CANDIDATES[::3], exclude=excluded())
        same(before, ask(made), "recommend must not change the recommender: asked again it must say the same.")

    def test_it_changes_no_argument(self) -> None:
        """The columns belong to the town."""
        made, (history, catalogue), table = self.make(Streams(0)), self.town(), excluded()
        agents, candidates = AGENTS.copy(), CANDIDATES.copy()
        before, known = _columns(history), _columns(catalogue)
        made.fit(history, catalogue)
        made.recommend(agents, 10, tick=TICK, candidates=candidates, exclude=table)
        for name, column in (_columns(history) | _columns(catalogue)).items():
            assert np.array_equal(column, (before | known)[name]), f"fit must not change the column {name!r}."
        assert np.array_equal(agents, AGENTS), "recommend must not change the array of agents."
        assert np.array_equal(candidates, CANDIDATES), "recommend must not change the array of candidates."
        assert np.array_equal(table, excluded()), "recommend must not change the exclude table."

    def test_several_threads_may_ask_at_once(self) -> None:
        """No scratch space is shared between two calls."""
        made, table = self.fitted(), excluded()
        pieces = [AGENTS[i % N_AGENTS : i % N_AGENTS + 5] for i in range(0, 4 * N_AGENTS, 3)]
        alone = [ask(made, agents, exclude=table[agents]) for agents in pieces]
        with ThreadPoolExecutor(4) as pool:
            together = list(pool.map(lambda agents: ask(made, agents, exclude=table[agents]), pieces))
        for a, b in zip(alone, together, strict=True):
            same(a, b, "recommend is called from several threads at once and must then say the same as alone.")

    # what it remembers

    def test_a_town_may_begin_without_history(self) -> None:
        """Zero interactions: any slates will do, empty ones too."""
        made, (history, catalogue) = self.make(Streams(0)), self.town(n_interactions=0)
        try:
            made.fit(history, catalogue)
        except Exception as error:
            raise AssertionError(f"fit must take a history without interactions; it raised {error!r}.") from error
        sound(ask(made, exclude=excluded()), N_AGENTS, 10)

    def test_fit_forgets_what_was_before(self) -> None:
        """Or else it is state, and has to be carried over by state and load."""
        made = self.fitted(history=1)
        ask(made)
        made.fit(*self.town(0))
        if not isinstance(made, Stateful):
            same(
                ask(self.fitted()),
                ask(made),
                "fit must learn from scratch: after a second fit the first must have left no trace, or the recommender "
                "needs the methods state and load.",
            )

    def test_a_resumed_run_goes_on_as_it_would_have(self) -> None:
        """After a stop, the state is loaded; without one, the last fit is repeated."""
        made = self.fitted()
        made.update(little_events())
        if isinstance(made, Stateful):
            again = self.make(Streams(0))
            assert isinstance(again, Stateful), "state and load must be there from the beginning."
            again.load({name: np.array(array) for name, array in _state(made).items()})
            promise = "A new recommender that loads the state of another must give the same slates."
        else:
            again = self.fitted()
            promise = (
                "What update takes in must not show in the slates before the next fit, or a resumed run, which fits "
            )
            promise += "again, would differ: put it into state and load."
        same(ask(made), ask(again), promise)
        for each in (made, again):
            each.update(little_events(1))
            each.fit(*self.town(1))
        same(ask(made), ask(again), "A resumed run must also agree after the next fit.")

    # whom it believes

    def test_full_trust_is_like_none(self) -> None:
        """Nothing may change where nobody is distrusted."""
        (log, catalogue), made = self.town(), self.make(Streams(0))
        made.fit(replace(log, trust=np.ones(N_AGENTS)), catalogue)
        same(ask(self.fitted()), ask(made), "A trust of 1 in everybody must give the same slates as no trust at all.")

    def test_trust_is_heeded(self) -> None:
        """Whoever says so with ``weighs`` has to."""
        (log, catalogue), made = self.town(), self.make(Streams(0))
        if not getattr(made, "weighs", False):
            return
        made.fit(replace(log, trust=np.where(AGENTS % 2, 1e-3, 1.0)), catalogue)
        trusted, k = AGENTS[::2], len(CANDIDATES)
        before, after = ask(self.fitted(), trusted, k), ask(made, trusted, k)
        assert not np.array_equal(before.scores, after.scores), (
            "With weighs = True, fit must count a user's rows by Interactions.trust; a trust of almost nothing in half "
            "of the agents made no difference to the others."
        )

    def test_what_is_forgotten_leaves_no_trace(self) -> None:
        """Where ``forget`` says that it was exact, a fit without these users gives the same."""
        (log, catalogue), made, gone = self.town(), self.fitted(), AGENTS[3:9]
        if not isinstance(made, Unlearns) or not made.forget(gone).exact:
            return
        anew = self.make(Streams(0))
        anew.fit(log.where(~np.isin(log.users, gone)), catalogue)
        slates, wanted = ask(made), ask(anew)
        assert np.allclose(slates.scores, wanted.scores, rtol=1e-4, atol=1e-5), (
            "forget said that it was exact, so the scores must be those of a fit without the forgotten users."
        )


def _columns(columns: Interactions | Catalogue) -> dict[str, NDArray[np.generic]]:
    """Copies of the array columns, by name."""
    named = {field.name: getattr(columns, field.name) for field in fields(columns)}
    return {name: value.copy() for name, value in named.items() if isinstance(value, np.ndarray)}


def _state(made: Stateful) -> Mapping[str, NDArray[np.generic]]:
    state = made.state()
    wrong = [name for name, value in state.items() if not isinstance(value, np.ndarray)]
    assert not wrong, f"state must be a mapping of names to numpy arrays, and these are none: {wrong}."
    assert all(value.dtype != object for value in state.values()), "The arrays of a state must not hold Python objects."
    return state
