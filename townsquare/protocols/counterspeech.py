"""Counterspeech as scenarios set it up and those who speak read it: when, how, what not, and what it does to others.

Appeal x tone is the grid of Civilbot (arXiv 2603.03687): cognitive (reasons, facts, consequences) or affective
(empathy, feelings, what is shared), positive (constructive) or negative (confronting). The study's full list of
strategies and all effect sizes are unknown. The moves are those of the taxonomy of Benesch and others, from recall
(its last, hostile language, is discouraged and left out); which cell a move belongs to is our reconstruction.
"""

from collections.abc import Mapping
from typing import Literal

from pydantic import Field, model_validator

from townsquare.protocols.settings import Settings

Appeal = Literal["cognitive", "affective"]
Tone = Literal["positive", "negative"]
Move = Literal["facts", "contradiction", "consequences", "affiliation", "empathy", "humour", "denouncing"]

CELLS: Mapping[tuple[Appeal, Tone], tuple[Move, ...]] = {
    ("cognitive", "positive"): ("facts", "consequences"),
    ("cognitive", "negative"): ("contradiction", "consequences"),
    ("affective", "positive"): ("empathy", "affiliation", "humour"),
    ("affective", "negative"): ("denouncing", "empathy"),
}
"""The moves of each cell, the one that stands for it first."""
LABEL = "Automated reply: "
"""What a bot's reply begins with where its source is to be seen."""


class Trigger(Settings):
    """What makes a comment one that a bot answers (Civilbot, arXiv 2603.03687, reconstructed)."""

    harm: float = Field(default=0.6, gt=0, le=1)
    "How harmful a comment has to be."
    quiet: int = Field(default=5, ge=0)
    "No reply while one of so many latest messages of the thread is a user's counterspeech; 0: reply all the same."


class Policy(Settings):
    """How a bot chooses its strategy."""

    by: Literal["fixed", "matched", "random"] = "fixed"
    "fixed: always one cell; matched: by what is answered (ours); random: any of the four cells, drawn by comment."
    appeal: Appeal = "cognitive"
    "For fixed: reasons, facts and consequences, or empathy, feelings and what is shared."
    tone: Tone = "positive"
    "For fixed: constructive or confronting."
    move: Move | Literal[""] = ""
    "For fixed: one move of the cell; by default drawn among the cell's moves, comment by comment."

    @model_validator(mode="after")
    def _move_is_of_the_cell(self) -> "Policy":
        cell = CELLS[self.appeal, self.tone]
        if self.move and self.move not in cell:
            raise ValueError(f"move: {self.appeal} and {self.tone} has {', '.join(cell)} (got {self.move!r})")
        return self


class Guard(Settings):
    """What a bot's reply has to be like."""

    harm: float = Field(default=0.5, gt=0, le=1)
    "A reply that is as harmful itself is not sent."
    sentences: int = Field(default=2, ge=1, le=10)
    "Sentences a reply may have."
    labelled: bool = True
    "Whether a reply begins with the words that say that it is automated."


class Replies(Settings):
    """When a bot replies, with which strategy, and what it must not say."""

    trigger: Trigger = Trigger()
    "When it speaks up."
    policy: Policy = Policy()
    "Which strategy it takes."
    guard: Guard = Guard()
    "What a reply has to be like."
    quality: float = Field(default=1.0, ge=0, le=1)
    "How good bystanders find its replies, for the quality gap of the bystander model (ours; not measured)."


class Bystanders(Settings):
    """Coefficients of whether somebody who sees a harmful comment speaks up; no effect is known, so none is on."""

    b0: float = Field(default=-3.0, ge=-20, le=20)
    "Log-odds of speaking up against a comment that does no harm (ours: about one in twenty)."
    b1: float = Field(default=0.0, ge=-20, le=20)
    "What harm adds to them, from 0 to 1."
    b2: float = Field(default=0.0, ge=-20, le=20)
    "What it adds that somebody has shown the norm: guidance."
    b3: float = Field(default=0.0, ge=-20, le=20)
    "What it takes away that a bot has taken care of it: substitution."
    b4: float = Field(default=0.0, ge=-20, le=20)
    "What a bot's poor reply adds, from 0 to 1: above 0 it provokes, below it discourages."
