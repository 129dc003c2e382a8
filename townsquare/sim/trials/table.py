"""A trial's table on disk: which column is what, and its cells as numbers, with a sentence for what is none."""

import csv
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet

from townsquare.protocols.columns import IntArray
from townsquare.protocols.debate import AGREEMENT, ARMS, CONTROL
from townsquare.protocols.errors import DataError, did_you_mean
from townsquare.sim.data.sheet import FORMATS, Sheet

MISSING = -9
"""Stands for an empty cell, or one that says NA."""
COLUMNS = {
    "arm": ("arm", "treatmentType", "treatment_type"),
    "side": ("side", "side", "participant_side"),
    "before": ("agreement_before", "agreementPreTreatment", "agreement_pre_likert"),
    "after": ("agreement_after", "agreementPostTreatment", "agreement_post_likert"),
    "side before": ("side_agreement_before", "sideAgreementPreTreatment", "side_agreement_pre_likert"),
    "side after": ("side_agreement_after", "sideAgreementPostTreatment", "side_agreement_post_likert"),
    "topic": ("topic", "topic", "topic"),
    "prior": ("topic_prior", "topicPrior", "topic_prior"),
    "believed": ("believed", "perceivedOpponent", "perceived_opponent"),
    "debate": ("debate", "debateID", "debate_id"),
}
"""What a column is called in a table of one's own, in debategpt.csv, and in the table of rounds made from that."""
_EMPTY = ("", "na", "nan", "null", "none")


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet whose columns are found by their role, a key of ``COLUMNS``."""

    sheet: Sheet
    vocabulary: int
    """Which of the names of ``COLUMNS`` its arms have; the other columns may have any."""

    def __len__(self) -> int:
        return len(self.sheet)

    @classmethod
    def read(cls, path: Path) -> "Table":
        """CSV, TSV or Parquet; DataError where it is none, or has no arms."""
        there = _header(path)
        vocabulary = next((i for i, name in enumerate(COLUMNS["arm"]) if name in there), 0)
        known = dict.fromkeys(name for names in COLUMNS.values() for name in names)
        arm = COLUMNS["arm"][vocabulary]
        return cls(Sheet.read(path, (arm,), [name for name in known if name != arm]), vocabulary)

    def name(self, role: str) -> str | None:
        """What the column is called here; None where there is none."""
        return next((name for name in COLUMNS[role] if name in self.sheet.columns), None)

    def required(self, role: str) -> str:
        """The same; DataError that says what there is instead."""
        name = self.name(role)
        if name is None:
            name = COLUMNS[role][self.vocabulary]
            Sheet.read(self.sheet.path, (name,))
        return name

    def complain(self, row: int, what: str) -> DataError:
        """An error about a row, with its line."""
        return DataError(f"{self.sheet.path}, {self.sheet.place(row)}: {what}")

    def texts(self, role: str) -> tuple[str, ...]:
        """A column as text: "" for every empty cell, and everywhere where there is no such column."""
        name = self.name(role)
        if name is None:
            return ("",) * len(self)
        cells = self.sheet.columns[name].to_pylist()
        return tuple("" if text is None or text.lower() in _EMPTY else text for text in cells)

    def likert(self, role: str) -> IntArray:
        """(n,) whole numbers from 1 to 5, ``MISSING`` where there is none; DataError for anything else."""
        low, high = AGREEMENT
        out = np.full(len(self), MISSING)
        for row, text in enumerate(self.texts(role)):
            if text:
                value = _number(text)
                if not low <= value <= high or value != round(value):
                    allowed = f"must be a whole number from {low} to {high}"
                    raise self.complain(row, f"{self.name(role)} {allowed} (got {text!r}).")
                out[row] = round(value)
        return out

    def words(self, role: str, codes: Mapping[str, int]) -> IntArray:
        """(n,) codes of words in any case, ``MISSING`` where there is none; DataError for another word."""
        out = np.full(len(self), MISSING)
        for row, text in enumerate(self.texts(role)):
            if text and text.lower() not in codes:
                hint = did_you_mean(text.lower(), codes)
                raise self.complain(row, f"{self.name(role)} {text!r} is none of {', '.join(codes)}{hint}")
            if text:
                out[row] = codes[text.lower()]
        return out

    def arms(self) -> IntArray:
        """(n,) codes into ``ARMS``, ``len(ARMS)`` for no-debate, in any case, spelling and punctuation.

        ``Human-AI, personalized`` is ``human-ai-personalised``. DataError for an unknown or an empty one.
        """
        known, name = (*ARMS, CONTROL), self.required("arm")
        out = np.zeros(len(self), np.int64)
        for row, text in enumerate(self.texts("arm")):
            plain = re.sub("[^a-z]+", "-", text.lower().replace("personaliz", "personalis")).strip("-")
            if plain not in known:
                hint = did_you_mean(plain, known)
                raise self.complain(row, f"{name} {text!r} is none of {', '.join(known)}{hint}")
            out[row] = known.index(plain)
        return out


def _header(path: Path) -> list[str]:
    """The names of a file's columns; none where it cannot be read: ``Sheet.read`` then says why."""
    with suppress(OSError, UnicodeDecodeError, csv.Error, pa.ArrowException):
        if path.suffix.lower() == ".parquet":
            return list(pa.parquet.read_schema(path).names)
        with path.open(encoding="utf-8-sig", newline="") as file:
            return [
                name.strip() for name in next(csv.reader(file, delimiter=FORMATS.get(path.suffix.lower(), ",")), [])
            ]
    return []


def _number(text: str) -> float:
    """NaN for what is no number."""
    try:
        return float(text)
    except ValueError:
        return float("nan")
