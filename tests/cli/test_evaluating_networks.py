"""``townsquare evaluate polarisation`` and ``evaluate seeds`` as a user meets them."""

from pathlib import Path

import pytest

from tests.commands import answer, townsquare
from townsquare.cli import evaluating_networks
from townsquare.cli.options import parser
from townsquare.protocols import InputError

EDGES = "source,target\n" + "".join(f"n{a},n{b}\n" for a in range(12) for b in (a + 1, a + 2) if b < 12)
NODES = "id,party,three,opinion\n" + "".join(
    f"n{a},{'left' if a < 6 else 'right'},{'abc'[a % 3]},{a / 11:.3f}\n" for a in range(12)
)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "edges.csv").write_text(EDGES)
    (tmp_path / "nodes.csv").write_text(NODES)
    (tmp_path / "few.csv").write_text("id\nn0\nn1\n")
    (tmp_path / "empty.csv").write_text("")
    return tmp_path


def test_polarisation_of_karate(tmp_path: Path) -> None:
    done = townsquare("evaluate", "polarisation", "--graph", "karate", "--influencers", "3", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    for text in ("-0.717949", "0.717531", "0.358235", "-0.732319", "0.754228", "0.790098", "score - null"):
        assert text in done.stdout
    assert "'Mr. Hi' 17 and 'Officer' 17 of 34 nodes" in done.stdout
    found = answer(
        townsquare("evaluate", "polarisation", "--graph", "karate", "--rewirings", "5", "--json", cwd=tmp_path)
    )
    assert found["sides"] == {"Mr. Hi": 17, "Officer": 17}
    assert {row["measure"] for row in found["table"]} >= {"ei_index", "controversy"}


@pytest.mark.slow
def test_polarisation_of_files(place: Path) -> None:
    words = ["evaluate", "polarisation", "--graph", "edges.csv", "--nodes", "nodes.csv", "--rewirings", "5", "--json"]
    found = answer(townsquare(*words, "--sides", "party", cwd=place))
    assert (found["nodes"], found["ties"], found["sides"]) == (12, 21, {"left": 6, "right": 6})
    rows = {row["measure"]: row for row in found["table"]}
    assert rows["variance"]["null"] is None
    assert rows["ei_index"]["score"] == (3 - 18) / 21
    assert rows["opinion_assortativity"]["score"] > 0.5
    assert answer(townsquare(*words, cwd=place))["sides"] == {"below .5": 6, ".5 and above": 6}


@pytest.mark.slow
def test_seeds_of_karate(tmp_path: Path) -> None:
    words = ["evaluate", "seeds", "--graph", "karate", "--k", "2", "--runs", "200"]
    done = townsquare(*words, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    for text in ("random", "degree", "reach", "celf", "guarantee", "2 reached first"):
        assert text in done.stdout
    words += ["--rules", "degree,reach", "--set", "reach.epsilon=0.05", "--json"]
    found = answer(townsquare(*words, cwd=tmp_path))
    assert found["table"][1]["guarantee"] >= 1 - 1 / 2.7183 - 0.05
    assert [row["rule"] for row in found["table"]] == ["degree", "reach"]
    assert found["table"][0]["seeds"] == ["33", "0"]


def test_influence_goes_against_listening(place: Path) -> None:
    (place / "one.csv").write_text("listener,followed\n" + "".join(f"fan{i},star\n" for i in range(5)))
    words = ["evaluate", "seeds", "--graph", "one.csv", "--directed", "--k", "1", "--p", "1", "--json"]
    found = answer(townsquare(*words, "--rules", "degree,reach,celf", cwd=place))
    assert [(row["seeds"], row["spread"]) for row in found["table"]] == [(["star"], 6)] * 3


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["polarisation", "--graph", "nowhere.csv"], "nowhere.csv does not exist"),
        (["polarisation", "--graph", "edges.csv", "--nodes", "few.csv"], "dangles"),
        (["polarisation", "--graph", "edges.csv", "--nodes", "nodes.csv", "--sides", "three"], "got 3: a, b, c"),
        (["polarisation", "--graph", "edges.csv", "--nodes", "nodes.csv", "--sides", "prty"], "Did you mean 'party'?"),
        (["polarisation", "--graph", "karate", "--nodes", "nodes.csv"], "go with a file of edges"),
        (["polarisation", "--graph", "karate", "--sides", "opinions"], "column 'opinion'"),
        (["polarisation", "--graph", "karate", "--rewirings", "0"], "--rewirings must be 2 or more"),
        (["polarisation", "--graph", "karate", "--influencers", "40"], "from 1 to 16"),
        (["polarisation", "--graph", "karate", "--seed", "-1"], "--seed"),
        (["seeds", "--graph", "empty.csv"], "empty.csv"),
        (["seeds", "--graph", "karate", "--k", "35"], "from 1 to the 34 nodes of the graph (got 35)"),
        (["seeds", "--graph", "karate", "--k", "0"], "got 0"),
        (["seeds", "--graph", "karate", "--p", "0"], "above 0 and at most 1 (got 0)"),
        (["seeds", "--graph", "karate", "--p", "1.1"], "got 1.1"),
        (["seeds", "--graph", "karate", "--rules", "raech"], "Did you mean 'reach'?"),
        (["seeds", "--graph", "karate", "--rules", ","], "--rules needs one name or more"),
        (["seeds", "--graph", "karate", "--runs", "1"], "--runs must be 20 or more"),
        (["seeds", "--graph", "karate", "--seed", "-1"], "--seed"),
        (["seeds", "--graph", "karate", "--set", "epsilon=0.1"], "--set takes RULE.KEY=VALUE"),
        (["seeds", "--graph", "karate", "--set", "reach.epsilom=0.1"], "epsilon"),
        (["seeds", "--graph", "karate", "--set", "raech.epsilon=0.1"], "Did you mean 'reach'?"),
    ],
)
def test_bad_input_is_one_sentence(
    place: Path, words: list[str], said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(place)
    arguments = parser().parse_args(["evaluate", *words])
    with pytest.raises(InputError) as refused:
        getattr(evaluating_networks, arguments.function)(arguments)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)
    assert capsys.readouterr().out == ""


def test_a_refusal_on_the_command_line(place: Path) -> None:
    done = townsquare("evaluate", "seeds", "--graph", "karate", "--p", "0", cwd=place)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == ("townsquare: p, the probability of being reached, must be above 0 and at most 1 (got 0).\n")
