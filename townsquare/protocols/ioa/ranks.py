"""How well queries find the agent that they are meant for."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ranks:
    """The place of the right agent for each query, from 1; the figures are those of Chen et al. (ICLR 2025).

    Without queries every share and mean is 0.
    """

    places: tuple[int, ...]

    def top(self, k: int) -> float:
        """Share of queries whose agent is among the first ``k``, 0 to 1."""
        return self._mean([place <= k for place in self.places])

    @property
    def mean(self) -> float:
        """Mean place."""
        return self._mean(self.places)

    @property
    def mrr(self) -> float:
        """Mean reciprocal place, 0 to 1."""
        return self._mean([1 / place for place in self.places])

    def __str__(self) -> str:
        return f"Top@1 {self.top(1):.1%}  Top@10 {self.top(10):.1%}  mean rank {self.mean:.2f}  MRR {self.mrr:.1%}"

    def _mean(self, values: "tuple[int, ...] | list[bool] | list[float]") -> float:
        return sum(values) / len(values) if values else 0.0
