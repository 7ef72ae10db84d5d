from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrepl.text.durations import duration_text

_NANOSECONDS = {"s": 10**9, "ms": 10**6, "µs": 10**3, "ns": 1}


@pytest.mark.parametrize(
    ("nanoseconds", "text"),
    [
        (0, "0ns"),
        (912, "912ns"),
        (999, "999ns"),
        (1_000, "1µs"),
        (67_567, "67.567µs"),
        (82_119_658, "82.119658ms"),
        (170_740_194, "170.740194ms"),
        (1_000_001, "1.000001ms"),
        (999_999_999, "999.999999ms"),
        (1_500_000_000, "1.5s"),
        (1_000_000_001, "1.000000001s"),
        (3_600_000_000_000, "3600s"),
    ],
)
def test_a_duration_prints_in_the_largest_unit_that_gives_at_least_one(
    nanoseconds: int, text: str
) -> None:
    assert duration_text(nanoseconds) == text


@given(st.integers(0, 10**15))
def test_a_duration_loses_no_nanosecond(nanoseconds: int) -> None:
    text = duration_text(nanoseconds)
    unit = next(
        unit for unit in _NANOSECONDS if text.endswith(unit) and text[: -len(unit)][-1:].isdigit()
    )
    assert Fraction(text.removesuffix(unit)) * _NANOSECONDS[unit] == nanoseconds
