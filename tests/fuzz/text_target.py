"""Any text as the text form of interface types."""

from collections.abc import Iterator

from runtime.errors import TextError
from runtime.interface.instructions import Op
from runtime.interface.section_codec import decode_section, encode_section
from runtime.interface.text_form import parse_section_text, section_text
from runtime.interface.types import Scalar
from tests.fuzz import fixture_seeds
from tests.fuzz.target import Target

_WORDS = (
    *("(@interface", "it_version", "type", "import", "func", "export", "implement", "block"),
    *("(func", "(record", "(param", "(result", "(type", "field", "array", "$name:", '"0.27.0"'),
    *(";;", "(;", ";)", "(array (", "record"),
    *("\\t", '\\"', "\\ff", "\\u{41}", "\\u{d800}", "\\u{110000}"),
)


def check(data: bytes) -> None:
    """What can be parsed can be encoded, and its own text says the same."""
    try:
        section = parse_section_text(data.decode("utf-8", "surrogateescape"))
    except TextError as error:
        assert error.line > 0
        assert error.column > 0
        return
    encoded = encode_section(section)
    assert decode_section(encoded) == section
    assert encode_section(parse_section_text(section_text(section))) == encoded


def seeds() -> Iterator[bytes]:
    """The text of every fixture."""
    for section in fixture_seeds.sections():
        yield section_text(decode_section(section)).encode()


TARGET = Target(
    check,
    seeds,
    dictionary=tuple(
        word.encode() for word in (*_WORDS, *(op.mnemonic for op in Op), *(s.value for s in Scalar))
    ),
    longest=8192,
)
