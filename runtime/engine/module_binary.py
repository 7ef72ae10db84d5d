"""What is changed in a module's bytes before it is compiled: its name and its memory's limit."""

from runtime.errors import ModuleFileError
from runtime.interface.custom_sections import (
    custom_sections,
    read_u32,
    sections,
    with_custom_section,
)
from runtime.interface.leb128 import encode_unsigned

PAGE_SIZE = 65_536
"""Bytes of a page of linear memory."""

_MOST_PAGES = 65_536
"""Of a memory with 32-bit addresses."""

_MEMORY_SECTION = 5
_NAME_SECTION = "name"
_MODULE_NAME = 0
_HAS_MAXIMUM = 1


def with_module_name(wasm: bytes, name: str) -> bytes:
    """The module under the name that backtraces show; its functions' names stay."""
    names = [section for section in custom_sections(wasm) if section.name == _NAME_SECTION]
    rest = bytes(names[-1].payload) if names else b""
    if rest[:1] == bytes([_MODULE_NAME]):
        try:
            length, start = read_u32(memoryview(rest), 1, len(rest), "the length of the name")
        except ModuleFileError:
            rest = b""  # the engine, too, takes a malformed section for none
        else:
            rest = rest[start + length :]
    text = name.encode()
    content = encode_unsigned(len(text)) + text
    named = bytes([_MODULE_NAME]) + encode_unsigned(len(content)) + content
    return with_custom_section(wasm, _NAME_SECTION, named + rest)


def with_memory_limit(wasm: bytes, limit: int, *, module: str) -> bytes:
    """The module with memories none of which can grow past a limit.

    The engine then refuses to grow them further, whoever shares the store. Modules have one, but
    for hand-made ones.

    Args:
        wasm: a core module.
        limit: in bytes, rounded down to whole pages.
        module: the module's name, for the error.

    Raises:
        ModuleFileError: a memory is larger than the limit from the start, or the section that says
            so is malformed.
    """
    section = next((s for s in sections(wasm) if s.id == _MEMORY_SECTION), None)
    if section is None:
        return wasm
    pages = min(limit // PAGE_SIZE, _MOST_PAGES)
    at = section.content

    def number(what: str) -> int:
        nonlocal at
        found, at = read_u32(memoryview(wasm), at, section.end, f"{what} of a memory")
        return found

    count = number("the count")
    limited = bytearray(encode_unsigned(count))
    for _ in range(count):
        flags = number("the flags")
        minimum = number("the minimum")
        if minimum > pages:
            raise ModuleFileError(
                f"module {module!r} starts with {minimum * PAGE_SIZE} bytes of memory, but its "
                f"limit is {limit} bytes: raise its max_heap_size (or mem_pages_count) to at least "
                f"{minimum * PAGE_SIZE} bytes ({minimum} of 64 KiB)",
                module=module,
            )
        maximum = min(pages, number("the maximum")) if flags & _HAS_MAXIMUM else pages
        for part in (flags | _HAS_MAXIMUM, minimum, maximum):
            limited += encode_unsigned(part)
    limited += wasm[at : section.end]
    head = bytes([_MEMORY_SECTION]) + encode_unsigned(len(limited))
    return wasm[: section.start] + head + limited + wasm[section.end :]
