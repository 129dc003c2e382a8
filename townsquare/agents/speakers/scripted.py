"""A speaker that says what it was told to say: for tests, examples and demonstrations."""

from collections.abc import Sequence

from townsquare.protocols.ioa.conversation import Move, Turn
from townsquare.protocols.ioa.vocabulary import Type


class Scripted:
    """One move a turn, in their order, anew in every group. Not a language model, and not meant to look like one.

    When the group has to conclude, or the script is over, it says the script's last conclusion, or that it is over.
    """

    def __init__(self, moves: Sequence[Move]) -> None:
        self.moves = tuple(moves)
        self._place: dict[str, int] = {}
        """How many moves were made in each group."""

    async def speak(self, turn: Turn) -> Move:
        """The next move."""
        place = self._place.get(turn.conversation.comm_id, 0)
        if turn.must_conclude or place >= len(self.moves):
            ends = [move for move in self.moves if move.type is Type.CONCLUSION]
            return ends[-1] if ends else Move(Type.CONCLUSION, "The script is over.")
        self._place[turn.conversation.comm_id] = place + 1
        return self.moves[place]
