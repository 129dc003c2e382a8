"""Populations from a distribution: the circle of values, shares, and that nobody moves when others join."""

import numpy as np
import pytest
from pydantic import ValidationError

from townsquare.agents.persona_sampling import VALUES, Distribution, draw, enough, seated
from townsquare.agents.personas import Persona
from townsquare.protocols import Streams
from townsquare.protocols.errors import InputError

MANY = np.arange(3000)


@pytest.fixture(scope="module")
def people() -> list[Persona]:
    shares = {"gender": {"female": 0.5, "male": 0.3}, "ethnicity": {"asian": 1.0}}
    return draw(Distribution(demographics=shares), Streams(3), MANY)


@pytest.fixture(scope="module")
def values(people: list[Persona]) -> np.ndarray:
    return np.array([[getattr(person.schwartz, value) for value in VALUES] for person in people])


def test_values_lie_on_the_circle(values: np.ndarray) -> None:
    """Check (v), and the whole circle: correlation is a falling function of the angle between two values."""
    correlations = np.corrcoef(values.T)
    at = {value: place for place, value in enumerate(VALUES)}
    assert correlations[at["benevolence"], at["universalism"]] > 0 > correlations[at["universalism"], at["power"]]
    apart = [[correlations[i, (i + steps) % 10] for i in range(10)] for steps in range(1, 6)]
    means = [np.mean(row) for row in apart]
    assert means == sorted(means, reverse=True)
    # a^2/2 cos / (a^2/2 + sd^2): .35^2/2 = .06125 against .01
    expected = 0.06125 * np.cos(np.arange(1, 6) * np.pi / 5) / 0.07125
    assert np.allclose(means, expected, atol=0.03)


def test_values_fill_the_scale_evenly(values: np.ndarray) -> None:
    assert np.allclose(values.mean(axis=0), 0.5, atol=0.02)
    assert values.min() >= 0
    assert values.max() <= 1


def test_demographics_come_by_their_shares(people: list[Persona]) -> None:
    genders = [person.demographics.gender for person in people]
    assert genders.count("female") / len(people) == pytest.approx(0.5, abs=0.03)
    assert genders.count("male") / len(people) == pytest.approx(0.3, abs=0.03)
    assert genders.count(None) / len(people) == pytest.approx(0.2, abs=0.03)
    assert {person.demographics.ethnicity for person in people} == {("asian",)}
    assert {person.demographics.politics for person in people} == {None}


def test_personality_is_normal(people: list[Persona]) -> None:
    scores = np.array([person.big_five.openness for person in people])
    assert scores.mean() == pytest.approx(0.5, abs=0.01)
    assert scores.std() == pytest.approx(0.15, abs=0.01)
    other = np.array([person.big_five.neuroticism for person in people])
    assert abs(np.corrcoef(scores, other)[0, 1]) < 0.05


def test_adding_people_moves_nobody(people: list[Persona]) -> None:
    shares = {"gender": {"female": 0.5, "male": 0.3}, "ethnicity": {"asian": 1.0}}
    given = Distribution(demographics=shares)
    assert draw(given, Streams(3), np.array([2999, 7])) == [people[2999], people[7]]
    assert draw(given, Streams(4), np.array([7])) != [people[7]]
    assert draw(given, Streams(3), np.array([7]), "writers") != [people[7]]
    assert draw(given, Streams(3), np.zeros(0, np.int64)) == []


def test_fields_are_drawn_apart() -> None:
    """One more share leaves the other draws alone."""
    plain, more = (
        draw(Distribution(), Streams(0), MANY[:5]),
        draw(Distribution(demographics={"politics": {"other": 1.0}}), Streams(0), MANY[:5]),
    )
    assert [p.schwartz for p in plain] == [p.schwartz for p in more]
    assert [p.big_five for p in plain] == [p.big_five for p in more]


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"demographics": {"gander": {"x": 1.0}}}, "no field 'gander'"),
        ({"demographics": {"gender": {"x": 0.6, "y": 0.5}}}, "sum to 1 at most"),
        ({"demographics": {"gender": {"x": -0.1}}}, "0 or more"),
        ({"amplitude": 0.7}, "amplitude"),
        ({"openness": {"sd": -1}}, "openness.sd"),
    ],
)
def test_what_is_refused(given: dict[str, object], wrong: str) -> None:
    with pytest.raises(ValidationError, match=wrong):
        Distribution.model_validate(given)


def test_seats() -> None:
    of = seated([Persona(name="Ann"), Persona(name="Bob")], 100)
    named = [(who.name if who else None) for who in map(of, (99, 100, 101, 102))]
    assert named == [None, "Ann", "Bob", None]


def test_too_few_are_said() -> None:
    assert len(enough([Persona()] * 3, 2, "x.csv")) == 2
    with pytest.raises(InputError, match=r"x.csv holds 1 personas, and 2 are needed\."):
        enough([Persona()], 2, "x.csv")
