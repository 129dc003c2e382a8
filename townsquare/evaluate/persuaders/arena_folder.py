"""The folder of an arena: its tables, beside the cassette. They hold the user's own texts."""

from pathlib import Path

import pandas as pd

from townsquare.evaluate.persuaders.arena import PersuadersResult
from townsquare.protocols import InputError


def keep(result: PersuadersResult, folder: Path) -> None:
    """``pairs.csv``, ``ratings.csv``, ``wins.csv``, ``audit.csv``, ``judge.csv``, ``texts.csv`` (who wrote what for
    which post), ``matches.csv`` (every verdict, both ways round) and ``remarks.txt``, written anew.
    """
    texts = [
        {"seed": one.seed, "input": output.input, "post": one.inputs[output.input].pair.weak.id,
         "cases": " ".join(one.inputs[output.input].cases), "contestant": output.contestant, "text": output.text}
        for one in result.rounds for output in one.outputs
    ]  # fmt: skip
    matches = [
        {"seed": one.seed, "input": match.input, "left": match.left, "right": match.right, "straight": match.straight,
         "swapped": match.swapped, "winner": match.winner, "same": match.same}
        for one in result.rounds for match in one.matches
    ]  # fmt: skip
    tables = {"pairs": result.mined, "ratings": result.ratings, "wins": result.wins, "audit": result.audit,
              "judge": result.judged, "texts": texts, "matches": matches}  # fmt: skip
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, rows in tables.items():
            pd.DataFrame(list(rows)).to_csv(folder / f"{name}.csv", index=False)
        (folder / "remarks.txt").write_text("".join(f"{remark}\n" for remark in result.remarks), "utf-8")
    except OSError as error:
        raise InputError(f"{folder} cannot be written: {error.strerror or error}.") from error
