"""What agents are asked in the middle of a run, as data."""

from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from townsquare.protocols.settings import Settings


class Question(Settings):
    """One question."""

    id: Annotated[str, Field(min_length=1, max_length=80)]
    "Its name in the table of answers."
    text: Annotated[str, Field(min_length=1, max_length=2000)]
    "A statement for likert, else a question."
    scale: Literal["likert", "choice", "text"] = "likert"
    "likert: 1 (not at all) to 5 (fully agrees); choice: one of the options; text: in their own words."
    options: tuple[Annotated[str, Field(min_length=1, max_length=500)], ...] = ()
    "For choice: two or more."
    words: int = Field(default=60, ge=1, le=500)
    "For text: words that an answer is asked to have at most."

    @model_validator(mode="after")
    def _options_go_with_choice(self) -> "Question":
        if self.scale == "choice" and len(set(self.options)) != max(len(self.options), 2):
            raise ValueError(f"question {self.id!r}: a choice needs two or more options, each once")
        if self.scale != "choice" and self.options:
            raise ValueError(f"question {self.id!r}: only a choice has options")
        return self


class Questionnaire(Settings):
    """Questions for one group, at some ticks."""

    name: Annotated[str, Field(min_length=1, max_length=80)] = "questionnaire"
    "Its name in the table of answers."
    questions: tuple[Question, ...] = Field(min_length=1)
    "What is asked; every question is a call of its own, so that no answer colours the next."
    group: str = "panel"
    "Who is asked."
    ticks: tuple[Annotated[int, Field(ge=0)], ...] = (0,)
    "When: at the start of these ticks, before anybody does anything in them."

    @field_validator("questions")
    @classmethod
    def _ids_differ(cls, questions: tuple[Question, ...]) -> tuple[Question, ...]:
        ids = [question.id for question in questions]
        if twice := [one for one in ids if ids.count(one) > 1]:
            raise ValueError(f"there are two questions with the id {twice[0]!r}")
        return questions
