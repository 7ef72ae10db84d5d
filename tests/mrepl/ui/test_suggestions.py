import pytest
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.document import Document
from prompt_toolkit.history import InMemoryHistory

from mrepl.ui.suggestions import ShortSuggestions


@pytest.mark.parametrize(
    ("entries", "typed", "suggested"),
    [
        (["help call", "help quit"], "he", "lp quit"),
        (["help call", "stats"], "he", "lp call"),
        (["call m f []", "call m f [\n1\n]"], "call", " m f []"),
        (["call m f [\n1\n]"], "call", None),
        ([f"call m f [{'1' * 200}]"], "call", None),
        (["stats"], "he", None),
        (["stats"], "", None),
    ],
)
def test_the_latest_short_entry_that_begins_alike_is_suggested(
    entries: list[str], typed: str, suggested: str | None
) -> None:
    history = InMemoryHistory()
    for entry in entries:
        history.append_string(entry)
    found = ShortSuggestions().get_suggestion(Buffer(history=history), Document(typed))
    assert (None if found is None else found.text) == suggested
