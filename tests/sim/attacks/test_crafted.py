"""What an attack returns is checked, and it is told what its level allows."""

import asyncio
from dataclasses import replace

import numpy as np
import pytest

from townsquare.protocols import Campaign, ContractError, InputError, Knowledge, Profiles, Streams, make
from townsquare.sim.attacks.crafted import attack_with, crafted
from townsquare.testing.attack_contract import little_shop

CAMPAIGN = Campaign(np.array([3]), 2, 2)
GOOD = Profiles(
    np.array([0, 0, 0, 1, 1, 1]), np.array([3, 4, 5, 3, 6, 7]), np.full(6, 5.0), np.array([0, 2, 2, 0, 2, 2], np.int8)
)


class Given:
    level = "black"

    def __init__(self, made):
        self.made = made

    async def craft(self, known, campaign):
        return self.made(known) if callable(self.made) else self.made


def told(level="black"):
    log, catalogue, titles = little_shop()
    return Knowledge(log, catalogue, level, 0.2, Streams(0).get("knowledge"), titles=titles)


def put_to_work(made, campaign=CAMPAIGN):
    return asyncio.run(crafted(Given(made), told(), campaign))


def test_what_is_right_is_returned():
    assert put_to_work(GOOD) is GOOD


@pytest.mark.parametrize(
    ("made", "says"),
    [
        (None, "craft gave NoneType, not Profiles"),
        (replace(GOOD, items=GOOD.items[1:]), "differ in length"),
        (replace(GOOD, texts=np.array(["a"], object)), "differ in length"),
        (replace(GOOD, profile=GOOD.profile + 1), "numbered from 0 to 1, not up to 2"),
        (replace(GOOD, profile=GOOD.profile[::-1].copy()), "must stand together"),
        (replace(GOOD, items=np.array([3, 4, 40, 3, 6, 7])), "items are numbered from 0 to 39"),
        (replace(GOOD, items=np.array([3, 4, 4, 3, 6, 7])), "rates an item twice"),
        (replace(GOOD, values=np.full(6, 4.5)), "not on the scale, 1 to 5 in steps of 1"),
        (replace(GOOD, values=np.full(6, np.nan)), "not on the scale"),
        (Profiles.none(), "craft gave no profile, and 2 are wanted"),
        (replace(GOOD, items=GOOD.items * 1.0), "column items must be an array of whole numbers"),
        (replace(GOOD, texts=np.array([1, *"abcde"], object)), "column texts must hold text only"),
        (replace(GOOD, role=GOOD.role + 1), "roles are numbered from 0 to 2"),
        (replace(GOOD, role=np.full(6, 1, np.int8)), "must have the role of targets"),
        (replace(GOOD, items=np.array([3, 4, 5, 8, 6, 7])), "a profile does not rate every target"),
        (
            Profiles(np.zeros(4, int), np.array([3, 4, 5, 6]), np.ones(4), np.array([0, 2, 2, 2])),
            "a profile has 3 fillers, and 2 are wanted",
        ),
    ],
)
def test_what_is_wrong_names_the_attack(made, says):
    with pytest.raises(ContractError, match=says) as caught:
        put_to_work(made)
    assert "Given" in str(caught.value)


def broken(known):
    raise ValueError("no idea")


def test_what_it_raises_names_it():
    with pytest.raises(ContractError, match=r"Given failed in craft: ValueError: no idea\.$"):
        put_to_work(broken)


@pytest.mark.parametrize(
    ("campaign", "says"),
    [
        (Campaign(np.array([40]), 2, 2), "nobody may rate target 40: items are numbered from 0 to 39"),
        (Campaign(np.array([], int), 2, 2), "needs one target at least"),
        (Campaign(np.array([3, 3]), 2, 2), "each only once"),
        (Campaign(np.array([3]), -1, 2), "fewer than 0 profiles"),
    ],
)
def test_campaigns_that_nobody_could_run(campaign, says):
    with pytest.raises(InputError, match=says):
        put_to_work(GOOD, campaign)


def test_nothing_is_right_where_nothing_is_wanted():
    assert len(put_to_work(Profiles.none(), Campaign(np.array([3]), 0, 2))) == 0


@pytest.mark.parametrize(
    ("level", "what", "takes"),
    [("black", "spreads", "grey"), ("black", "sample", "grey"), ("black", "everything", "white"),
     ("grey", "everything", "white")],
)  # fmt: skip
def test_an_attack_is_told_what_its_level_allows(level, what, takes):
    with pytest.raises(ContractError, match=f"asked for {what}, which takes '{takes}'"):
        getattr(told(level), what)


def test_white_knows_everything():
    known = told("white")
    assert len(known.everything) == len(little_shop()[0])
    assert known.sample.n_users == 12


def test_reviews_do_not_say_who_wrote_them():
    reviews = told().reviews
    assert set(reviews.users.tolist()) == {0}
    assert (reviews.texts != "").all()


def test_the_sample_renumbers_its_users():
    sample = told("grey").sample
    assert sorted(set(sample.users.tolist())) == list(range(12))


@pytest.mark.parametrize("name", ["random", "average", "copy"])
def test_ours_are_told_no_more_than_they_declare(name):
    attack = make("attack", name, {}, Streams(0))
    log, catalogue, _ = little_shop()
    known = Knowledge(log, catalogue, attack.level, 0.2, Streams(0).get("knowledge"))
    assert len(asyncio.run(crafted(attack, known, CAMPAIGN))) == 6


async def test_attack_with_knows_what_the_level_allows():
    """The same profiles as by hand, and not a word more."""
    log, catalogue, titles = little_shop()
    streams, attack = Streams(4), make("attack", "copy", {}, Streams(4))
    made = await attack_with(attack, log, catalogue, CAMPAIGN, streams, sample=0.2, titles=titles)
    known = Knowledge(log, catalogue, "grey", 0.2, streams.get("attack", "sample"), titles=titles)
    same = await crafted(attack, known, CAMPAIGN)
    assert np.array_equal(made.items, same.items)
    nosy = Given(lambda known: known.sample)
    with pytest.raises(ContractError, match="declares the level 'black' asked for sample, which takes 'grey'"):
        await attack_with(nosy, log, catalogue, CAMPAIGN, streams)


async def test_attack_with_wants_a_level():
    log, catalogue, _ = little_shop()
    shy = Given(GOOD)
    shy.level = "pink"
    with pytest.raises(ContractError, match="Given must declare its level, one of black, grey, white"):
        await attack_with(shy, log, catalogue, CAMPAIGN, Streams(0))
