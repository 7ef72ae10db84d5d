"""What is changed in a module's bytes before it is compiled: its name and its memory's limit."""

from runtime.errors import ModuleFileError
from runtime.interface.custom_sections import custom_sections, sections, with_custom_section
from runtime.interface.leb128 import encode_unsigned

PAGE_SIZE = 65536

_MEMORY_SECTION = 5
_NAME_SECTION = "name"
_MODULE_NAME = 0
_HAS_MAXIMUM = 1


def with_module_name(wasm: bytes, name: str) -> bytes:
    """The module under the name that backtraces show; its functions' names stay."""
    names = [section for section in custom_sections(wasm) if section.name == _NAME_SECTION]
    rest = bytes(names[-1].payload) if names else b""
    if rest[:1] == bytes([_MODULE_NAME]):
        length, start = _unsigned(rest, 1)
        rest = rest[start + length :]
    text = name.encode()
    content = encode_unsigned(len(text)) + text
    named = bytes([_MODULE_NAME]) + encode_unsigned(len(content)) + content
    return with_custom_section(wasm, _NAME_SECTION, named + rest)


def with_memory_limit(wasm: bytes, limit: int, *, module: str) -> bytes:
    """The module with a memory that cannot grow past a limit.

    The engine then refuses to grow it further, whoever shares the store.

    Args:
        wasm: a valid core module.
        limit: in bytes, rounded down to whole pages.
        module: the module's name, for the error.

    Raises:
        ModuleFileError: the memory is larger than the limit from the start.
    """
    section = next((s for s in sections(wasm) if s.id == _MEMORY_SECTION), None)
    if section is None:
        return wasm
    content = wasm[section.content : section.end]
    count, at = _unsigned(content, 0)
    if count != 1:
        return wasm
    pages = limit // PAGE_SIZE
    flags = content[at]
    minimum, at = _unsigned(content, at + 1)
    if minimum > pages:
        raise ModuleFileError(
            f"module {module!r} starts with {minimum * PAGE_SIZE} bytes of memory, but its limit "
            f"is {limit} bytes: raise its max_heap_size (or mem_pages_count) to at least "
            f"{minimum} pages of 64 KiB",
            module=module,
        )
    if flags & _HAS_MAXIMUM:
        maximum, at = _unsigned(content, at)
        pages = min(pages, maximum)
    limited = (
        encode_unsigned(1)
        + bytes([flags | _HAS_MAXIMUM])
        + encode_unsigned(minimum)
        + encode_unsigned(pages)
        + content[at:]
    )
    head = bytes([_MEMORY_SECTION]) + encode_unsigned(len(limited))
    return wasm[: section.start] + head + limited + wasm[section.end :]


def _unsigned(data: bytes, at: int) -> tuple[int, int]:
    """The LEB128 number at a place, and where it ends; what is cut short reads as its part."""
    number = shift = 0
    for place in range(at, len(data)):
        number |= (data[place] & 0x7F) << shift
        shift += 7
        if data[place] < 0x80:
            return number, place + 1
    return number, len(data)
