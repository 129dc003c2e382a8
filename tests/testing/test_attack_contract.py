"""The contract of attacks catches every broken promise in a sentence."""

import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from townsquare.protocols import InputError, Profiles, Streams, find, known
from townsquare.protocols.attack import ROLE
from townsquare.sim.attacks.average import Average
from townsquare.sim.attacks.random import Random
from townsquare.testing import AttackContract


def broken(made_by, promise):
    """What the suite says of an attack when one promise is checked; empty if it is kept."""

    class Suite(AttackContract):
        def make(self, streams):
            return made_by(made_by.Config(), streams)

    try:
        getattr(Suite(), promise)()
    except AssertionError as error:
        return str(error)
    return ""


class Altered(Random):
    """Crafts like the random attack, and then something is done to the profiles."""

    async def craft(self, known, campaign):
        return self.alter(await super().craft(known, campaign), known)


class Short(Altered):
    def alter(self, made, known):
        kept = (made.role != ROLE["filler"]) | (made.items % 2 == 0)
        return Profiles(made.profile[kept], made.items[kept], made.values[kept], made.role[kept])


class Mixed(Altered):
    def alter(self, made, known):
        return replace(made, profile=made.profile[::-1].copy())


class Repeating(Altered):
    def alter(self, made, known):
        return replace(made, items=np.where(made.role == ROLE["target"], made.items, 5))


class Halves(Altered):
    def alter(self, made, known):
        return replace(made, values=np.clip(made.values + 0.5, 1, 5))


class Lukewarm(Altered):
    def alter(self, made, known):
        return replace(made, values=np.full(len(made), 3.0))


class Nameless(Random):
    level = "pink"


class Contrary(Random):
    async def craft(self, known, campaign):
        raise InputError("no, thank you.")


class OwnDice(Random):
    def __init__(self, config, streams):
        super().__init__(config, Streams(int(np.random.default_rng().integers(1 << 40))))


class Spy(Average):
    """Reads what it was not told."""

    def room(self, known, others, n):
        busy = np.bincount(known._log.users)
        return others[np.argsort(known._log.items[known._log.users == busy.argmax()].sum() * others % 17)][: n + 2]


class Vandal(Random):
    def ratings(self, known, items, rng):
        known.counts[:] = 0
        return super().ratings(known, items, rng)


class Everywhere(Altered):
    """Never says that there are too many fillers."""

    async def craft(self, known, campaign):
        fits = replace(campaign, fillers=min(campaign.fillers, 8))
        return await Random.craft(self, known, fits)


class Busy(Altered):
    def alter(self, made, known):
        one = np.zeros(1, np.int64)
        return made if len(made) else Profiles(one, one, np.ones(1), one)


class Padding(Altered):
    async def craft(self, known, campaign):
        return await Random.craft(self, known, replace(campaign, fillers=max(1, campaign.fillers)))


@pytest.mark.parametrize(
    ("made_by", "promise", "says"),
    [
        (Nameless, "test_it_is_an_attack", "level must be one of"),
        (Contrary, "test_it_can_push_or_nuke", "refused both"),
        (Short, "test_every_profile_is_whole", "as many fillers"),
        (Mixed, "test_every_profile_is_whole", "stand together"),
        (Repeating, "test_every_profile_is_whole", "nothing twice"),
        (Halves, "test_ratings_are_on_the_scale_and_targets_at_its_end", "on the scale"),
        (Lukewarm, "test_ratings_are_on_the_scale_and_targets_at_its_end", "rates targets 5"),
        (OwnDice, "test_it_draws_from_its_streams_only", "differs between equal seeds"),
        (Spy, "test_it_goes_by_what_its_level_allows", "'grey' does not allow"),
        (Vandal, "test_it_changes_nothing_that_it_is_told", "changed the counts"),
        (Everywhere, "test_more_fillers_than_items_are_refused", "must raise InputError"),
        (Busy, "test_no_accounts_no_profiles", "no ratings"),
        (Padding, "test_no_fillers_are_allowed", "give none"),
    ],
)
def test_a_broken_promise_is_told(made_by, promise, says):
    assert not broken(Random, promise)
    assert says in broken(made_by, promise)


def test_every_promise_has_a_breaker():
    told = {mark.args[1][i][1] for mark in test_a_broken_promise_is_told.pytestmark for i in range(len(mark.args[1]))}
    promises = {name for name in dir(AttackContract) if name.startswith("test_")}
    assert promises - told == {"test_its_settings_survive_a_file"}


def test_every_attack_by_formula_keeps_the_contract():
    ours = {name for name, place in known("attack").items() if place.startswith("townsquare.sim.")}
    texts = [path.read_text("utf-8") for path in (Path(__file__).parents[1] / "sim" / "attacks").glob("test_*.py")]
    kept = {name for text in texts for name in re.findall(r"\(AttackContract\):\n    name = \"(.+)\"", text)}
    assert ours == kept


def test_other_errors_than_input_errors_are_not_swallowed():
    class Clumsy(Random):
        async def craft(self, known, campaign):
            raise ZeroDivisionError

    class Suite(AttackContract):
        def make(self, streams):
            return Clumsy(Clumsy.Config(), streams)

    with pytest.raises(ZeroDivisionError):
        Suite().test_it_can_push_or_nuke()


GUIDE = Path(__file__).parents[2] / "docs" / "write-an-attack.md"


def test_the_guide_runs_as_it_stands(tmp_path):
    """In a process of its own: its attack is registered there, and not here."""
    code = "".join(re.findall(r"^```python\n(.*?)^```$", GUIDE.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL))
    environment = os.environ | {"PYTHONPATH": str(GUIDE.parents[1]), "PYTHONDONTWRITEBYTECODE": "1"}
    words = [sys.executable, "-W", "error", "-c", code]
    done = subprocess.run(words, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_guide_tells_of_every_attack():
    """Knowledge, intents and settings are those of the code."""
    rows = re.findall(r"^\| `([\w-]+)` \| (\w+) \| ([\w, ]+) \|.*\| (.+?) \|$", GUIDE.read_text("utf-8"), re.MULTILINE)
    told = {name: (level, intents, [] if own == "–" else own.split(", ")) for name, level, intents, own in rows}
    ours = {
        name: find("attack", name) for name, place in known("attack").items() if place.startswith("townsquare.sim.")
    }
    assert told == {
        name: (
            cls.level,
            ", ".join(cls.intents),
            [f"`{key} = {value}`" for key, value in cls.Config().model_dump().items()],
        )
        for name, cls in ours.items()
    }
