"""What may stand for JSON on a command line: `@path` for a file's contents, `_` for a result."""

import re

from mrepl.line_parts import unquoted
from mrepl.text.escaping import escape_word
from mrepl.typed_path import typed_path
from mrepl.usage import UsageError
from runtime import ArgumentsError, parse_json

_STRING_OR_REFERENCE = re.compile(r'"(?:[^"\\]++|\\.)*+"?|(?<!\w)_(?!\w)', re.DOTALL)
_LONGEST_PATH = 500  # columns of it in a message


def resolve_references(text: str, last_result: str | None) -> str:
    """JSON text in which files and the last result have taken the place of their references.

    Args:
        text: JSON, where `_` may stand for any value; or `@` and a path, quoted as in a shell.
        last_result: the JSON text of the last result, if there is one.

    Raises:
        UsageError: there is no last result, or the file cannot be read or is no JSON.
    """
    if text.startswith("@"):
        return _file_contents(unquoted(text[1:]))
    if "_" not in text:
        return text

    def resolved(match: re.Match[str]) -> str:
        if match.group() != "_":
            return match.group()
        if last_result is None:
            raise UsageError("`_` is the result of the last call, and no call has given one yet")
        return last_result

    return _STRING_OR_REFERENCE.sub(resolved, text)


def _file_contents(path: str) -> str:
    shown = escape_word(path, _LONGEST_PATH)
    if not path:
        raise UsageError("after `@` stands the path of a file with JSON in it: @arguments.json")
    try:
        text = typed_path(path).read_text(encoding="utf-8-sig")
        parse_json(text)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise UsageError(f"@{shown} cannot be read: {reason}") from error
    except ArgumentsError as error:
        raise UsageError(f"@{shown} is no JSON: {error.message}") from error
    return text
