"""What is suggested behind the cursor while a line is typed: the rest of an earlier one."""

from prompt_toolkit.auto_suggest import AutoSuggest, Suggestion
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.document import Document

_LONGEST = 200
"""Characters of a line worth suggesting; a screenful of dim text hides what is typed."""


class ShortSuggestions(AutoSuggest):
    """Suggests from the history, but no entry of several lines and no very long one."""

    def get_suggestion(self, buffer: Buffer, document: Document) -> Suggestion | None:
        """The rest of the latest short entry that begins as the text does."""
        text = document.text
        if not text.strip():
            return None
        for entry in reversed(buffer.history.get_strings()):
            if entry.startswith(text) and len(entry) <= _LONGEST and "\n" not in entry:
                return Suggestion(entry[len(text) :])
        return None
