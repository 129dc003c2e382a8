"""The parts of a debate trial."""

import math

import numpy as np
import pytest

from townsquare.agents.debaters.behavioural import BehaviouralDebater
from townsquare.agents.personas import Demographics, Persona
from townsquare.build.debate import DEMOGRAPHICS, facts, parts_of, profile
from townsquare.protocols import Streams
from townsquare.protocols.debate import FIELDS
from townsquare.protocols.errors import InputError
from townsquare.sim.scenarios.persuasion import Persuasion

VOCABULARY = {
    "gender": "male, female, nonbinary, other",
    "age_band": "18-24, 25-34, 35-44, 45-54, 55-64, 65+",
    "ethnicity": "white, latino, black, native-american, asian, other",
    "education": "no-degree, high-school, vocational, bachelor, master, phd",
    "employment": "student, unemployed-looking, unemployed-notlooking, employed-wages, self-employed, retired, other",
    "politics": "republican, democrat, independent, not-sure, other",
}
"""The words of the trial."""


def parts(**keys):
    scenario = Persuasion(**{"debates": 3, "control": 2, **keys})
    return parts_of(scenario, Streams(scenario.seed), None)


def agents(**keys):
    return parts(**keys).agents.to_pandas()


def test_people_are_drawn_in_the_words_of_the_trial():
    assert tuple(DEMOGRAPHICS) == FIELDS
    for field, shares in DEMOGRAPHICS.items():
        assert set(shares) == set(VOCABULARY[field].split(", "))
        assert math.fsum(shares.values()) == pytest.approx(1)
    drawn = agents(debates=300)
    people = drawn[drawn["group"] == "people"]
    for field in FIELDS:
        assert set(people[field]) <= set(VOCABULARY[field].split(", "))
    assert (people["politics"] == "democrat").mean() == pytest.approx(0.44, abs=0.08)


def test_the_same_person_sits_in_every_arm():
    table = agents()
    first = [
        table[(table["arm"] == arm) & (table["group"] == "people")] for arm in ("human-ai", "human-ai-personalised")
    ]
    assert first[0][list(FIELDS)].to_numpy().tolist() == first[1][list(FIELDS)].to_numpy().tolist()
    apart = agents(paired=False)
    other = apart[(apart["arm"] == "human-ai-personalised") & (apart["group"] == "people")]
    assert first[0][list(FIELDS)].to_numpy().tolist() != other[list(FIELDS)].to_numpy().tolist()


def test_every_agent_has_a_name_of_its_own():
    table = agents(judges={"count": 2})
    assert table["name"].is_unique
    names = set(table["name"])
    assert {"human-human-0a", "human-human-0b", "human-ai-3", "human-ai-3/ai", "judge-1"} <= names
    assert table["agent"].tolist() == list(range(len(table)))


def test_a_profile_is_the_six_fields_and_nothing_more():
    whole = Persona(
        name="Ann",
        demographics=Demographics(
            gender="female", age_band="25-34", ethnicity=("asian", "white"), education="phd", employment="student",
            politics="independent",
        ),
        reflections=("I walk home the long way.",),
    )  # fmt: skip
    assert profile(whole) == (
        "gender: female\nage_band: 25-34\nethnicity: asian+white\neducation: phd\nemployment: student\n"
        "politics: independent"
    )
    assert profile(Persona(demographics=Demographics(politics="other"))) == "politics: other"
    assert facts(Persona()) == dict.fromkeys(FIELDS, "")


def test_groups_that_nobody_is_in_need_no_mind():
    made = parts(arms=["human-human"], control=0)
    assert list(made.minds) == ["people"]
    assert isinstance(made.minds["people"], BehaviouralDebater)
    assert set(parts(judges={"count": 1}).minds) == {"people", "opponents", "judges"}


def test_items_are_topics_first_then_what_was_said():
    made = parts()
    topics = made.items(0).to_pandas()
    assert len(topics) == 30
    assert (topics["author"] == -1).all()
    assert np.bincount(topics["category"]).tolist() == [10, 10, 10]
    assert made.items(3).num_rows == 0


def test_a_list_of_people_must_be_long_enough():
    people = tuple({"name": f"person {n}"} for n in range(6))
    assert parts(people={"personas": people}).agents.num_rows == 3 * 6 + 2 + 6
    with pytest.raises(InputError, match="holds 5 personas, and 6 are needed"):
        parts(people={"personas": people[:5]})
