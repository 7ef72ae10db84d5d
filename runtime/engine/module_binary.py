"""What is changed in a module's bytes before it is compiled: its name, and how much it may take."""

from collections.abc import Callable

from runtime.errors import ModuleFileError
from runtime.frozen_dataclass import frozen_dataclass
from runtime.interface.custom_sections import (
    Section,
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

MOST_TABLE_ELEMENTS = 1_000_000
"""Of all tables of a module together, 8 bytes each. No memory limit counts them, and the engine's
own limit holds for each table by itself. Programs have one for each function that pointers lead to.
"""

_MOST_ENTRIES = 100
"""Memories, or tables, of a module that the engine takes."""

_TABLE_SECTION = 4
_MEMORY_SECTION = 5
_NAME_SECTION = "name"
_MODULE_NAME = 0
_HAS_MAXIMUM = 1
_INITIALIZED = 0x40
_REFERENCES = {0x70: "funcref", 0x6F: "externref"}


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
    """The module with memories that cannot grow past a limit together.

    The engine then refuses to grow them further, whoever shares the store. Modules have one, but
    for hand-made ones: each of theirs may grow by an equal share of what is left at first.

    Args:
        wasm: a core module.
        limit: in bytes, rounded down to whole pages.
        module: the module's name, for the error.

    Raises:
        ModuleFileError: its memories are larger than the limit from the start, or the section that
            says so is malformed.
    """

    def refusal(pages: int) -> str:
        return (
            f"starts with {pages * PAGE_SIZE} bytes of memory, but its limit is {limit} bytes: "
            f"raise its max_heap_size (or mem_pages_count) to at least {pages * PAGE_SIZE} bytes "
            f"({pages} of 64 KiB)"
        )

    largest = min(limit // PAGE_SIZE, _MOST_PAGES)
    memories = _Limited(wasm, _MEMORY_SECTION, "a memory", module)
    return memories.limited(limit // PAGE_SIZE, largest, refusal)


def with_table_limit(wasm: bytes, *, module: str) -> bytes:
    """The module with tables that have at most `MOST_TABLE_ELEMENTS` elements together.

    Args:
        wasm: a core module.
        module: the module's name, for the error.

    Raises:
        ModuleFileError: its tables are larger from the start, or hold something else than functions
            and references of the host, or the section that says so is malformed.
    """

    def refusal(elements: int) -> str:
        return f"has tables of {elements} elements, but {MOST_TABLE_ELEMENTS} are allowed"

    tables = _Limited(wasm, _TABLE_SECTION, "a table", module)
    return tables.limited(MOST_TABLE_ELEMENTS, MOST_TABLE_ELEMENTS, refusal)


@frozen_dataclass
class _Limits:
    """How large a memory may be, in pages, or a table, in elements.

    Attributes:
        reference: the type of a table's elements, as bytes; of a memory nothing.
        flags: say whether there is a maximum, and more that the engine refuses.
        minimum: what it has at first.
        maximum: what it may grow to.
    """

    reference: bytes
    flags: int
    minimum: int
    maximum: int


class _Limited:
    """The section of a module that says how large its memories, or its tables, may be."""

    def __init__(self, wasm: bytes, section_id: int, what: str, module: str) -> None:
        """Args: what: one memory or table, for errors."""
        self._wasm = wasm
        self._id = section_id
        self._what = what
        self._module = module

    def limited(self, together: int, largest: int, refusal: Callable[[int], str]) -> bytes:
        """The module where each of them has a maximum.

        Args:
            together: the sum of all maxima, at most.
            largest: each maximum, at most.
            refusal: says of a sum of minima, which is larger, what is wrong.
        """
        section = next((each for each in sections(self._wasm) if each.id == self._id), None)
        if section is None:
            return self._wasm
        count, start = read_u32(
            memoryview(self._wasm), section.content, section.end, f"the count of {self._what}"
        )
        if count > _MOST_ENTRIES:
            return self._wasm  # the engine refuses it sooner than so many are read here
        found, end = self._read(section, count, start, largest)
        least = sum(each.minimum for each in found)
        if least > together:
            raise self._error(refusal(least))
        share = (together - least) // max(1, len(found))
        limited = bytearray(encode_unsigned(len(found)))
        for each in found:
            limited += each.reference
            maximum = min(each.maximum, largest, each.minimum + share)
            for number in (each.flags | _HAS_MAXIMUM, each.minimum, maximum):
                limited += encode_unsigned(number)
        limited += self._wasm[end : section.end]
        head = bytes([self._id]) + encode_unsigned(len(limited))
        return self._wasm[: section.start] + head + limited + self._wasm[section.end :]

    def _read(
        self, section: Section, count: int, start: int, largest: int
    ) -> tuple[list[_Limits], int]:
        """What the section says from an offset on, and the offset after it."""
        view, at = memoryview(self._wasm), start

        def number(name: str) -> int:
            nonlocal at
            found, at = read_u32(view, at, section.end, f"{name} of {self._what}")
            return found

        found: list[_Limits] = []
        for _ in range(count):
            reference = b""
            if self._id == _TABLE_SECTION:
                reference = self._reference(number("the type"))
            flags, minimum = number("the flags"), number("the minimum")
            maximum = number("the maximum") if flags & _HAS_MAXIMUM else largest
            found.append(_Limits(reference, flags, minimum, maximum))
        return found, at

    def _reference(self, code: int) -> bytes:
        if code == _INITIALIZED:
            raise self._error("has a table with an initial value, which is not supported")
        if code not in _REFERENCES:
            expected = " or ".join(_REFERENCES.values())
            raise self._error(f"has a table of type 0x{code:02x}, expected {expected}")
        return bytes([code])

    def _error(self, reason: str) -> ModuleFileError:
        return ModuleFileError(f"module {self._module!r} {reason}", module=self._module)
