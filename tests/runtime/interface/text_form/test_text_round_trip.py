"""A section printed and read again is the same section, byte for byte."""

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from runtime.errors import InterfaceError, MarineError, TextError
from runtime.interface.instructions import (
    EncodedArray,
    EncodedType,
    Instruction,
    Op,
    Operand,
)
from runtime.interface.metadata import read_metadata
from runtime.interface.section import (
    Adapter,
    AdaptersBlock,
    FunctionDefinition,
    InterfaceSection,
    TypesBlock,
    VersionBlock,
)
from runtime.interface.section_codec import decode_section, encode_section
from runtime.interface.text_form import parse_section_text, section_text
from runtime.interface.types import Scalar
from tests.support.paths import FIXTURES
from tests.support.random_sections import meaningless_sections


def decoded_fixtures() -> dict[str, bytes]:
    """By file and number: every section of a fixture that can be decoded."""
    found = {}
    for path in sorted(FIXTURES.glob("**/artifacts/*.wasm")):
        for number, payload in enumerate(payloads(path)):
            try:
                decode_section(payload)
            except InterfaceError:
                continue
            found[f"{path.stem}-{number}"] = payload
    return found


def payloads(path: Path) -> tuple[bytes, ...]:
    try:
        return read_metadata(path.read_bytes()).interface_sections
    except MarineError:
        return ()


SECTIONS = decoded_fixtures()


def every_instruction() -> InterfaceSection:
    """A section with every instruction, and every scalar as an operand."""
    bodies: list[Instruction] = []
    for op in Op:
        match op.operand:
            case Operand.NONE:
                bodies.append(Instruction(op))
            case Operand.INDEX:
                bodies.append(Instruction(op, 2**63 - 1))
            case Operand.TYPE:
                bodies += (Instruction(op, scalar) for scalar in Scalar)
    return InterfaceSection((VersionBlock("0.27.0"), AdaptersBlock((Adapter(0, tuple(bodies)),))))


def deepest(base: EncodedType) -> InterfaceSection:
    encoded = base
    for _ in range(1024):
        encoded = EncodedArray(encoded)
    return InterfaceSection((VersionBlock(""), TypesBlock((FunctionDefinition((), (encoded,)),))))


def test_there_are_fixtures_to_print() -> None:
    assert len(SECTIONS) > 25


@pytest.mark.parametrize("payload", SECTIONS.values(), ids=SECTIONS.keys())
def test_the_text_of_a_fixture_gives_its_section_byte_for_byte(payload: bytes) -> None:
    text = section_text(decode_section(payload))

    assert encode_section(parse_section_text(text)) == payload
    assert section_text(parse_section_text(text)) == text


@given(meaningless_sections())
@example(every_instruction())
@example(InterfaceSection((AdaptersBlock(()), AdaptersBlock(()), VersionBlock("\0"))))
@settings(max_examples=150)
def test_the_text_of_any_section_gives_it_again_byte_for_byte(section: InterfaceSection) -> None:
    text = section_text(section)

    assert encode_section(parse_section_text(text)) == encode_section(section)


@pytest.mark.parametrize("base", [Scalar.BYTE_ARRAY, Scalar.U8])
def test_the_deepest_arrays_come_back_byte_for_byte(base: Scalar) -> None:
    section = deepest(base)

    assert encode_section(parse_section_text(section_text(section))) == encode_section(section)


@settings(max_examples=150)
@given(st.sampled_from(list(SECTIONS.values())), st.data())
def test_a_damaged_text_gives_a_section_or_the_place_of_the_error(
    payload: bytes, data: st.DataObject
) -> None:
    damaged = bytearray(section_text(decode_section(payload)).encode("utf-8"))
    for _ in range(data.draw(st.integers(0, 3))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    end = data.draw(st.just(len(damaged)) | st.integers(0, len(damaged)))
    errors = data.draw(st.sampled_from(["replace", "surrogateescape"]))

    assert_parses_or_names_the_place(damaged[:end].decode("utf-8", errors))


brackets = st.sampled_from(["(", ")", '"', "$", ":", "(;", ";)", ";;", "\n", " ", "\\", "\\u{"])
words = st.sampled_from(["(@interface ", "array (", "type", "func", "it_version", "0", "arg.get"])


@given(st.lists(brackets | words | st.characters(), max_size=30).map("".join))
def test_random_text_gives_a_section_or_the_place_of_the_error(text: str) -> None:
    assert_parses_or_names_the_place(text)


def assert_parses_or_names_the_place(text: str) -> None:
    error: TextError | None = None
    try:
        section = parse_section_text(text)
    except TextError as raised:
        error = raised
    if error is None:
        assert decode_section(encode_section(section)) == section
        return
    message, *excerpt = error.message.split("\n")
    assert message.startswith(f"line {error.line}, column {error.column}: found ")
    if excerpt:
        shown, caret = excerpt
        assert caret.strip() == "^"
        assert len(caret) <= len(shown) + 1
    assert error.line >= 1
    assert 1 <= error.column <= len(text) + 1
