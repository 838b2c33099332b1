"""Calling deep costs no memory that is taken and given back at each turn."""

import resource

from common.data_stack import with_room

DEPTHS, TURNS = 300, 200


def down(depth: int) -> int:
    """At every depth, many short calls: somewhere one of them stands at the border of a block."""
    for _turn in range(TURNS):
        leaf(depth)
    return down(depth - 1) if depth else 0


def leaf(number: int) -> int:
    return number + 1


def page_faults() -> int:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    down(DEPTHS)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before


def test_short_calls_from_deep_take_no_memory_each_time() -> None:
    with_room(page_faults)()  # whatever is taken the first time only
    assert with_room(page_faults)() < TURNS / 2


def test_it_is_the_same_function_otherwise() -> None:
    def joined(left: str, *, right: str = "b") -> str:
        """Joins."""
        return left + right

    roomy = with_room(joined)
    assert (roomy("a"), roomy("a", right="c")) == ("ab", "ac")
    assert (roomy.__name__, roomy.__doc__) == ("joined", "Joins.")
