import pytest

from mrepl.module_information import utc_text


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("2024-05-01T10:00:00Z", "2024-05-01 10:00:00 UTC"),
        ("2024-05-01t10:00:00.5z", "2024-05-01 10:00:00.5 UTC"),
        ("2021-06-10T01:24:04.123456789+02:30", "2021-06-09 22:54:04.123456789 UTC"),
        ("2021-12-31 23:30:00-01:00", "2022-01-01 00:30:00 UTC"),
    ],
)
def test_a_time_is_shown_in_utc_with_all_its_digits(written: str, shown: str) -> None:
    assert utc_text(written) == shown


@pytest.mark.parametrize(
    "written",
    ["", "yesterday", "2024-05-01", "2024-13-01T00:00:00Z", "0001-01-01T00:00:00+01:00",
     "2024-05-01T10:00:00"],
)  # fmt: skip
def test_what_is_no_time_is_shown_as_it_is(written: str) -> None:
    assert utc_text(written) == written
