"""The typed Python that `marine stubs` writes of a service's interfaces."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mrepl.marine.python_source import INDENT, MOST_COLUMNS, comment, docstring, string_literal
from mrepl.marine.stubs_annotations import BYTES_LIKE, Annotations, alias_of, says_less
from mrepl.marine.stubs_names import StubNames, stub_names
from runtime import FunctionInterface, ModuleInterface, RecordType, signature_text, type_text
from runtime.bound_modules.attribute_names import AttributeNames, attribute_names
from runtime.python_names import python_names

_OWN_STYLE = """\
# fmt: off
# ruff: noqa: PGH004
# ruff: noqa"""
"""Whatever a project's own style is, `--check` finds the file as it was written. The second line is
for projects that do not allow the third."""

_MODULES_OF = '''\
def modules_of(
    service: Service,
    *,
    call_parameters: PythonValue = None,
    timeout: float | None = None,
) -> Modules:
    """The modules of a running service, whose functions are called as Python's own.

    Args:
        service: one that has these modules; others besides do no harm.
        call_parameters: those of every call, as for `Service.call`.
        timeout: seconds that each call may take, in place of the service's own limit.

    Raises:
        CallError: a module with records is missing, or a record is not as in this file.
    """
    return cast(
        "Modules",
        service.modules_with(call_parameters=call_parameters, timeout=timeout, records=RECORDS),
    )
'''


def stubs_text(interfaces: Sequence[ModuleInterface], *, config: str) -> str:
    """The whole file: valid Python from 3.11 on.

    Args:
        interfaces: of all modules, in load order.
        config: what the file says it is of.
    """
    names = stub_names(interfaces)
    annotations = Annotations(names.record_classes)
    records = [_record_class(*each, annotations) for each in _records(interfaces, names).items()]
    modules = [
        _module_class(interface, class_name, annotations)
        for interface, class_name in zip(interfaces, names.module_classes, strict=True)
    ]
    all_modules = _modules_class(interfaces, names, annotations)
    head = "\n\n".join(
        [
            "\n".join(docstring(*_about(interfaces, config), indent=0)),
            _OWN_STYLE,
            *_imports(annotations, has_records=bool(records)),
        ]
    )
    aliases = [f"{alias_of(name)} = {name}" for name in sorted(annotations.hidden)]
    parts = [*records, *modules, all_modules, aliases, _records_table(interfaces, names)]
    texts = ["\n".join(lines) for lines in parts if lines]
    return "\n\n\n".join([head, *texts, _MODULES_OF])


def _about(interfaces: Sequence[ModuleInterface], config: str) -> Iterator[str]:
    modules = [interface.name for interface in interfaces] or ["none"]
    yield f"The types of the service {config}, whose modules are {_enumerated(modules)}."
    yield (
        "Written by `marine stubs CONFIG -o FILE`, which with `--check` tells whether this file is "
        "up to date."
    )


def _imports(annotations: Annotations, *, has_records: bool) -> Iterator[str]:
    """The imports, and what annotations need besides."""
    has_bytes = BYTES_LIKE in annotations.used
    yield "from __future__ import annotations"
    collections = ["Mapping", *(["Sequence"] if "Sequence" in annotations.used else [])]
    yield "\n".join(
        [
            f"from collections.abc import {', '.join(collections)}",
            *(["from dataclasses import dataclass"] if has_records else []),
            f"from typing import Protocol, {'TypeAlias, ' if has_bytes else ''}cast",
        ]
    )
    yield "from runtime import PythonValue, Service"
    if has_bytes:
        yield f"{BYTES_LIKE}: TypeAlias = bytes | bytearray | memoryview"


@dataclass(frozen=True, slots=True)
class _Record:
    """A record that becomes a class, and the modules that have it."""

    record: RecordType
    modules: list[str]


def _records(interfaces: Sequence[ModuleInterface], names: StubNames) -> dict[str, _Record]:
    """The records by the names of their classes, each after those that it holds."""
    found: dict[str, _Record] = {}
    for interface in interfaces:
        for record in _attributes(interface).records.values():
            each = found.setdefault(names.record_classes[record], _Record(record, []))
            each.modules.append(interface.name)
    return found


def _record_class(class_name: str, of: _Record, annotations: Annotations) -> list[str]:
    fields = of.record.fields
    members = python_names([field.name for field in fields])
    lines = [
        "@dataclass(frozen=True, slots=True)",
        f"class {class_name}:",
        *docstring(f"Record {of.record.name} of {_enumerated(of.modules)}.", indent=1),
    ]
    if fields:
        lines.append("")
    for name, field in zip(members, fields, strict=True):
        remark = None
        if name != field.name:
            remark = f"{field.name}: {type_text(field.type)}"
        elif says_less(field.type):
            remark = type_text(field.type)
        line = f"{INDENT}{name}: {annotations.given(field.type, members)}"
        lines += [line] if remark is None else _with_comment(line, comment(remark))
    return lines


def _with_comment(line: str, remark: str) -> list[str]:
    whole = f"{line}  {remark}"
    return [whole] if len(whole) <= MOST_COLUMNS else [f"{INDENT}{remark}", line]


def _module_class(
    interface: ModuleInterface, class_name: str, annotations: Annotations
) -> list[str]:
    members = tuple(_attributes(interface).functions)
    lines = [
        f"class {class_name}(Protocol):",
        *docstring(f"The functions of module {interface.name}.", indent=1),
    ]
    for name, function in zip(members, interface.functions, strict=True):
        lines += ["", *_method(name, function, members, annotations)]
    return lines


def _method(
    name: str, function: FunctionInterface, members: Sequence[str], annotations: Annotations
) -> list[str]:
    signature = function.signature
    names = python_names([parameter.name for parameter in signature.parameters])
    parameters = [
        "_self" if "self" in names else "self",
        *(
            f"{each}: {annotations.accepted(parameter.type, members)}"
            for each, parameter in zip(names, signature.parameters, strict=True)
        ),
    ]
    result = annotations.given(signature.result, members)
    line = f"{INDENT}def {name}({', '.join(parameters)}) -> {result}:"
    if len(line) <= MOST_COLUMNS:
        lines = [line]
    else:
        lines = [
            f"{INDENT}def {name}(",
            *(f"{INDENT * 2}{parameter}," for parameter in parameters),
            f"{INDENT}) -> {result}:",
        ]
    return [*lines, *_body(signature_text(function.name, signature))]


def _body(about: str) -> list[str]:
    """The body of a protocol's method; pyright wants the dots."""
    return [*docstring(about, indent=2), f"{INDENT * 2}..."]


def _modules_class(
    interfaces: Sequence[ModuleInterface], names: StubNames, annotations: Annotations
) -> list[str]:
    lines = ["class Modules(Protocol):", f'{INDENT}"""The modules of the service."""']
    members = names.module_attributes
    modules = list(zip(members, names.module_classes, interfaces, strict=True))
    # One of the name `property` comes last: it hides the decorator from what follows.
    for name, class_name, interface in sorted(modules, key=lambda each: each[0] == "property"):
        lines += [
            "",
            f"{INDENT}@property",
            f"{INDENT}def {name}(self) -> {annotations.inside(members, class_name)}:",
            *_body(f"Module {interface.name}."),
        ]
    return lines


def _records_table(interfaces: Sequence[ModuleInterface], names: StubNames) -> list[str]:
    annotation = "RECORDS: Mapping[str, Mapping[str, type[object]]]"
    lines = []
    for interface in interfaces:
        if interface.records:
            lines += [
                f"{INDENT}{string_literal(interface.name)}: {{",
                *(
                    f"{INDENT * 2}{string_literal(attribute)}: {names.record_classes[record]},"
                    for attribute, record in _attributes(interface).records.items()
                ),
                f"{INDENT}}},",
            ]
    return [f"{annotation} = {{", *lines, "}"] if lines else [f"{annotation} = {{}}"]


def _attributes(interface: ModuleInterface) -> AttributeNames:
    return attribute_names([each.name for each in interface.functions], interface.records)


def _enumerated(words: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    *others, last = words
    return f"{', '.join(others)} and {last}" if others else last
