import pytest

from mrepl.text.sizes import size_text


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 KB"),
        (65_536, "65.5 KB"),
        (999_949, "999.9 KB"),
        (999_950, "1.0 MB"),
        (1_114_112, "1.1 MB"),
        (4_294_967_296, "4.3 GB"),
        (5 * 10**18, "5000.0 PB"),
    ],
)
def test_a_size_prints_in_decimal_units_with_one_digit(size: int, text: str) -> None:
    assert size_text(size) == text
