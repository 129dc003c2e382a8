"""How the files of a published data set are laid out: what to read where, to get tables in our own columns."""

from typing import Self

from pydantic import Field, model_validator

from townsquare.protocols import Settings


class Layout(Settings):
    """One kind of file: where it is and how its cells are told apart."""

    file: str = Field(min_length=1)
    "Name of the file wherever it lies in the archive; with * and ? for several that are read one after the other."
    separator: str = Field(default=",", min_length=1)
    "What stands between two cells; quotes mean something only where it is a comma."
    encoding: str = "utf-8"
    "How letters are written."
    columns: tuple[str, ...] = ()
    "What the columns are called where the file has no header."
    needs: tuple[str, ...] = ()
    "More columns that must be there, or it is another edition."
    item_id: str
    "The column of item ids."


class InteractionLayout(Layout):
    """Who took to what."""

    user_id: str
    "The column of user ids."
    rating: str = ""
    "The column of ratings, where there is one."
    timestamp: str = ""
    "The column of times, where there is one."
    date_format: str = ""
    "How the times are written, as for strptime, in UTC; by default they are numbers."
    per_second: float = Field(default=1, gt=0)
    "How many units of a time that is a number make a second."
    at_least: dict[str, float] = Field(default_factory=dict)
    "Only rows that have at least this in that column are interactions."
    lists: bool = False
    "Whether the column of item ids holds several, separated by blanks, each with -1 (taken to) or -0 behind it."
    history: str = ""
    "With ``lists``: a column of more ids that the user had taken to before, without -1 and -0."

    @model_validator(mode="after")
    def _history_goes_with_lists(self) -> Self:
        if self.lists != bool(self.history):
            raise ValueError("lists and history go together")
        return self


class ArticleLayout(Layout):
    """What there is."""

    text: tuple[str, ...] = Field(min_length=1)
    "The columns that make the text, in this order."
    author: str = ""
    "The column of authors, where there is one."
    category: str = ""
    "The column of categories, where there is one."
    several: dict[str, str] = Field(default_factory=dict)
    "Columns that hold several values, and what separates them: the first value is the author or the category."
    flags: tuple[str, ...] = ()
    "Columns of 0 and 1 that together make one column ``flags``: the names of those that hold 1."
    nothing: tuple[str, ...] = ()
    "Cells that stand for an empty one."
