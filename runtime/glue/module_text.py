"""A glue module's text: the adapters of one Marine module, and what they need."""

from collections.abc import Sequence

from runtime.glue.adapter_text import AdapterText, imported_name, raw_call_name
from runtime.glue.faults import Fault, Place
from runtime.glue.module_interface import GlueText, Wanted, entry_name, export_name, import_name
from runtime.glue.parts import Parts
from runtime.glue.representation import access, operands, slot_size
from runtime.glue.staging import DEPTH, NEXT_FREE, RUNNING, SLOTS
from runtime.glue.wasm_text import comment, function_type, identifier, indented, quoted
from runtime.interface.types import InterfaceType, Scalar, Signature, signature_text
from runtime.interface.validated import (
    CoreSignature,
    ExportAdapter,
    ImportAdapter,
    ImportedFunction,
    RawExport,
    ResolvedInstruction,
)


def glue_text(
    module: str,
    exports: Sequence[ExportAdapter],
    imports: Sequence[ImportAdapter],
    *,
    allocate: CoreSignature | None,
    has_memory: bool,
    deepest_call: int,
) -> GlueText:
    """Write the glue of a module.

    Args:
        module: its name.
        exports: the export adapters to compile; each is fusible.
        imports: the import adapters to compile; each is fusible.
        allocate: the type of the guest's `allocate`, if it has one that adapters can use.
        has_memory: whether the guest exports a memory.
        deepest_call: how deeply modules may call each other.
    """
    parts = Parts()
    places: list[Place] = []
    adapters = [_export_adapter(each, parts, places) for each in exports]
    adapters += [_entry(each) for each in exports]
    adapters += [_import_adapter(each, parts, places, deepest_call) for each in imports]
    bodies = [each.instructions for each in exports] + [each.instructions for each in imports]
    raw_calls = _raw_calls(bodies, allocate)
    imported = _imported(bodies)
    wanted = tuple(each for each in Wanted if has_memory or each is not Wanted.GUEST_MEMORY)
    lines = [*(each.value for each in wanted), comment(f"faults: {_FAULTS}")]
    lines += (
        f'(import "guest" {quoted(each.name)} '
        f"(func {_typed(_guest_function(each), _type(each.signature))}))"
        for each in raw_calls
    )
    lines += (
        f"(import {quoted(each.namespace)} {quoted(export_name(each.name))} "
        f"(func {_typed(imported_name(each), _adapter_type(each.signature))}))"
        for each in imported
    )
    if raw_calls:
        lines.append(comment("calls of its functions; each notes its number, for errors"))
    lines += (_raw_call(number, each) for number, each in enumerate(raw_calls))
    if has_memory:
        lines.append(comment("how many bytes the adapter that runs has lifted"))
        lines.append("(global $lifted (mut i64) (i64.const 0))")
    if allocate is not None:
        lines.append(_allocate(allocate))
    lines += adapters
    lines += parts.texts
    text = "\n".join(
        [
            comment(f"glue of module {module}: its adapters, fused"),
            f"(module {identifier(f'glue/{module}')}",
            *indented(lines),
            ")\n",
        ]
    )
    return GlueText(text, tuple(places), wanted, tuple(raw_calls), tuple(imported))


_IN_A_ROW = 4
"""Declarations of locals on one line."""

_FAULTS = ", ".join(f"{fault.value} {fault.name.lower()}" for fault in Fault)


def _raw_calls(
    bodies: Sequence[tuple[ResolvedInstruction, ...]], allocate: CoreSignature | None
) -> list[RawExport]:
    targets = [each.operand for body in bodies for each in body]
    found = {each.name: each for each in targets if isinstance(each, RawExport)}
    if allocate is not None:
        found.setdefault("allocate", RawExport("allocate", allocate))
    return list(found.values())


def _imported(bodies: Sequence[tuple[ResolvedInstruction, ...]]) -> list[ImportedFunction]:
    targets = [each.operand for body in bodies for each in body]
    found = {
        (each.namespace, each.name): each for each in targets if isinstance(each, ImportedFunction)
    }
    return list(found.values())


def _typed(name: str, signature: str) -> str:
    """What stands before a function's type, and the type, if there is one."""
    return f"{name} {signature}".strip()


def _type(signature: CoreSignature) -> str:
    return function_type(signature.parameters, signature.results)


def _flat(types: Sequence[InterfaceType]) -> list[Scalar]:
    return [each for interface_type in types for each in operands(interface_type)]


def _adapter_type(signature: Signature) -> str:
    """The Wasm type of an export adapter."""
    results = () if signature.result is None else (signature.result,)
    return function_type(_flat([each.type for each in signature.parameters]), _flat(results))


def _guest_function(target: RawExport) -> str:
    return identifier(f"raw/{target.name}")


def _raw_call(number: int, target: RawExport) -> str:
    """Calls a function of the guest, and notes before that it runs.

    A tail call, so that it takes none of the frames that backtraces show.
    """
    signature = target.signature
    given = "".join(f" (local.get {each})" for each in range(len(signature.parameters)))
    return f"""\
(func {_typed(raw_call_name(target.name), _type(signature))}
  (i32.store $staging (i32.const {RUNNING})
    (i32.add (global.get $first_raw_call) (i32.const {number})))
  (return_call {_guest_function(target)}{given}))"""


def _allocate(signature: CoreSignature) -> str:
    """The guest's `allocate`, whether or not it takes a type tag."""
    tag = " (local.get $type_tag)" if len(signature.parameters) > 1 else ""
    return f"""\
(func $allocate (param $size i32) (param $type_tag i32) (result i32)
  (call {raw_call_name("allocate")} (local.get $size){tag}))"""


def _export_adapter(adapter: ExportAdapter, parts: Parts, places: list[Place]) -> str:
    text = AdapterText(adapter, parts, places)
    arguments, parameters = _parameters([each.type for each in adapter.signature.parameters])
    results = text.instructions(arguments)
    text.lines += (f"(local.get {name})" for names in results for name in names)
    types = () if adapter.signature.result is None else (adapter.signature.result,)
    name = export_name(adapter.name)
    return _function(
        f"export adapter of {signature_text(adapter.name, adapter.signature)}",
        f"{identifier(name)} (export {quoted(name)})",
        _typed(parameters, function_type((), _flat(types))),
        text,
    )


def _import_adapter(
    adapter: ImportAdapter, parts: Parts, places: list[Place], deepest_call: int
) -> str:
    text = AdapterText(adapter, parts, places)
    places.append(Place(adapter, 0, None))
    text.locals += ("(local $next_free i32)", "(local $depth i32)", "(local $running i32)")
    text.lines += (
        f"(local.set $next_free (i32.load $staging (i32.const {NEXT_FREE})))",
        f"(local.set $depth (i32.load $staging (i32.const {DEPTH})))",
        f"(local.set $running (i32.load $staging (i32.const {RUNNING})))",
        f"(if (i32.ge_u (local.get $depth) (i32.const {deepest_call})) (then",
        f"  (call $fault (i32.const {len(places) - 1}) (i32.const {Fault.DEPTH})",
        "    (i64.const 0) (i64.const 0))",
        "  (unreachable)))",
        f"(i32.store $staging (i32.const {DEPTH}) (i32.add (local.get $depth) (i32.const 1)))",
    )
    arguments, parameters = _parameters(adapter.raw.parameters)
    results = text.instructions(arguments)
    text.lines += (
        comment("what is in staging is needed no more"),
        f"(i32.store $staging (i32.const {NEXT_FREE}) (local.get $next_free))",
        f"(i32.store $staging (i32.const {DEPTH}) (local.get $depth))",
        f"(i32.store $staging (i32.const {RUNNING}) (local.get $running))",
        *(f"(local.get {name})" for names in results for name in names),
    )
    name = import_name(adapter)
    return _function(
        f"import adapter of {adapter.namespace}: {signature_text(adapter.name, adapter.signature)}",
        f"{identifier(name)} (export {quoted(name)})",
        _typed(parameters, function_type((), adapter.raw.results)),
        text,
    )


def _parameters(types: Sequence[InterfaceType]) -> tuple[list[tuple[str, ...]], str]:
    """The locals of each argument, and the parameters' text."""
    arguments: list[tuple[str, ...]] = []
    texts: list[str] = []
    for index, each in enumerate(types):
        flat = operands(each)
        names = (f"$argument{index}", f"$argument{index}.length")[: len(flat)]
        arguments.append(names)
        texts += (f"(param {n} {t.value})" for n, t in zip(names, flat, strict=True))
    return arguments, " ".join(texts)


def _function(what: str, name: str, signature: str, text: AdapterText) -> str:
    head = f"(func {_typed(name, signature)}"
    declarations = [" ".join(each) for each in _in_rows(text.locals)]
    body = [*declarations, *text.lines]
    return "\n".join([comment(what), head, *indented(body), ")"])


def _in_rows(texts: Sequence[str]) -> list[Sequence[str]]:
    return [texts[at : at + _IN_A_ROW] for at in range(0, len(texts), _IN_A_ROW)]


def _entry(adapter: ExportAdapter) -> str:
    """The host's way to an export adapter."""
    given = []
    at = SLOTS
    for parameter in adapter.signature.parameters:
        for load, _ in access(parameter.type):
            given.append(f"({load} $staging offset={at} (i32.const 0))")
            at += 4 if len(access(parameter.type)) > 1 else slot_size(parameter.type)
    call = f"(call {identifier(export_name(adapter.name))} {' '.join(given)})"
    lines = [
        comment("a failed call may have left anything"),
        f"(i32.store $staging (i32.const {NEXT_FREE}) (local.get $next_free))",
        f"(i32.store $staging (i32.const {DEPTH}) (i32.const 0))",
        f"(i32.store $staging (i32.const {RUNNING}) (i32.const 0))",
    ]
    result = adapter.signature.result
    if result is None:
        lines.append(call)
    else:
        stores = access(result)
        names = [f"$result{number}" for number in range(len(stores))]
        types = operands(result)
        lines[:0] = [f"(local {n} {t.value})" for n, t in zip(names, types, strict=True)]
        lines += (call, *(f"local.set {name}" for name in reversed(names)))
        lines += (
            f"({store} $staging offset={SLOTS + 4 * number} (i32.const 0) (local.get {name}))"
            for number, (name, (_, store)) in enumerate(zip(names, stores, strict=True))
        )
    name = entry_name(adapter.name)
    return "\n".join(
        [
            comment(f"{adapter.name} for the host: arguments and result lie in staging"),
            f"(func (export {quoted(name)}) (param $next_free i32)",
            *indented(lines),
            ")",
        ]
    )
