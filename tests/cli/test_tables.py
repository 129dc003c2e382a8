"""Verbs that make tables."""

from pathlib import Path

from tests.commands import answer, small_town, townsquare


def test_an_unknown_measure_is_told_with_the_known_ones(tmp_path: Path) -> None:
    for name in ("bpr", "random"):
        town = small_town("ticks=2", f"recommender.name={name}")
        answer(townsquare("run", "news", *town, "--out", name, "--json", cwd=tmp_path))
    done = townsquare("compare", "bpr", "random", "--measure", "likes", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("townsquare: --measure: nothing is called 'likes'. Known: ")
    assert ", likes_per_user, " in done.stderr
    assert done.stderr.count("\n") == 1
