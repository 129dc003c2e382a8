"""Trees of groups: check 6, depth and channels."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.protocols.ioa.table import card
from townsquare.protocols.ioa.flow import Flow
from townsquare.protocols.ioa.groups import Groups
from townsquare.protocols.ioa.rules import OutOfTurn, Rules
from townsquare.protocols.ioa.vocabulary import Code


def opened(groups: Groups, comm_id: str, *names: str, **more: Any) -> Flow:
    return groups.open(comm_id, "goal", [card(name) for name in names], task_ids=lambda: "t", **more)


def refused(groups: Groups, *args: str, **more: Any) -> Code:
    count = len(groups)
    with pytest.raises(OutOfTurn) as caught:
        opened(groups, *args, **more)
    assert len(groups) == count
    return caught.value.code


@pytest.mark.parametrize("depth", [0, 1, 3])
def test_check_6_depth_d_gives_d_levels_below(depth: int) -> None:
    groups = Groups(Rules(max_depth=5))
    opened(groups, "g0", "ann", "ben", team_up_depth=depth)
    for level in range(1, depth + 1):
        opened(groups, f"g{level}", "ann", f"b{level}", parent=f"g{level - 1}")
        assert groups.level(f"g{level}") == level
    assert refused(groups, "below", "ann", "zoe", parent=f"g{depth}") is Code.DEPTH
    assert refused(groups, "below", "ann", "zoe", parent=f"g{depth}", team_up_depth=9) is Code.DEPTH


def test_bounds_are_the_rules_and_what_the_parent_left() -> None:
    groups = Groups(Rules(max_depth=2, max_turns=10, max_members=3))
    assert opened(groups, "g", "ann", "ben").team_up_depth == 2
    assert opened(groups, "h", "ann", team_up_depth=9, max_turns=99).max_turns == 10
    assert groups["h"].team_up_depth == 2
    assert opened(groups, "i", "ben", parent="g", team_up_depth=0, max_turns=4).max_turns == 4
    assert groups["i"].team_up_depth == 0
    assert refused(groups, "j", "a", "b", "c", "d") is Code.MEMBER
    assert refused(groups, "j") is Code.MEMBER
    assert len(opened(groups, "k", "a", "b", "c", "a").members) == 3


def test_refusals() -> None:
    groups = Groups(Rules())
    opened(groups, "group", "ann", "ben")
    assert refused(groups, "group", "ann") is Code.DUPLICATE
    assert refused(groups, "h", "ann", parent="grup") is Code.UNKNOWN
    assert refused(groups, "h", "eve", parent="group") is Code.MEMBER
    groups["group"].cancel("", 0)
    assert refused(groups, "h", "ann", parent="group") is Code.STATE
    with pytest.raises(OutOfTurn, match="Did you mean 'group'"):
        groups["grup"]


def test_who_is_where() -> None:
    groups = Groups(Rules())
    opened(groups, "g", "ann", "ben")
    opened(groups, "h", "ben", "eve")
    assert [flow.comm_id for flow in groups.of("ben")] == ["g", "h"]
    groups["g"].cancel("", 0)
    assert [flow.comm_id for flow in groups.of("ben")] == ["h"]
    assert groups.of("zoe") == []


def test_a_tree_is_forgotten_when_all_of_it_has_ended() -> None:
    groups = Groups(Rules())
    opened(groups, "g", "ann", "ben")
    opened(groups, "h", "ben", parent="g")
    groups["g"].cancel("", 0)
    assert not groups.forget("g")
    groups["h"].cancel("", 0)
    assert not groups.forget("h")  # only whole trees
    assert groups.forget("g")
    assert (len(groups), "h" in groups) == (0, False)


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30), st.integers(0, 6)), max_size=8), st.integers(1, 8))
def test_check_6_channels_of_random_trees(branches: list[tuple[int, int, int]], size: int) -> None:
    """Whoever gets a task in a group opens one with helpers of its own: the sum never passes the flat count."""
    groups = Groups(Rules(max_depth=64))
    made = [[f"m0-{n}" for n in range(size)]]
    opened(groups, "g0", *made[0])
    for number, (above, opener, more) in enumerate(branches, 1):
        parent = above % len(made)
        who = made[parent][opener % len(made[parent])]
        made.append([who, *(f"m{number}-{n}" for n in range(more))])
        opened(groups, f"g{number}", *made[-1], parent=f"g{parent}")
    pairs = {frozenset((one, two)) for group in made for one in group for two in group if one != two}
    everybody = {name for group in made for name in group}
    assert groups.channels("g0") == len(pairs) == sum(len(group) * (len(group) - 1) // 2 for group in made)
    assert groups.flat("g0") == len(everybody) * (len(everybody) - 1) // 2 >= groups.channels("g0")
    assert sorted(flow.comm_id for flow in groups.tree("g0")) == sorted(f"g{number}" for number in range(len(made)))
