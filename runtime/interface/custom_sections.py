"""The custom sections of a core WebAssembly file, read and written without touching the rest."""

from collections.abc import Iterator

from runtime.errors import ModuleFileError
from runtime.frozen_dataclass import frozen_dataclass
from runtime.interface.leb128 import decode_unsigned, encode_unsigned

WASM_MAGIC = b"\0asm"
"""The first bytes of every WebAssembly file."""

_CORE_VERSION = b"\x01\0\0\0"
_COMPONENT_VERSION = b"\x0d\0\x01\0"
_HEADER_LENGTH = 8
_CUSTOM_SECTION = 0
_MAX_U32_LENGTH = 5


@frozen_dataclass
class CustomSection:
    """One custom section and where it lies in the file.

    Attributes:
        name: its name.
        payload: the bytes after the name, a view of the file's own bytes.
        start: offset in the file of the section's first byte, its id.
        end: offset in the file of the first byte after the section.
    """

    name: str
    payload: memoryview
    start: int
    end: int


@frozen_dataclass
class Section:
    """Any section and where it lies in the file.

    Attributes:
        id: its number; 0 is a custom section.
        start: offset in the file of the section's first byte, its id.
        content: offset in the file of its content, after id and length.
        end: offset in the file of the first byte after the section.
    """

    id: int
    start: int
    content: int
    end: int


def custom_sections(wasm: bytes) -> list[CustomSection]:
    """All custom sections of the file `wasm`, in file order.

    Other sections are skipped by their length: only the engine reads what they hold.

    Raises:
        ModuleFileError: `wasm` is not a core WebAssembly file in the binary format, or a section
            is truncated, or a custom section's name is malformed.
    """
    view = memoryview(wasm)
    return [
        _custom_section(view, section)
        for section in sections(wasm)
        if section.id == _CUSTOM_SECTION
    ]


def with_custom_section(wasm: bytes, name: str, payload: bytes) -> bytes:
    """The file `wasm` with `payload` as its only custom section of this name, at the end.

    Custom sections that had the name are left out; all other bytes stay as they are and in order.

    Raises:
        ModuleFileError: as for `custom_sections`.
    """
    kept = []
    position = 0
    for section in custom_sections(wasm):
        if section.name == name:
            kept.append(wasm[position : section.start])
            position = section.end
    kept.append(wasm[position:])
    encoded_name = name.encode("utf-8")
    content = encode_unsigned(len(encoded_name)) + encoded_name + payload
    return b"".join(kept) + bytes([_CUSTOM_SECTION]) + encode_unsigned(len(content)) + content


def _check_header(wasm: bytes) -> None:
    if not wasm:
        raise ModuleFileError("the file is empty, expected a WebAssembly module")
    if (WASM_MAGIC + _CORE_VERSION).startswith(wasm) and len(wasm) < _HEADER_LENGTH:
        raise ModuleFileError(
            f"truncated WebAssembly file: it ends after {len(wasm)} bytes, inside its header"
        )
    if not wasm.startswith(WASM_MAGIC):
        if wasm[:1024].removeprefix(b"\xef\xbb\xbf").lstrip().startswith((b"(", b";;")):
            raise ModuleFileError(
                "the file is WebAssembly text, expected the binary format "
                "(compile it first, for instance with `wat2wasm`)"
            )
        raise ModuleFileError(
            f"not a WebAssembly file: it begins with {wasm[:4].hex(' ')}, expected 00 61 73 6d"
        )
    version = wasm[len(WASM_MAGIC) : _HEADER_LENGTH]
    if version == _COMPONENT_VERSION:
        raise ModuleFileError(
            "the file is a WebAssembly component, expected a core module "
            "(compile for wasm32-wasi or wasm32-wasip1)"
        )
    if version != _CORE_VERSION:
        raise ModuleFileError(
            f"the file has WebAssembly version {version.hex(' ')}, expected 01 00 00 00"
        )


def sections(wasm: bytes) -> Iterator[Section]:
    """All sections of the file `wasm`, in file order.

    Raises:
        ModuleFileError: `wasm` is not a core WebAssembly file, or a section is truncated.
    """
    _check_header(wasm)
    view = memoryview(wasm)
    start = _HEADER_LENGTH
    while start < len(view):
        section_id = view[start]
        length, content = read_u32(
            view, start + 1, len(view), f"the length of section {section_id}"
        )
        end = content + length
        if end > len(view):
            raise ModuleFileError(
                f"truncated WebAssembly file: section {section_id} at byte {start} has "
                f"{length} bytes, but only {len(view) - content} are left in the file"
            )
        yield Section(section_id, start, content, end)
        start = end


def ends_early(wasm: bytes) -> bool:
    """Whether the file ends inside its header or a section, as one does that is being written."""
    header = WASM_MAGIC + _CORE_VERSION
    if len(wasm) < _HEADER_LENGTH:
        return header.startswith(wasm)
    if not wasm.startswith(header):
        return False
    view = memoryview(wasm)
    position = _HEADER_LENGTH
    while position < len(view):
        try:
            length, content = read_u32(view, position + 1, len(view), "the length of a section")
        except ModuleFileError:
            return len(view) - position <= _MAX_U32_LENGTH
        position = content + length
    return position > len(view)


def _custom_section(view: memoryview, section: Section) -> CustomSection:
    start, end = section.start, section.end
    length, first = read_u32(view, section.content, end, "the length of a custom section's name")
    if length > end - first:
        raise ModuleFileError(
            f"malformed custom section at byte {start}: its name has {length} bytes, "
            f"but only {end - first} are left in the section"
        )
    try:
        name = str(view[first : first + length], "utf-8")
    except UnicodeDecodeError as error:
        raise ModuleFileError(
            f"malformed custom section at byte {start}: its name is not UTF-8 ({error.reason})"
        ) from error
    return CustomSection(name, view[first + length : end], start, end)


def read_u32(view: memoryview, offset: int, end: int, what: str) -> tuple[int, int]:
    """A LEB128 number below 2**32 at `offset` and before `end`, and the offset after it.

    Forms that are longer than needed are allowed, as WebAssembly does.

    Raises:
        ModuleFileError: there is none; the message says that `what` should be there.
    """
    try:
        return decode_unsigned(view, offset, end, bits=32)
    except EOFError:
        raise ModuleFileError(
            f"truncated WebAssembly file: it ends inside {what} at byte {offset}"
        ) from None
    except ValueError:
        raise ModuleFileError(
            f"malformed WebAssembly file: {what} at byte {offset} is not a number below 2**32"
        ) from None
