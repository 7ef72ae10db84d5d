"""What is wrong with the arguments of a call, gathered for one error."""

from dataclasses import dataclass, field

from runtime.errors import ArgumentProblem, ArgumentsError
from runtime.interface.types import Signature, signature_text

_LISTED = 20
_KEPT = 1_000
_LONGEST_STRING = 40
_LONGEST_INTEGER_BITS = 256


@dataclass(slots=True)
class Problems:
    """Problems in the order of the arguments.

    Attributes:
        kept: the first 1,000 of them: a megabyte of wrong numbers must not become a gigabyte.
        count: how many there are.
    """

    kept: list[ArgumentProblem] = field(default_factory=list)
    count: int = 0

    def add(self, path: str, problem: str) -> None:
        """Note a problem at a path such as `args[1].field_3[4]`."""
        self.count += 1
        if self.count <= _KEPT:
            self.kept.append(ArgumentProblem(path, problem))

    def lines(self) -> list[str]:
        """A line for each of the first 20, and one that counts the others."""
        lines = list(map(str, self.kept[:_LISTED]))
        return lines if self.count <= _LISTED else [*lines, f"… and {self.count - _LISTED} more"]


def arguments_error(
    problems: Problems, hint: str, signature: Signature, *, module: str, function: str
) -> ArgumentsError:
    """The error of a call whose arguments do not fit: the function, and a line for each problem.

    Args:
        problems: at least one.
        hint: a last line that says what was probably meant, or an empty string.
        signature: the function's.
        module: its module.
        function: its name.
    """
    lines = [f"wrong arguments for {signature_text(function, signature)} of module {module!r}:"]
    lines += problems.lines()
    if hint:
        lines.append(hint)
    return ArgumentsError(
        "\n  ".join(lines), problems=tuple(problems.kept), module=module, function=function
    )


def part_path(path: str, name: object) -> str:
    """The path of a field or a named argument."""
    if not isinstance(name, str):
        return f"{path}[{described_json(name)}]"
    return f"{path}.{name}" if name.isidentifier() else f"{path}[{cut_repr(name)}]"


def described_json(value: object) -> str:
    """A value of JSON for a message: `300`, `the string 'x'`, `an array of 3`; never long."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        if value.bit_length() > _LONGEST_INTEGER_BITS:
            return f"an integer of {value.bit_length()} bits"
        return str(int(value))
    if isinstance(value, float):
        return repr(float(value))
    if isinstance(value, str):
        return f"the string {cut_repr(value)}"
    if isinstance(value, list | tuple):
        return f"an array of {len(value)}"
    if isinstance(value, dict):
        return "an object"
    return f"a value of the Python type {type(value).__name__}"


def described(value: object) -> str:
    """As `described_json`, but in Python's words: `None`, `a tuple of 3`, `a dict of 2`."""
    if value is None or isinstance(value, bool):
        return repr(value)
    if isinstance(value, list | tuple | dict):
        return f"a {type(value).__name__} of {len(value)}"
    return described_json(value)


def cut_repr(text: str) -> str:
    """A string in quotes, cut; what cannot be printed is escaped, lone surrogates too."""
    plain = str.__str__(text)
    return repr(plain) if len(plain) <= _LONGEST_STRING else f"{plain[:_LONGEST_STRING]!r}…"
