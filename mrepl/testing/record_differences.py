"""Where two values with records in them differ: a line for each place, such as `items[3].count`."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from itertools import islice

_LONGEST_VALUE = 60  # characters
_SHOWN_BEFORE = 8  # of a long string or byte array, before the first difference
_ABSENT = object()


def has_records(value: object) -> bool:
    """Whether a value is a record, or a list that begins with one."""
    while isinstance(value, list | tuple) and value:
        value = value[0]
    return _is_record(value)


def comparison_lines(left: object, right: object, *, most: int) -> list[str]:
    """The explanation of a failed `left == right`, the comparison itself first.

    Args:
        left: a record, or a list of them, or what is compared with one.
        right: likewise.
        most: so many differences are shown, and the number of those that are not.

    Returns:
        The lines; none where no difference is found, as in classes that compare in their own way.
    """
    found = differences(left, right)
    shown = list(islice(found, most))
    if not shown:
        return []
    more = sum(1 for _ in found)
    ending = [f"and {more} more differences, use -vv to show"] if more else []
    return [f"{_short(left)} == {_short(right)}", *shown, *ending]


def differences(left: object, right: object, place: str = "") -> Iterator[str]:
    """A line for each place in which two values differ, or their parts do.

    Args:
        left: the left value.
        right: the right one.
        place: where both are in what is compared.
    """
    if left is right:
        return
    if _is_record(left) or _is_record(right):
        yield from _of_records(left, right, place)
    elif isinstance(left, list | tuple) and type(left) is type(right):
        yield from _of_arrays(left, right, place)
    elif isinstance(left, str | bytes) and type(left) is type(right):
        if left != right:
            yield f"{_before(place)}{_first_difference(left, right)}"
    elif left != right:
        yield f"{_before(place)}{_short(left)} != {_short(right)}"


def _of_records(left: object, right: object, place: str) -> Iterator[str]:
    left_parts, right_parts = _parts(left), _parts(right)
    if left_parts is None or right_parts is None:
        yield f"{_before(place)}{_short(left)} != {_short(right)}"
        return
    inner = list(_of_parts(left_parts, right_parts, place))
    if type(left) is not type(right):
        equal = "" if inner else "; all their fields are equal"
        yield f"{_before(place)}{_kind(left)} never equals {_kind(right)}{equal}"
    yield from inner


def _of_parts(
    left: Mapping[object, object], right: Mapping[object, object], place: str
) -> Iterator[str]:
    for name in {**left, **right}:
        inner = f"{place}.{name}" if place else str(name)
        one, other = left.get(name, _ABSENT), right.get(name, _ABSENT)
        if one is _ABSENT or other is _ABSENT:
            side, value = ("right", other) if one is _ABSENT else ("left", one)
            yield f"{inner}: only on the {side}: {_short(value)}"
        else:
            yield from differences(one, other, inner)


def _of_arrays(left: Sequence[object], right: Sequence[object], place: str) -> Iterator[str]:
    if len(left) != len(right):
        yield f"{_before(place)}{len(left)} elements != {len(right)} elements"
    for index, (one, other) in enumerate(zip(left, right, strict=False)):
        yield from differences(one, other, f"{place}[{index}]")


def _first_difference(left: str | bytes, right: str | bytes) -> str:
    if len(repr(left)) <= _LONGEST_VALUE and len(repr(right)) <= _LONGEST_VALUE:
        return f"{left!r} != {right!r}"
    pairs = enumerate(zip(left, right, strict=False))
    index = next((index for index, (a, b) in pairs if a != b), min(len(left), len(right)))
    start = max(0, index - _SHOWN_BEFORE)
    end = start + _LONGEST_VALUE // 2
    lengths = "" if len(left) == len(right) else f" (lengths {len(left)} != {len(right)})"
    return (
        f"they differ from [{index}] on{lengths}: "
        f"[{start}:{end}] is {left[start:end]!r} != {right[start:end]!r}"
    )


def _parts(value: object) -> Mapping[object, object] | None:
    """What a record is compared by: the fields of a record, the entries of a dict."""
    if isinstance(value, dict):
        return value
    if not is_dataclass(value):
        return None
    return {part.name: getattr(value, part.name) for part in fields(value) if part.compare}


def _kind(value: object) -> str:
    cls = type(value)
    if isinstance(value, dict):
        return "a dict"
    return f"a record {cls.__qualname__} of {cls.__module__}"


def _is_record(value: object) -> bool:
    return is_dataclass(value) and not isinstance(value, type)


def _before(place: str) -> str:
    return f"{place}: " if place else ""


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _LONGEST_VALUE else f"{text[: _LONGEST_VALUE - 1]}…"
