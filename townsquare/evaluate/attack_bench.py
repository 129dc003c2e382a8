"""The bench of an evaluation of attacks: one poisoned log at a time, every defence, every victim."""

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from townsquare.evaluate.attack_fit import Victim
from townsquare.evaluate.attack_guard import NONE, SHARES, Guard, caught
from townsquare.evaluate.attack_split import HonestSplit
from townsquare.evaluate.attacks_settings import AttacksSettings
from townsquare.protocols import IntArray, Interactions, Streams
from townsquare.protocols.attack import Profiles
from townsquare.protocols.columns import steady
from townsquare.protocols.defence import weighed
from townsquare.sim.data.ratings import RatingData
from townsquare.sim.measures.stealth import rating_distances, text_duplication

CLEAN = "none"
"""The attack of a log without fakes."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One log that recommenders are to learn from."""

    attack: str
    seed: int
    targets: tuple[int, ...]
    """Item numbers; of a clean log all that any campaign is after."""
    profiles: Profiles
    tokens: int = 0
    """What a language model read and wrote for the profiles."""

    @property
    def key(self) -> str:
        """What the trial is called; the same in every evaluation of the same data."""
        return f"{self.attack}-{self.seed}-{'+'.join(map(str, self.targets))}"


Row = dict[str, Any]
"""Plain values of one trial, victim, defence and target."""


@dataclass(frozen=True)
class Bench:
    """All that trials share; goes to worker processes as it is."""

    data: RatingData
    settings: AttacksSettings
    victims: tuple[str, ...]
    guards: tuple[Guard, ...]
    _splits: dict[int, HonestSplit] = field(default_factory=dict)

    def split(self, seed: int) -> HonestSplit:
        """What is learnt from and what is held out, the same whenever it is asked for."""
        if seed not in self._splits:
            self._splits[seed] = HonestSplit.of(self.data.log, self.settings.held_out, seed)
        return self._splits[seed]

    async def measured(self, trial: Trial, stopped: Callable[[], bool] = bool) -> list[Row]:
        """A row for each defence, victim and target; no row once ``stopped``, which is asked before each fit.

        A recommender is fitted once to what is the same lesson to it, whichever defence left it so.
        """
        split = self.split(trial.seed)
        log = trial.profiles.joining(split.train, int(split.train.ticks.max(initial=0)) + 1)
        there = np.bincount(log.users, minlength=log.n_users) > 0
        fake = np.arange(log.n_users) >= split.whole.n_users
        reported = self._reported(np.flatnonzero(fake), trial)
        visible = self._visible(trial, split)
        fitted: dict[tuple[str, bytes], list[dict[str, float]]] = {}
        rows = []
        for guard in self.guards:
            trust = await guard.weigh(log, self.data.catalogue, self.data.titles, trial.seed, reported)
            told = reported if "seeds" in guard.needs else reported[:0]
            seen = caught(trust, there, fake, told) if guard.name != NONE else dict.fromkeys(SHARES, float("nan"))
            kept = weighed(log, trust)
            for name in self.victims:
                await asyncio.sleep(0)  # an interruption is heard here
                if stopped():
                    return []
                victim = Victim(name, self.settings.victims.get(name, {}), trial.seed)
                taught = victim.lesson(kept)
                key = name, _digest(taught)
                if key not in fitted:
                    fitted[key] = victim.measured(
                        taught, self.data.catalogue, split, trial.targets, self.settings.k, self.settings.length
                    )
                of = {"attack": trial.attack, "victim": name, "defence": guard.name, "seed": trial.seed}
                for target, numbers in zip(trial.targets, fitted[key], strict=True):
                    rows.append({**of, "target": self.data.item_ids[target], **_plain(numbers | seen | visible)})
        return rows

    def _reported(self, fakes: IntArray, trial: Trial) -> IntArray:
        """Some fakes, drawn by seed and target, sorted."""
        count = min(self.settings.reported, len(fakes))
        rng = Streams(trial.seed).get("reported", *trial.targets)
        return np.sort(rng.choice(fakes, count, replace=False)) if count else fakes[:0]

    def _visible(self, trial: Trial, split: HonestSplit) -> dict[str, float]:
        """How visible the profiles are, and what they cost."""
        made, genuine = trial.profiles, split.train
        scale = genuine.scale
        assert scale is not None
        distances = rating_distances((made.items, made.values), (genuine.items, genuine.values), genuine.n_items, scale)
        distances["text_duplication"] = text_duplication([] if made.texts is None else made.texts.tolist())
        cost = {"profiles": len(np.unique(made.profile)), "ratings": len(made)}
        return {**distances, **cost, "tokens": trial.tokens}


def _digest(log: Interactions) -> bytes:
    """What a recommender can tell two logs apart by."""
    whole = hashlib.sha256(f"{log.n_users} {log.n_items} {log.scale}".encode())
    for column in (log.users, log.items, log.values, log.ticks, log.trust):
        whole.update(b"-" if column is None else np.ascontiguousarray(column).tobytes())
    if log.texts is not None:
        whole.update("\0".join(log.texts.tolist()).encode())
    return whole.digest()


def _plain(numbers: dict[str, float]) -> dict[str, float]:
    """Without the last bits, which belong to the CPU."""
    return {name: float(steady(np.array(value, np.float64))) for name, value in numbers.items()}
