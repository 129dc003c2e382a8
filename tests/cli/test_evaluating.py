"""``townsquare evaluate`` as a user meets it."""

import json
from pathlib import Path

import numpy as np
import pytest

from tests.commands import answer, townsquare


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forty people in two circles, who take to the items of their circle."""
    folder = tmp_path_factory.mktemp("tables")
    draw = np.random.default_rng(0)
    rows = ["user_id,item_id,timestamp"]
    for user in range(40):
        items = draw.choice(20, size=12, replace=False) + 20 * (user % 2)
        rows += [f"u{user},i{item},{n}" for n, item in enumerate(items)]
    (folder / "interactions.csv").write_text("\n".join(rows) + "\n")
    titles = [f"i{item},{'garden' if item < 20 else 'engine'} number {item},x" for item in range(40)]
    (folder / "items.csv").write_text("\n".join(["item_id,title,category", *titles]) + "\n")
    return folder


@pytest.mark.slow
def test_agents_beside_plain_rankers(tables: Path, tmp_path: Path) -> None:
    done = townsquare("evaluate", "agents", "--data", str(tables), "--rankers", "ease", "--json", cwd=tmp_path)
    rows = {row["ranker"]: row for row in answer(done)["table"]}
    assert set(rows) == {"chance", "popular", "item-knn", "tfidf-max", "tfidf-sum", "ease"}
    assert rows["chance"]["mrr"] == pytest.approx(0.2929, abs=1e-4)
    done = townsquare("evaluate", "agents", "--data", str(tables), cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "95 % intervals by user" in done.stdout


def test_recommenders_beside_the_control(tables: Path, tmp_path: Path) -> None:
    words = ["evaluate", "recommenders", "--by", "agents", "--data", str(tables / "interactions.csv")]
    found = answer(townsquare(*words, "--models", "item-knn", "--agents", "30", "--json", cwd=tmp_path))
    rows = {row["recommender"]: row for row in found["table"]}
    assert list(rows) == ["random", "item-knn"]
    assert rows["item-knn"]["likes"] > rows["random"]["likes"]
    assert found["mind"] == "behavioural"
    json.dumps(found, allow_nan=False)
    done = townsquare(*words, "--agents", "30", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Paired differences to random" in done.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["agents", "--data", "nowhere"], "nowhere"),
        (["agents", "--data", ".", "--seeds", "one"], "--seeds takes numbers"),
        (["recommenders", "--data", "nowhere"], "nowhere"),
        (["recommenders", "--data", "ml-100k", "--models", "eese"], "Did you mean 'ease'"),
        (["recommenders", "--data", ".", "--set", "pagez=3"], "pages"),
        (["recommenders"], "--data"),
    ],
)
def test_bad_input_is_a_sentence(words: list[str], said: str, tmp_path: Path) -> None:
    done = townsquare("evaluate", *words, cwd=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
