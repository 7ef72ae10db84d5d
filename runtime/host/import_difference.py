"""How an import differs from the host function that it names, for who wrote the function."""

from collections.abc import Iterator

from runtime.host.decorator import PythonHostFunction
from runtime.host.function import HostFunction, raw_signature, raw_types
from runtime.interface.types import Scalar, type_text
from runtime.interface.validated import CoreSignature

_ANNOTATIONS = {
    Scalar.I32: "S32, U32, a narrower width or bool",
    Scalar.I64: "S64 or U64",
    Scalar.F32: "F32",
    Scalar.F64: "F64",
}
"""The annotations of single numbers of each raw type."""


def import_difference(wanted: CoreSignature | None, function: HostFunction) -> str:
    """What the host offers, where a module imports it with another raw type.

    Args:
        wanted: the import's type; None where it is no function.
        function: what the host has under its name.

    Returns:
        Text for the middle of a sentence, and lines about the annotations that make the difference.
    """
    offered = raw_signature(function)
    lines = [f"{_interface_text(function)} is {offered}"]
    if isinstance(function, PythonHostFunction) and wanted is not None:
        lines += _parameter_lines(wanted, function)
        if wanted.results != offered.results:
            lines.append(_result_line(wanted.results))
    return "\n  ".join(lines)


def _interface_text(function: HostFunction) -> str:
    types = list(map(type_text, function.parameters))
    names = _names(function)
    parameters = [f"{name}: {each}" for name, each in zip(names, types, strict=False)]
    parameters += types[len(names) :]
    result = "" if function.result is None else f" -> {type_text(function.result)}"
    return f"{function.name}({', '.join(parameters)}){result}"


def _names(function: HostFunction) -> tuple[str, ...]:
    return function.parameter_names if isinstance(function, PythonHostFunction) else ()


def _parameter_lines(wanted: CoreSignature, function: HostFunction) -> Iterator[str]:
    widths = [raw_types(each) for each in function.parameters]
    count = sum(map(len, widths))
    if len(wanted.parameters) != count:
        yield (
            f"the module passes {len(wanted.parameters)} raw numbers, the host function takes "
            f"{count}: str, bytes and lists take two each, all else one"
        )
        return
    at = 0
    for number, raw in enumerate(widths):
        passed = wanted.parameters[at : at + len(raw)]
        if passed != raw:
            yield _parameter_line(function, number, passed)
        at += len(raw)


def _parameter_line(function: HostFunction, number: int, passed: tuple[Scalar, ...]) -> str:
    names = _names(function)
    place = f"parameter {names[number]!r}" if number < len(names) else f"parameter {number + 1}"
    declared = type_text(function.parameters[number])
    if len(passed) > 1:
        numbers = ", ".join(raw.value for raw in passed)
        return f"{place} is {declared}, but the module passes ({numbers}) there"
    return (
        f"{place} is {declared}, but the module passes {passed[0].value}: annotate it with "
        f"{_ANNOTATIONS[passed[0]]}"
    )


def _result_line(wanted: tuple[Scalar, ...]) -> str:
    if len(wanted) == 1:
        return (
            f"the result that the module expects is {wanted[0].value}: annotate it with "
            f"{_ANNOTATIONS[wanted[0]]}"
        )
    return (
        "the module expects no number as the result: annotate it with None, or with str, bytes, "
        "list or a dataclass, which are handed over in memory"
    )
