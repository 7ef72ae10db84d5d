"""Classes of `frozen_dataclass` do what those of the standard library's decorator do."""

import copy
import inspect
import pickle
from collections.abc import Callable
from dataclasses import (
    KW_ONLY,
    FrozenInstanceError,
    dataclass,
    field,
    fields,
    is_dataclass,
    replace,
)
from typing import TypeVar, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.frozen_dataclass import frozen_dataclass

T = TypeVar("T")

_Decorator = Callable[[type[T]], type[T]]


@frozen_dataclass
class Point:
    """A place."""

    x: int
    y: float = 0.0
    tags: list[str] = field(default_factory=list)


@frozen_dataclass
class Named(Point):
    _: KW_ONLY
    name: str


@frozen_dataclass
class Single:
    value: object


@frozen_dataclass
class Empty:
    pass


@frozen_dataclass
class Tree:
    children: "tuple[Tree, ...]"


@frozen_dataclass
class Initials:
    """Has methods of its own where there would be others."""

    text: str

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Initials) and other.text[:1] == self.text[:1]

    def __hash__(self) -> int:
        return hash(self.text[:1])

    def __repr__(self) -> str:
        return f"<{self.text[:1]}>"


@frozen_dataclass
class AwkwardNames:
    self: int
    set: int = 1
    fields: int = 2
    _own: int = 3


def _standard(cls: type[T]) -> type[T]:
    return dataclass(frozen=True, slots=True)(cls)


def _measure(decorator: _Decorator[T]) -> type:
    class Measure:
        size: int
        unit: str = "m"

    return decorator(Measure)  # type: ignore[arg-type]


def test_fields_defaults_and_keywords_are_those_of_the_class() -> None:
    assert Point(1) == Point(x=1, y=0.0, tags=[])
    assert Point(1).tags is not Point(1).tags
    assert Named(1, 2.0, ["a"], name="b").name == "b"
    assert AwkwardNames(0, _own=4) == AwkwardNames(0, 1, 2, 4)
    assert is_dataclass(Point)
    assert [each.name for each in fields(Named)] == ["x", "y", "tags", "name"]
    assert Point.__doc__ == "A place."


@pytest.mark.parametrize(
    "call",
    [
        lambda: Single(),  # type: ignore[call-arg]  # noqa: PLW0108 - a mistake on purpose
        lambda: Point(1, 2.0, [], 4),  # type: ignore[call-arg]
        lambda: Point(1, z=2),  # type: ignore[call-arg]
        lambda: Named(1, 2.0, [], "b"),  # type: ignore[call-arg]
    ],
)
def test_wrong_arguments_are_refused(call: Callable[[], object]) -> None:
    with pytest.raises(TypeError, match=r"__init__\(\)"):
        call()


def test_nothing_can_be_set_added_or_deleted() -> None:
    point = Point(1)
    with pytest.raises(FrozenInstanceError, match="cannot assign to field 'x'"):
        point.x = 2  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        point.other = 2  # type: ignore[attr-defined]
    with pytest.raises(FrozenInstanceError, match="cannot delete field 'x'"):
        del point.x
    assert not hasattr(point, "__dict__")
    assert point == Point(1)


def test_only_values_of_the_same_class_are_equal() -> None:
    assert Single((1, 2)) != Tree((1, 2))  # type: ignore[arg-type]
    assert Point(1) != Named(1, name="b")
    assert Empty() == Empty()
    assert {Single(1), Single(1), Single(2), Empty()} == {Single(2), Single(1), Empty()}
    with pytest.raises(TypeError, match="unhashable"):
        hash(Point(1))


@given(st.integers(), st.text(), st.integers(), st.text())
def test_comparing_hashing_and_showing_are_as_in_the_standard_library(
    size: int, unit: str, other_size: int, other_unit: str
) -> None:
    ours, standard = _measure(frozen_dataclass), _measure(_standard)
    one, two = ours(size, unit), ours(other_size, other_unit)
    standard_one, standard_two = standard(size, unit), standard(other_size, other_unit)
    assert (one == two) == (standard_one == standard_two)
    assert hash(one) == hash(standard_one)
    assert repr(one) == repr(standard_one)


def test_the_same_nan_is_equal_as_in_a_tuple() -> None:
    nan = float("nan")
    assert Single(nan) == Single(nan)


def test_methods_of_the_class_count() -> None:
    assert Initials("abc") == Initials("axy")
    assert len({Initials("abc"), Initials("axy")}) == 1
    assert repr(Initials("abc")) == "<a>"


def test_values_are_pickled_copied_replaced_and_matched() -> None:
    for value in (Named(1, 2.0, ["a"], name="b"), Empty(), Single(None), Tree((Tree(()),))):
        assert pickle.loads(pickle.dumps(value)) == value
        assert copy.deepcopy(value) == value
        assert copy.copy(value) == value
    assert replace(Named(1, name="b"), x=3) == Named(3, name="b")
    match Point(1, 2.0):
        case Point(1, y):
            assert y == 2.0
        case _:
            pytest.fail("the pattern should match")


def test_a_value_that_holds_itself_can_be_shown() -> None:
    items: list[object] = []
    value = Single(items)
    items.append(value)
    assert repr(value) == "Single(value=[...])"


def test_signature_and_types_can_be_read() -> None:
    ours, standard = _measure(frozen_dataclass), _measure(_standard)
    assert inspect.signature(ours) == inspect.signature(standard)
    assert get_type_hints(Tree.__init__) == {"children": tuple[Tree, ...], "return": type(None)}
    assert Point.__init__.__qualname__ == "Point.__init__"


@given(st.builds(Named))
def test_hypothesis_builds_values_by_their_types(value: Named) -> None:
    assert isinstance(value.x, int)
    assert isinstance(value.name, str)
