"""What a recommender promises, and the half of it that most recommenders share."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, TypeVar, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from townsquare.protocols.catalogue import Catalogue
from townsquare.protocols.columns import BoolArray, FloatArray, IntArray
from townsquare.protocols.errors import ContractError, TownsquareError
from townsquare.protocols.events import Events
from townsquare.protocols.interactions import Interactions
from townsquare.protocols.settings import Settings
from townsquare.protocols.slates import Slates, top_k
from townsquare.protocols.streams import Streams

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Columns = TypeVar("Columns", bound="DataclassInstance")


@runtime_checkable
class Recommender(Protocol):
    """Chooses what each agent sees.

    Built as ``Class(config, streams)``, where ``config`` is an instance of its own nested ``Config`` (a ``Settings``).
    ``recommend`` is called from several threads at once between two fits, so it must not change the object.
    What a recommender knows after ``fit`` must follow from the arguments of that one call, unless it also has
    ``state() -> dict[str, array]`` and ``load(state)``: a resumed run fits again, and then loads the state.
    """

    def fit(self, interactions: Interactions, catalogue: Catalogue) -> None:
        """Learn from scratch. Zero interactions are allowed (nothing has happened yet)."""

    def update(self, events: Events) -> None:
        """Take in what happened in the tick that just ended; doing nothing is fine."""

    def recommend(
        self, agents: IntArray, k: int, *, tick: int, candidates: IntArray, exclude: IntArray | None = None
    ) -> Slates:
        """The ``k`` best of ``candidates`` (sorted item ids) for each of ``agents``.

        ``exclude`` is (agents, m) item ids that must not be shown, -1 as padding. Places that the recommender has
        nothing to say about are -1: the slate policy of the environment fills them.
        """


@runtime_checkable
class Stateful(Protocol):
    """A recommender that remembers more than its last fit; ``load`` is called after ``fit``."""

    def state(self) -> Mapping[str, NDArray[np.generic]]:
        """Everything that the last fit does not bring back, as arrays."""

    def load(self, state: Mapping[str, NDArray[np.generic]]) -> None:
        """Take up where ``state`` was taken."""


class Scorer:
    """A recommender that gives every (agent, item) a score: subclass, write ``fit`` and ``score``, and be done.

    ``knows`` says for which agents and items the scores mean something; the others are left out of the slate.
    """

    class Config(Settings):
        """No settings of its own."""

    needs: ClassVar[tuple[str, ...]] = ()
    """What ``fit`` cannot do without: "vectors" of the catalogue, "ratings" (good and bad, with their scale; without it
    a recommender is given the positive ones only), "texts" (reviews).
    """
    weighs: ClassVar[bool] = False
    """Whether ``fit`` takes ``Interactions.trust`` into account; else whoever is trusted less than half is left out."""

    def __init__(self, config: Settings, streams: Streams) -> None:
        self.config, self.streams = config, streams

    def fit(self, interactions: Interactions, catalogue: Catalogue) -> None:
        """Learn from scratch."""
        raise NotImplementedError

    def score(self, agents: IntArray, items: IntArray, *, tick: int) -> FloatArray:
        """(len(agents), len(items)) scores, higher is better."""
        raise NotImplementedError

    def knows(self, agents: IntArray, items: IntArray) -> tuple[BoolArray, BoolArray]:
        """Which agents, and which items, the model has learnt something about; everything by default."""
        return np.ones(len(agents), bool), np.ones(len(items), bool)

    def update(self, events: Events) -> None:
        """Nothing: the town refits on its schedule."""

    def recommend(
        self, agents: IntArray, k: int, *, tick: int, candidates: IntArray, exclude: IntArray | None = None
    ) -> Slates:
        """The ``k`` best known candidates of each known agent, without the excluded ones."""
        known_agents, known_items = self.knows(agents, candidates)
        self._promised("knows", known_agents, (len(agents),), "b")
        self._promised("knows", known_items, (len(candidates),), "b")
        items = sealed(candidates[known_items])
        empty = Slates(np.full((len(agents), k), -1, np.int32), np.full((len(agents), k), -np.inf, np.float32))
        if not known_agents.any() or not len(items):
            return empty
        asked = agents[known_agents]
        scores = np.asarray(self.score(asked, items, tick=tick))
        self._promised("score", scores, (len(asked), len(items)), "fiub")
        allowed = None if exclude is None else allowed_after(exclude[known_agents], items)
        top = top_k(scores, items, k, allowed)
        empty.items[known_agents], empty.scores[known_agents] = top.items, top.scores
        return empty

    def _promised(self, verb: str, given: object, shape: tuple[int, ...], kinds: str) -> None:
        array = np.asarray(given)
        if array.shape != shape or array.dtype.kind not in kinds:
            wanted = "booleans" if kinds == "b" else "numbers"
            raise ContractError(
                f"{named('recommender', self)}: {verb} gave {array.dtype} of shape {array.shape}, "
                f"not {wanted} of shape {shape}."
            )


def lesson(recommender: Recommender, log: Interactions) -> Interactions:
    """What ``recommender`` is given of a log: see ``Scorer.needs`` and ``Scorer.weighs``."""
    if "ratings" not in getattr(recommender, "needs", ()):
        log = log.positive()
    if log.trust is None or getattr(recommender, "weighs", False):
        return log
    return replace(log.where(log.trust[log.users] >= 0.5), trust=None)


def named(kind: str, part: object) -> str:
    """What messages call a plug-in: ``recommender package.module.Class``."""
    return f"{kind} {type(part).__module__}.{type(part).__qualname__}"


@contextmanager
def answerable(kind: str, part: object, verb: str, tick: int) -> Iterator[None]:
    """What a plug-in raises becomes a ContractError that names it; what townsquare raises on purpose stays."""
    try:
        yield
    except (TownsquareError, MemoryError):
        raise
    except Exception as error:
        said = " ".join(f"{type(error).__name__}: {error}".split()).rstrip(".")
        raise ContractError(f"{named(kind, part)} failed in {verb} at tick {tick}: {said}.") from error


def sealed(array: NDArray[Any]) -> NDArray[Any]:
    """The same array, for somebody who must not write into it."""
    view = array.view()
    view.flags.writeable = False
    return view


def sealed_columns(columns: Columns) -> Columns:
    """The same columns, for somebody who must not write into them; arrays in a mapping are columns too."""
    held: dict[str, Any] = {f.name: getattr(columns, f.name) for f in fields(columns)}
    for name, value in held.items():
        if isinstance(value, np.ndarray):
            held[name] = sealed(value)
        elif isinstance(value, Mapping):
            held[name] = {key: sealed(array) for key, array in value.items()}
    return replace(columns, **held)


def allowed_after(exclude: IntArray, items: IntArray) -> BoolArray:
    """(len(exclude), len(items)) True where an item is not excluded. ``items`` must be sorted."""
    allowed = np.ones((len(exclude), len(items)), bool)
    if len(items) and exclude.size:
        columns = np.minimum(np.searchsorted(items, exclude), len(items) - 1)
        row, place = np.nonzero(items[columns] == exclude)
        allowed[row, columns[row, place]] = False
    return allowed
