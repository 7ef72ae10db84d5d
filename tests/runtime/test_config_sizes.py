import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from runtime.config.sizes import parse_size


@pytest.mark.parametrize(
    ("written", "size"),
    [
        ("0", 0),
        ("512", 512),
        ("512 B", 512),
        ("512b", 512),
        ("1K", 1_000),
        ("1 KB", 1_000),
        ("1 kb", 1_000),
        ("1Ki", 1_024),
        ("1 KiB", 1_024),
        ("10 MiB", 10_485_760),
        ("10mib", 10_485_760),
        ("10 MB", 10_000_000),
        ("1.5 MiB", 1_572_864),
        ("0.5 GB", 500_000_000),
        ("2G", 2_000_000_000),
        ("2 Gi", 2_147_483_648),
        ("1 TB", 10**12),
        ("1 TiB", 2**40),
        ("1P", 10**15),
        ("1 PiB", 2**50),
        (" 7 ", 7),
        (1_048_576, 1_048_576),
        (2**64 - 1, 2**64 - 1),
    ],
)
def test_a_size_is_bytes_or_a_number_with_a_unit(written: object, size: int) -> None:
    assert parse_size(written) == size


@pytest.mark.parametrize("written", ["Infinity", "infinity"])
def test_infinity_is_no_limit(written: str) -> None:
    assert parse_size(written) is None


def test_a_fraction_of_a_byte_is_cut_off() -> None:
    assert parse_size("1.0009 KB") == 1_000


@pytest.mark.parametrize(
    "written",
    [
        *("", "MiB", "10 XB", "ten", "1,5 MB", "1e3", "-1", "-1 MB", "1 M B", "inf", "0x10"),
        *("1..5 MB", "9" * 5000, "100000 PiB", -1, 2**64, True, 1.5, None, [], {}),
    ],
)
def test_anything_else_is_no_size(written: object) -> None:
    with pytest.raises(ValueError, match=r"size|unit|negative|more than"):
        parse_size(written)


@given(st.text())
def test_a_text_without_digits_is_no_size(text: str) -> None:
    assume(not any(char.isdigit() for char in text))
    assume(text.strip() not in {"Infinity", "infinity"})
    with pytest.raises(ValueError, match="not a size"):
        parse_size(text)


@given(st.integers(0, 2**43), st.sampled_from(["", " "]), st.sampled_from("KMG"))
def test_units_multiply(number: int, space: str, letter: str) -> None:
    power = "KMG".index(letter) + 1
    if number * 1024**power < 2**64:
        assert parse_size(f"{number}{space}{letter}iB") == number * 1024**power
        assert parse_size(f"{number}{space}{letter}B") == number * 1000**power
