import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.errors import ModuleFileError
from runtime.interface.custom_sections import custom_sections, with_custom_section
from runtime.interface.leb128 import encode_unsigned

HEADER = b"\0asm\x01\0\0\0"


def section(section_id: int, content: bytes) -> bytes:
    return bytes([section_id]) + encode_unsigned(len(content)) + content


def custom(name: str, payload: bytes) -> bytes:
    encoded = name.encode()
    return section(0, encode_unsigned(len(encoded)) + encoded + payload)


def refusal(wasm: bytes) -> str:
    with pytest.raises(ModuleFileError) as caught:
        custom_sections(wasm)
    return caught.value.message


def test_custom_sections_come_in_file_order_with_their_places() -> None:
    first, types, second = custom("a", b"one"), section(1, b"\0" * 200), custom("b", b"")
    wasm = HEADER + first + types + second

    found = custom_sections(wasm)

    assert [(s.name, bytes(s.payload)) for s in found] == [("a", b"one"), ("b", b"")]
    assert [wasm[s.start : s.end] for s in found] == [first, second]


def test_a_module_without_sections_has_no_custom_ones() -> None:
    assert custom_sections(HEADER) == []


def test_lengths_with_padding_are_read_as_webassembly_allows() -> None:
    (found,) = custom_sections(HEADER + b"\x00\x85\x80\x80\x80\x00\x81\x00nxy")

    assert (found.name, bytes(found.payload)) == ("n", b"xy")


@pytest.mark.parametrize(
    ("wasm", "says"),
    [
        (b"", "the file is empty"),
        (b"\x7fELF\x02\x01", "not a WebAssembly file: it begins with 7f 45 4c 46"),
        (b"(module)", "WebAssembly text"),
        (b"\xef\xbb\xbf\n ;; a comment\n(module)", "WebAssembly text"),
        (b"\0asm\x0d\0\x01\0", "a WebAssembly component"),
        (b"\0asm\x02\0\0\0", "WebAssembly version 02 00 00 00"),
        (b"\0asm\x01", "ends after 5 bytes, inside its header"),
        (HEADER + b"\x01", "it ends inside the length of section 1"),
        (HEADER + b"\x0b\x05abc", "section 11 at byte 8 has 5 bytes, but only 3 are left"),
        (HEADER + b"\x01\xff\xff\xff\xff\x1f", "is not a number below 2**32"),
        (HEADER + b"\x01\xff\xff\xff\xff\xff\x00", "is not a number below 2**32"),
        (HEADER + section(0, b""), "it ends inside the length of a custom section's name"),
        (HEADER + section(0, b"\x05abc"), "its name has 5 bytes, but only 3 are left"),
        (HEADER + section(0, b"\x02\xc3\x28"), "its name is not UTF-8"),
    ],
)
def test_what_is_no_core_module_is_refused_with_the_reason(wasm: bytes, says: str) -> None:
    assert says in refusal(wasm)


def test_a_custom_section_is_appended_and_the_rest_stays() -> None:
    wasm = HEADER + custom("kept", b"1") + section(1, b"\0")

    assert with_custom_section(wasm, "new", b"payload") == wasm + custom("new", b"payload")


def test_custom_sections_of_the_same_name_are_replaced() -> None:
    kept, types = custom("kept", b"1"), section(1, b"\0")
    wasm = HEADER + custom("x", b"old") + kept + custom("x", b"older") + types

    replaced = with_custom_section(wasm, "x", b"new" * 100)

    assert replaced == HEADER + kept + types + custom("x", b"new" * 100)


@given(st.binary(max_size=60))
def test_random_bytes_after_the_header_give_sections_or_a_clear_error(data: bytes) -> None:
    wasm = HEADER + data
    try:
        found = custom_sections(wasm)
    except ModuleFileError:
        return
    assert all(wasm[s.start] == 0 and s.end <= len(wasm) for s in found)
