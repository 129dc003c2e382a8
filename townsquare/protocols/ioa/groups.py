"""All groups of a server: a tree for every goal, as deep as was allowed."""

from collections.abc import Callable, Iterator, Sequence

from townsquare.protocols.errors import did_you_mean
from townsquare.protocols.ioa.cards import Card
from townsquare.protocols.ioa.flow import Flow
from townsquare.protocols.ioa.rules import OutOfTurn, Rules
from townsquare.protocols.ioa.vocabulary import Code


class Groups:
    """Groups by id, in the order of opening; those that have ended stay until ``forget``."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self._flows: dict[str, Flow] = {}
        self._below: dict[str, list[str]] = {}

    def __iter__(self) -> Iterator[Flow]:
        return iter(self._flows.values())

    def __len__(self) -> int:
        return len(self._flows)

    def __contains__(self, comm_id: object) -> bool:
        return comm_id in self._flows

    def __getitem__(self, comm_id: str) -> Flow:
        """Raises OutOfTurn(unknown)."""
        if comm_id not in self._flows:
            raise OutOfTurn(Code.UNKNOWN, f"no group {comm_id!r}{did_you_mean(comm_id, self._flows)}")
        return self._flows[comm_id]

    def open(
        self,
        comm_id: str,
        goal: str,
        members: Sequence[Card],
        *,
        parent: str | None = None,
        team_up_depth: int | None = None,
        max_turns: int | None = None,
        task_ids: Callable[[], str],
        taken: Callable[[str], bool] = lambda task_id: False,
    ) -> Flow:
        """A new group; ``members`` has the opener first. It still has to be started.

        ``team_up_depth`` levels may be opened below it: by default and at most what the parent has left, less one, or
        the rules' bound where there is no parent. ``max_turns`` is at most the rules'.

        Raises OutOfTurn: duplicate (the id), unknown (the parent), state (the parent has ended), member (the opener is
        not in the parent; too many members), depth (the parent has none left).
        """
        if comm_id in self._flows:
            raise OutOfTurn(Code.DUPLICATE, f"there is a group {comm_id!r} already")
        if not 1 <= (count := len({card.name for card in members})) <= self.rules.max_members:
            raise OutOfTurn(Code.MEMBER, f"a group has 1 to {self.rules.max_members} members, not {count}")
        left = self.rules.max_depth if parent is None else self._left(self[parent], members[0].name)
        flow = Flow(
            comm_id,
            goal,
            members,
            rules=self.rules,
            max_turns=min(max_turns or self.rules.max_turns, self.rules.max_turns),
            team_up_depth=left if team_up_depth is None else min(team_up_depth, left),
            parent=parent,
            task_ids=task_ids,
            taken=taken,
        )
        self._flows[comm_id] = flow
        self._below[comm_id] = []
        if parent is not None:
            self._below[parent].append(comm_id)
        return flow

    def of(self, member: str) -> list[Flow]:
        """Groups with this member that have not ended."""
        return [flow for flow in self if not flow.ended and member in flow.circle.cards]

    def tree(self, root: str) -> list[Flow]:
        """The group and all below it; a group comes before those it led to."""
        return [self[root], *(flow for child in self._below[root] for flow in self.tree(child))]

    def level(self, comm_id: str) -> int:
        """How many groups are above it."""
        parent = self[comm_id].parent
        return 0 if parent is None else 1 + self.level(parent)

    def channels(self, root: str) -> int:
        """Pairs of agents who talk with each other, group by group: the sum of g(g-1)/2 over a tree (Chen et al.)."""
        return sum(_pairs(len(flow.members)) for flow in self.tree(root))

    def flat(self, root: str) -> int:
        """The same if all agents of the tree sat in one group.

        Never less than ``channels`` where no two of them meet in several groups: a pair counts once in each.
        """
        return _pairs(len({card.name for flow in self.tree(root) for card in flow.members}))

    def forget(self, root: str) -> bool:
        """Drop a whole tree, once everything in it has ended; whether that was so."""
        tree = self.tree(root)
        if self[root].parent is not None or not all(flow.ended for flow in tree):
            return False
        for flow in tree:
            del self._flows[flow.comm_id], self._below[flow.comm_id]
        return True

    def _left(self, parent: Flow, opener: str) -> int:
        if parent.ended:
            raise OutOfTurn(Code.STATE, f"{parent.comm_id!r} has ended ({parent.status})")
        if opener not in parent.circle.cards:
            raise OutOfTurn(Code.MEMBER, f"{opener!r} is no member of {parent.comm_id!r}")
        if parent.team_up_depth < 1:
            raise OutOfTurn(Code.DEPTH, f"no group may be opened below {parent.comm_id!r}")
        return parent.team_up_depth - 1


def _pairs(count: int) -> int:
    return count * (count - 1) // 2
