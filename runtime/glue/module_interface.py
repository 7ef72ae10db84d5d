"""A glue module as it is used: its text with what it imports, and the names of its exports."""

from enum import Enum

from runtime.frozen_dataclass import frozen_dataclass
from runtime.glue.faults import Place
from runtime.interface.validated import ImportAdapter, ImportedFunction, RawExport


class Wanted(Enum):
    """What glue imports of staging, the host and the guest, besides the guest's functions."""

    MEMORY = '(import "staging" "memory" (memory $staging 1))'
    RESERVE = '(import "staging" "reserve" (func $reserve (param i64) (result i32)))'
    IS_UTF8 = '(import "staging" "is_utf8" (func $is_utf8 (param i32 i32) (result i32)))'
    FAULT = '(import "host" "fault" (func $fault (param i32 i32 i64 i64)))'
    FIRST_RAW_CALL = '(import "host" "first raw call" (global $first_raw_call i32))'
    GUEST_MEMORY = '(import "guest" "memory" (memory $guest 0))'


@frozen_dataclass
class GlueText:
    """A glue module, written but not compiled.

    Attributes:
        text: in WebAssembly's text form.
        places: where something can go wrong; glue gives their numbers to `fault`.
        wanted: what it imports first, in order.
        raw_calls: the guest's functions that it imports then. The number of the raw call of one is
            its index here plus the number of the first.
        imported: other modules' export adapters that it imports last.
    """

    text: str
    places: tuple[Place, ...]
    wanted: tuple[Wanted, ...]
    raw_calls: tuple[RawExport, ...]
    imported: tuple[ImportedFunction, ...]


def entry_name(function: str) -> str:
    """The export for the host: reads the arguments from staging's slots, writes the result there.

    It takes the address of the first byte that is free, behind the arguments.
    """
    return f"host/{function}"


def export_name(function: str) -> str:
    """The export for other modules' glue: the export adapter."""
    return f"export/{function}"


def import_name(adapter: ImportAdapter) -> str:
    """The export for the stub: the import adapter."""
    return f"import/{adapter.namespace}/{adapter.name}"
