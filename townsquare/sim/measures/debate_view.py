"""What measures look at: one finished tick of a debate trial."""

from dataclasses import dataclass

from townsquare.protocols.columns import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class DebateView:
    """One tick, after everything in it has happened. People have the ids from 0, the AI's debaters those after them.

    Opinions here lie on the scale of agreement with the side of the OPPONENT (``protocols.debate.against``): rising
    means being persuaded. People of the control argue for nobody; theirs are agreement with the proposition itself.
    """

    tick: int
    arms: tuple[str, ...]
    """Arms by code, the control last."""
    arm: IntArray
    """(debaters and control,) codes; people first."""
    n_people: int
    counted: BoolArray
    """(people,) whether they are to give a row of the analysis."""
    before: FloatArray
    """(people,) 1 to 5; NaN where there is none yet, or none that could be taken."""
    after: FloatArray
    """(people,) likewise."""
    believed_ai: FloatArray
    """(people,) 1 for those who took the opponent for an AI, 0 for a human; NaN where nothing was said."""
    words: FloatArray
    """(3, debaters and control) words of every statement, by turn; NaN where there is none."""
    levels: FloatArray
    """(debaters and control, 10) how much of each rhetorical strategy their statements use, 0 to 3, mean over judges
    and statements; NaN where nothing was judged.
    """
    judged: bool
    """Whether there are judges."""
    statements_missing: int
    """Statements of this tick that were not written."""
    no_answers: int
    """Those asked in this tick whose mind gave no valid answer."""
    refused: int
    """What they wanted to do in this tick and was not taken."""
