"""The trials of an evaluation: which logs there are, and the fake profiles in them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from townsquare.agents.chat import ledger
from townsquare.evaluate.attack_bench import CLEAN, Bench, Trial
from townsquare.evaluate.attack_guard import Guard
from townsquare.evaluate.session import Session
from townsquare.protocols import InputError, IntArray, Streams, make
from townsquare.protocols.attack import Attack, Campaign, Profiles
from townsquare.protocols.errors import did_you_mean
from townsquare.protocols.registry import configure
from townsquare.sim.attacks.crafted import attack_with
from townsquare.sim.attacks.size import n_fillers, n_profiles
from townsquare.sim.attacks.targets import RULES, choose_targets

_STRANGERS = ("popular", "copy", "bandwagon", "average", "random", "love-hate", "segment", "aop")
"""What is added where a defence has practised on every chosen attack, the first that it never saw."""


@dataclass(frozen=True, slots=True)
class Key:
    """A trial before its profiles are made."""

    attack: str
    seed: int
    targets: tuple[int, ...]

    @property
    def name(self) -> str:
        """That of the trial."""
        return Trial(self.attack, self.seed, self.targets, Profiles.none()).key


class Plan:
    """The targets, and all trials in the order in which they are told of."""

    def __init__(self, bench: Bench, attacks: Sequence[str], seeds: Sequence[int]) -> None:
        """InputError for what cannot be staged: see ``_targets`` and ``sim/attacks/size.py``."""
        self.bench = bench
        log, settings = bench.data.log, bench.settings
        self.targets = _targets(bench, seeds[0])
        self.profiles = n_profiles(settings.size, log)
        self.fillers = n_fillers(settings.fillers, log, len(self.targets) if settings.together else 1)
        groups = [self.targets] if settings.together else [(target,) for target in self.targets]
        clean = [Key(CLEAN, seed, self.targets) for seed in seeds]
        self.keys = clean + [Key(attack, seed, group) for attack in attacks for seed in seeds for group in groups]

    async def trial(self, key: Key, session: Session | None) -> Trial:
        """With its profiles, which the attack makes of what it may know of the part that is learnt from."""
        if key.attack == CLEAN:
            return Trial(CLEAN, key.seed, key.targets, Profiles.none())
        settings, data = self.bench.settings, self.bench.data
        streams = Streams(key.seed)
        attack: Attack = make("attack", key.attack, settings.attacks.get(key.attack, {}), streams)
        if session is not None and hasattr(attack, "ask"):
            attack.ask = session.ask
        campaign = Campaign(np.array(key.targets), self.profiles, self.fillers, settings.intent)
        before = _tokens(session)
        made = await attack_with(
            attack,
            self.bench.split(key.seed).train,
            data.catalogue,
            campaign,
            streams,
            settings.sample,
            data.titles,
            category_names=data.category_names,
        )
        return Trial(key.attack, key.seed, key.targets, made, _tokens(session) - before)

    def remarks(self) -> tuple[str, ...]:
        """What was staged, one sentence each."""
        data, settings = self.bench.data, self.bench.settings
        n = data.log.n_users
        each = "each of them rates all targets" if settings.together else "each target has a campaign of its own"
        share = f"{self.profiles} fake accounts are {self.profiles / n:.1%} of {n} genuine users"
        said = [
            f"Targets, to be {'raised' if settings.intent == 'push' else 'lowered'}: {', '.join(self._called())}.",
            f"{share}; they give {self.fillers} fillers besides their target and what an attack selects; {each}.",
            f"Genuine users' ratings: {settings.held_out:.0%} are held out, drawn anew for each seed.",
        ]
        told = [guard.name for guard in self.bench.guards if "seeds" in guard.needs]
        if told:
            said.append(
                f"{', '.join(told)} was told of {settings.reported} true fakes of each log, as reported accounts."
            )
        for guard in self.bench.guards:
            if guard.learns_from:
                said.append(
                    f"{guard.name} practised on fakes it made itself ({', '.join(guard.learns_from)}); on all other "
                    "attacks it is marked as unseen."
                )
        return tuple(said)

    def _called(self) -> list[str]:
        data = self.bench.data
        ids = [data.item_ids[target] for target in self.targets]
        return (
            ids if data.titles is None else [f"{i} ({data.titles[t]})" for i, t in zip(ids, self.targets, strict=True)]
        )


def checked_attacks(names: Sequence[str], settings: Mapping[str, Mapping[str, Any]]) -> tuple[str, ...]:
    """The names, each once; InputError for one that is no attack, and for settings of one that takes no part."""
    for name in names:
        if name == CLEAN:
            raise InputError("attacks: a log without fakes ('none') is always in the table; name at least one attack.")
        configure("attack", name, dict(settings.get(name, {})))
    if not names:
        raise InputError("attacks: name at least one.")
    for name in settings:
        if name not in names:
            raise InputError(f"attacks.{name}: {name!r} does not take part; those who do are {', '.join(names)}.")
    return tuple(dict.fromkeys(names))


def unseen_too(attacks: tuple[str, ...], guards: Sequence[Guard]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The attacks, with one that was never learnt from for every defence that has learnt from all; and why."""
    said = []
    for guard in guards:
        if guard.learns_from and set(attacks) <= set(guard.learns_from):
            new = next((name for name in _STRANGERS if name not in guard.learns_from), None)
            if new is None:
                raise InputError(f"defence {guard.name!r} learns from every attack: leave one out of its learns_from.")
            attacks = (*attacks, new)
            said.append(f"Attack {new} was added, because {guard.name} has practised on all the others.")
    return attacks, tuple(said)


def _targets(bench: Bench, seed: int) -> tuple[int, ...]:
    """Item numbers; InputError for an id that is not there, and for an item that nobody is left to rate."""
    data, wanted = bench.data, bench.settings.targets
    if wanted in RULES:
        chosen: IntArray = choose_targets(wanted, bench.settings.n_targets, data.log, Streams(seed).get("targets"))
        targets = tuple(int(target) for target in chosen)
    else:
        place = {name: number for number, name in enumerate(data.item_ids)}
        ids = wanted.split(",") if isinstance(wanted, str) else wanted
        for name in ids:
            if name not in place:
                hint = did_you_mean(name, [*RULES, *place])
                raise InputError(f"targets: {name!r} is no item of {data.name}{hint} Rules: {', '.join(RULES)}.")
        targets = tuple(place[name] for name in dict.fromkeys(ids))
    for target in targets:
        raters = len(np.unique(data.log.users[data.log.items == target]))
        if raters >= len(np.unique(data.log.users)):
            raise InputError(
                f"targets: everybody in {data.name} has rated item {data.item_ids[target]!r}, so nobody is left who "
                "could be shown it."
            )
    if not targets:
        raise InputError("targets: name at least one item, or a rule.")
    return targets


def _tokens(session: Session | None) -> int:
    if session is None:
        return 0
    session.settle()
    totals = ledger.totals(session.asks())
    return int(totals["tokens_in"] + totals["tokens_out"])
