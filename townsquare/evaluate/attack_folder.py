"""The folder of an evaluation of attacks: every finished trial, so that the same command goes on, and the tables."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from townsquare.evaluate.attack_bench import Row
from townsquare.protocols import InputError

_OF = "evaluation.json"
_DONE = "trials.jsonl"


class AttackFolder:
    """Finished trials by key. A folder belongs to one data set with one set of victims, defences and settings."""

    def __init__(self, path: Path, of: Mapping[str, Any]) -> None:
        """``of`` is what all trials hang on; InputError where the folder holds trials of something else."""
        self.path = path
        self.finished: dict[str, list[Row]] = {}
        try:
            path.mkdir(parents=True, exist_ok=True)
            self._same(of)
            self._read()
        except OSError as error:
            raise InputError(f"{path} cannot be used: {error.strerror or error}.") from error

    def add(self, key: str, rows: list[Row]) -> None:
        """One more finished trial, on the disk before the next."""
        self.finished[key] = rows
        with (self.path / _DONE).open("a", encoding="utf-8") as file:
            file.write(json.dumps({"trial": key, "rows": rows}) + "\n")

    def write(
        self, trials: Sequence[Row], tables: Mapping[str, Sequence[Mapping[str, Any]]], remarks: Sequence[str]
    ) -> None:
        """``campaigns.csv`` and ``campaigns.parquet``, a row per log, victim, defence and target; a csv per table."""
        frame = pd.DataFrame(trials)
        frame.to_csv(self.path / "campaigns.csv", index=False)
        frame.to_parquet(self.path / "campaigns.parquet", index=False)
        for name, rows in tables.items():
            pd.DataFrame(rows).to_csv(self.path / f"{name}.csv", index=False)
        (self.path / "remarks.txt").write_text("".join(f"{remark}\n" for remark in remarks), "utf-8")

    def _same(self, of: Mapping[str, Any]) -> None:
        """Says what the folder is of, or finds that it is of the same."""
        mine = json.loads(json.dumps(of))
        there = self.path / _OF
        if not there.is_file():
            there.write_text(json.dumps(mine, indent=1) + "\n", "utf-8")
            return
        try:
            theirs = json.loads(there.read_text("utf-8"))
        except ValueError as error:
            raise InputError(f"{there} is no JSON, so {self.path} cannot be gone on with.") from error
        for name, value in mine.items():
            if theirs.get(name) != value:
                raise InputError(f"{self.path} holds an evaluation with other {name}; choose another folder.")

    def _read(self) -> None:
        """What is finished; a last line that was cut off is not."""
        path = self.path / _DONE
        if not path.is_file():
            return
        whole = 0
        with path.open("rb") as file:
            for line in file:
                if not line.endswith(b"\n"):
                    break
                found = json.loads(line)
                self.finished[found["trial"]] = found["rows"]
                whole += len(line)
        if whole < path.stat().st_size:
            with path.open("r+b") as file:
                file.truncate(whole)
