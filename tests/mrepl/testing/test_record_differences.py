"""What is said of two values that are not equal."""

from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrepl.testing.record_differences import comparison_lines, differences


@dataclass(frozen=True)
class Item:
    name: str
    count: int = 1


@dataclass(frozen=True)
class Order:
    item: Item | None
    more: list[Item] = field(default_factory=list)
    note: bytes = b""
    seen: bool = field(default=False, compare=False)


def _other_item() -> object:
    @dataclass(frozen=True)
    class Item:
        name: str
        count: int = 1

    return Item("tea")


TEA, CAKE = Item("tea"), Item("cake", 2)


@pytest.mark.parametrize(
    ("left", "right", "lines"),
    [
        (TEA, CAKE, ["name: 'tea' != 'cake'", "count: 1 != 2"]),
        (Order(TEA, [TEA]), Order(TEA, [Item("tea", 2)]), ["more[0].count: 1 != 2"]),
        (Order(TEA, [TEA]), Order(TEA), ["more: 1 elements != 0 elements"]),
        ([TEA, TEA], [TEA, CAKE], ["[1].name: 'tea' != 'cake'", "[1].count: 1 != 2"]),
        (Order(TEA), Order(None), ["item: Item(name='tea', count=1) != None"]),
        (float("nan"), float("nan"), ["nan != nan"]),
    ],
)
def test_each_difference_is_a_line_with_its_place(
    left: object, right: object, lines: list[str]
) -> None:
    assert list(differences(left, right)) == lines


def test_of_long_strings_and_bytes_the_part_that_differs_is_shown() -> None:
    assert list(differences(Item("a" * 99), Item("a" * 98))) == [
        "name: they differ from [98] on (lengths 99 != 98): [90:120] is 'aaaaaaaaa' != 'aaaaaaaa'"
    ]
    assert list(differences(b"abc" * 33, b"abc" * 32 + b"abd")) == [
        "they differ from [98] on: [90:120] is b'abcabcabc' != b'abcabcabd'"
    ]


def test_a_record_is_no_dict() -> None:
    alike, other = {"name": "tea", "count": 1}, {"name": "tea", "cost": 1}
    assert list(differences(TEA, alike)) == [
        f"a record Item of {__name__} never equals a dict; all their fields are equal"
    ]
    assert list(differences(TEA, other)) == [
        f"a record Item of {__name__} never equals a dict",
        "count: only on the left: 1",
        "cost: only on the right: 1",
    ]


def test_records_of_like_classes_are_told_apart() -> None:
    (line,) = differences(TEA, _other_item())
    assert line == (
        f"a record Item of {__name__} never equals a record _other_item.<locals>.Item of "
        f"{__name__}; all their fields are equal"
    )


def test_fields_that_do_not_count_in_comparisons_are_passed_over() -> None:
    order = Order(TEA)
    assert list(differences(order, replace(order, seen=True))) == []
    assert comparison_lines(order, replace(order, seen=True), most=5) == []


def test_many_differences_are_counted() -> None:
    left, right = ([Item("tea", number) for number in range(start, start + 9)] for start in (0, 1))
    assert comparison_lines(left, right, most=2)[1:] == [
        "[0].count: 0 != 1",
        "[1].count: 1 != 2",
        "and 7 more differences, use -vv to show",
    ]


values = st.recursive(
    st.integers() | st.text() | st.binary() | st.none(),
    lambda inner: (
        st.lists(inner) | st.builds(Item, inner, inner) | st.dictionaries(st.text(), inner)
    ),
)


@given(values, values)
def test_there_are_differences_where_values_are_not_equal(left: object, right: object) -> None:
    assert bool(list(differences(left, right))) == (left != right)
