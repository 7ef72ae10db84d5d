import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrepl.bench.limit import parse_limit
from mrepl.text.measured_times import measured_text, three_digits, times_text
from mrepl.usage import UsageError


@pytest.mark.parametrize(
    ("nanoseconds", "text"),
    [
        (0.25, "0.25 ns"),
        (56.04, "56.0 ns"),
        (999.4, "999 ns"),
        (999.6, "1.00 µs"),
        (1_930, "1.93 µs"),
        (19_349, "19.3 µs"),
        (999_600, "1.00 ms"),
        (123_456_789, "123 ms"),
        (1.5e9, "1.50 s"),
        (7.2e12, "7,200 s"),
    ],
)
def test_measured_times_have_three_digits(nanoseconds: float, text: str) -> None:
    assert measured_text(nanoseconds) == text


@given(st.floats(1e-2, 1e14))
def test_what_is_shown_is_close_to_what_was_measured(nanoseconds: float) -> None:
    number, unit = measured_text(nanoseconds).split()
    sizes = {"ns": 1.0, "µs": 1e3, "ms": 1e6, "s": 1e9}
    shown = float(number.replace(",", "")) * sizes[unit]
    assert shown == pytest.approx(nanoseconds, rel=0.006, abs=0.0051)


def test_rates_have_separators() -> None:
    assert three_digits(307133.2) == "307,133"


def test_times_close_to_each_other_are_told_apart() -> None:
    assert times_text([3200.0, 3215.5, 3231.0], 15.5) == ["3.20 µs", "3.22 µs", "3.23 µs"]
    assert times_text([1_000_000.0, 1_000_040.0], 40) == ["1.00000 ms", "1.00004 ms"]
    assert times_text([900.0, 1100.0], 200) == ["0.9 µs", "1.1 µs"]


@pytest.mark.parametrize(
    ("text", "nanoseconds"),
    [
        ("50us", 5e4),
        ("50µs", 5e4),
        ("50 μs", 5e4),
        ("1.5ms", 1.5e6),
        (".5s", 5e8),
        ("2s", 2e9),
        ("7ns", 7),
    ],
)
def test_a_limit_is_a_number_with_a_unit(text: str, nanoseconds: float) -> None:
    assert parse_limit(text) == nanoseconds


@pytest.mark.parametrize("text", ["", "50", "us", "0us", "-1us", "1h", "1e3us", "50us!", "1.2.3s"])
def test_another_limit_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match=r"--fail-above: .* is no time above 0"):
        parse_limit(text)
