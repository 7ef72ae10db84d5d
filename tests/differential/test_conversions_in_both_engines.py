"""Every `X.from_Y` with every number at a bound, in export and in import adapters.

The module `numbers` has two functions for each conversion: `give_…` converts what its raw function
gives, or takes an argument that it converts for its raw function. The module `asker` calls them
through import adapters that convert too.
"""

from collections.abc import Iterator

import pytest

from runtime.interface.instructions import CONVERSIONS, Instruction, Op
from runtime.interface.section import (
    Adapter,
    EncodedField,
    Export,
    FunctionDefinition,
    Implementation,
    Import,
    InterfaceSection,
    TypeDefinition,
    make_section,
)
from runtime.interface.types import INTEGER_RANGES, Scalar
from tests.differential.both_engines import BothEngines
from tests.support.modules import module_with_section

_RAW = (Scalar.I32, Scalar.I64)
LIFTING = {op: pair for op, pair in CONVERSIONS.items() if pair[0] in _RAW}
LOWERING = {op: pair for op, pair in CONVERSIONS.items() if pair[1] in _RAW}

NUMBERS = sorted(
    {bound + offset for low, high in INTEGER_RANGES.values() for bound in (low, high)
     for offset in (-1, 0, 1)} | {-1, 0, 1, 2, 300}
)  # fmt: skip


class _Section:
    """A section while it is made."""

    def __init__(self) -> None:
        self.types: list[TypeDefinition] = []
        self.imports: list[Import] = []
        self.exports: list[Export] = []
        self.adapters: list[Adapter] = []
        self.implementations: list[Implementation] = []

    def type(self, parameters: tuple[Scalar, ...], results: tuple[Scalar, ...]) -> int:
        fields = tuple(EncodedField(f"p{at}", each) for at, each in enumerate(parameters))
        self.types.append(FunctionDefinition(fields, results))
        return len(self.types) - 1

    def export(
        self,
        name: str,
        parameters: tuple[Scalar, ...],
        results: tuple[Scalar, ...],
        before: tuple[Instruction, ...],
        after: tuple[Instruction, ...] = (),
    ) -> None:
        """A public function: its adapter calls the raw export between the instructions."""
        body = (*before, Instruction(Op.CALL_CORE, len(self.exports)), *after)
        self.exports.append(Export(name, self.type(parameters, results)))
        self.adapters.append(Adapter(self.type(parameters, results), body))
        self._implement()

    def imported(
        self,
        name: str,
        signature: tuple[tuple[Scalar, ...], tuple[Scalar, ...]],
        raw: tuple[tuple[Scalar, ...], tuple[Scalar, ...]],
        before: tuple[Instruction, ...],
        after: tuple[Instruction, ...],
        exports: int,
    ) -> None:
        """An import of `numbers`: its adapter calls the function between the instructions."""
        index = exports + len(self.imports) // 2
        self.imports.append(Import("numbers", name, self.type(*signature)))
        self.imports.append(Import("numbers", name, self.type(*raw)))
        self.adapters.append(
            Adapter(self.type(*raw), (*before, Instruction(Op.CALL_CORE, index), *after))
        )
        self._implement()

    def _implement(self) -> None:
        self.implementations.append(Implementation(len(self.types) - 2, len(self.types) - 1))

    def done(self) -> InterfaceSection:
        return make_section(
            "0.27.0",
            tuple(self.types),
            tuple(self.imports),
            tuple(self.adapters),
            tuple(self.exports),
            tuple(self.implementations),
        )


_GET = Instruction(Op.ARG_GET, 0)


def _numbers() -> bytes:
    """`give_…` takes a raw number and gives the type; `take_…` takes the type, gives the raw."""
    section = _Section()
    functions = []
    for op, (source, target) in LIFTING.items():
        section.export(f"give_{op.name}", (source,), (target,), (_GET,), (Instruction(op),))
        functions.append(_raw_echo(f"give_{op.name}", source))
    for op, (source, target) in LOWERING.items():
        section.export(f"take_{op.name}", (source,), (target,), (_GET, Instruction(op)))
        functions.append(_raw_echo(f"take_{op.name}", target))
    return module_with_section(f"(module {''.join(functions)})", section.done())


def _raw_echo(name: str, raw: Scalar) -> str:
    return f'(func (export "{name}") (param {raw.value}) (result {raw.value}) (local.get 0))'


def _asker() -> bytes:
    """`ask_give_…` takes and gives raw numbers; its import converts them to and fro."""
    section = _Section()
    imports, functions = [], []
    askers = []
    for op, (source, target) in LIFTING.items():
        # The result goes back by the conversion to the widest raw type, which always fits.
        back = Scalar.I64 if target is not Scalar.BOOL else Scalar.I32
        askers.append((f"give_{op.name}", source, back, (source, target)))
    for op, (source, target) in LOWERING.items():
        askers.append((f"take_{op.name}", target, target, (source, target)))
    back_ops = {pair: op for op, pair in CONVERSIONS.items()}
    for name, raw_argument, raw_result, _ in askers:
        section.export(f"ask_{name}", (raw_argument,), (raw_result,), (_GET,))
        imports.append(
            f'(import "numbers" "{name}" (func ${name} (param {raw_argument.value}) '
            f"(result {raw_result.value})))"
        )
        functions.append(
            f'(func (export "ask_{name}") (param {raw_argument.value}) '
            f"(result {raw_result.value}) (call ${name} (local.get 0)))"
        )
    exports = len(section.exports)
    for name, raw_argument, raw_result, (source, target) in askers:
        raw = ((raw_argument,), (raw_result,))
        if name.startswith("give"):
            after = (Instruction(back_ops[target, raw_result]),)
            section.imported(name, ((source,), (target,)), raw, (_GET,), after, exports)
        else:
            before = (_GET, Instruction(back_ops[raw_argument, source]))
            section.imported(name, ((source,), (target,)), raw, before, (), exports)
    return module_with_section(f"(module {''.join(imports)} {''.join(functions)})", section.done())


@pytest.fixture(scope="module")
def converting() -> Iterator[BothEngines]:
    with BothEngines() as both:
        both.load("numbers", _numbers())
        both.load("asker", _asker())
        yield both


def _in_range(scalar: Scalar) -> list[int]:
    lowest, highest = INTEGER_RANGES.get(scalar, (0, 1))
    return [number for number in NUMBERS if lowest <= number <= highest]


@pytest.mark.parametrize("op", LIFTING, ids=lambda op: op.mnemonic)
def test_a_raw_number_becomes_the_type_or_fails_alike(converting: BothEngines, op: Op) -> None:
    source, target = LIFTING[op]
    kinds = set()
    for number in _in_range(source):
        kinds.add(converting.call("numbers", f"give_{op.name}", [number]).outcome.kind)
        converting.call("asker", f"ask_give_{op.name}", [number])
    assert ("AdapterError" in kinds) == (not _always_fits(source, target))


def _always_fits(source: Scalar, target: Scalar) -> bool:
    if target is Scalar.BOOL or (source, target) in (
        (Scalar.I32, Scalar.U32),
        (Scalar.I64, Scalar.U64),
    ):
        return True
    (lowest, highest), (target_lowest, target_highest) = (
        INTEGER_RANGES[source],
        INTEGER_RANGES[target],
    )
    return target_lowest <= lowest and highest <= target_highest


@pytest.mark.parametrize("op", LOWERING, ids=lambda op: op.mnemonic)
def test_a_value_becomes_a_raw_number_or_fails_alike(converting: BothEngines, op: Op) -> None:
    source, target = LOWERING[op]
    for number in _in_range(source):
        given = bool(number) if source is Scalar.BOOL else number
        converting.call("numbers", f"take_{op.name}", [given])
    for number in _in_range(target):
        converting.call("asker", f"ask_take_{op.name}", [number])
