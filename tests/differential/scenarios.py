"""Random functions, arguments and misbehaviour for chains of recording modules."""

from collections.abc import Sequence
from dataclasses import dataclass

from hypothesis import strategies as st

from runtime import PythonValue
from runtime.interface.types import (
    ArrayType,
    Field,
    InterfaceType,
    InterfaceValue,
    RecordType,
    Scalar,
)
from tests.differential.both_engines import BothEngines, Observed
from tests.support.chains import Echo
from tests.support.recording import ABI_FUNCTIONS, DATA, HEAP, PAGE, Action, Line, after, before
from tests.support.results import result_to_json, result_to_python
from tests.support.values import interface_types, values_of


def record(name: str, *types: InterfaceType) -> RecordType:
    """A record with fields of the types."""
    return RecordType(name, tuple(Field(f"f{at}", each) for at, each in enumerate(types)))


LEAF = record("Leaf", Scalar.BOOL, Scalar.STRING, Scalar.S8)
ALL_SCALARS = record("AllScalars", *Scalar)
NODE = record("Node", LEAF, ArrayType(LEAF), Scalar.U64, ArrayType(ArrayType(Scalar.STRING)))
TREE = RecordType("Tree")
TREE.fields = (Field("name", Scalar.STRING), Field("children", ArrayType(TREE)))

TEXT_AND_OCTET = (Echo("text", (Scalar.STRING,)), Echo("octet", (Scalar.U8,)))

KNOWN_TYPES: tuple[InterfaceType, ...] = (
    LEAF,
    ALL_SCALARS,
    NODE,
    ArrayType(NODE),
    ArrayType(ArrayType(LEAF)),
    ArrayType(ArrayType(ArrayType(Scalar.U16))),
    ArrayType(Scalar.BOOL),
    ArrayType(Scalar.BYTE_ARRAY),
    ArrayType(ArrayType(Scalar.U8)),
    ArrayType(Scalar.STRING),
)
"""Types that random ones seldom are."""


def _crosses_by_generated_adapters(interface_type: InterfaceType) -> bool:
    return interface_type not in (Scalar.I32, Scalar.I64)  # the SDK has none, only their elements


def argument_types() -> st.SearchStrategy[InterfaceType]:
    """Any type that the SDK's functions can take."""
    return st.one_of(
        interface_types().filter(_crosses_by_generated_adapters), st.sampled_from(KNOWN_TYPES)
    )


@st.composite
def echoes(draw: st.DrawFn, name: str = "f0") -> Echo:
    """A function of some arguments that gives one of them back, or nothing."""
    parameters = draw(st.lists(argument_types(), min_size=1, max_size=4).map(tuple))
    positions = st.sampled_from([*range(len(parameters)), *range(len(parameters)), None])
    return Echo(name, parameters, draw(positions))


def arguments_of(echo: Echo) -> st.SearchStrategy[tuple[InterfaceValue, ...]]:
    """Arguments of the function; finite, for them to be written as JSON."""
    return st.tuples(*(values_of(each, infinities=False) for each in echo.parameters))


@dataclass(frozen=True)
class Call:
    """A call of a function in a chain.

    Attributes:
        echo: the function.
        arguments: its arguments.
        json: whether they are passed as JSON.
    """

    echo: Echo
    arguments: tuple[InterfaceValue, ...]
    json: bool

    def of(self, both: BothEngines, module: str) -> Observed:
        """Call the module's function by both engines."""
        return both.call(module, self.echo.name, self._passed(self.arguments), json=self.json)

    @property
    def result(self) -> PythonValue:
        """What a chain that behaves gives."""
        if self.echo.echoed is None or self.echo.result is None:
            return None
        return self._shown(self.echo.result, self.arguments[self.echo.echoed])

    def _passed(self, values: tuple[InterfaceValue, ...]) -> list[PythonValue]:
        return [
            self._shown(kind, value)
            for kind, value in zip(self.echo.parameters, values, strict=True)
        ]

    def _shown(self, kind: InterfaceType, value: InterfaceValue) -> PythonValue:
        return result_to_json(kind, value) if self.json else result_to_python(kind, value)


@st.composite
def calls(draw: st.DrawFn, functions: Sequence[Echo]) -> Call:
    """A call of one of the functions."""
    echo = draw(st.sampled_from(functions))
    return Call(echo, draw(arguments_of(echo)), draw(st.booleans()))


_BOUNDS = [2**29, 2**30, 2**31, 2**32, HEAP, 4 * PAGE, DATA, 256, 128]


def _is_signalling(number: int) -> bool:
    """Whether the low 32 bits are a signalling NaN, which Python's own floats make quiet."""
    return number & 0x7FC0_0000 == 0x7F80_0000 and number & 0x003F_FFFF != 0


NUMBERS = st.one_of(
    st.sampled_from([bound + offset for bound in _BOUNDS for offset in (-8, -1, 0, 1, 8)]),
    st.sampled_from([-(2**31), -(2**31) - 1, -(2**63), -129, -2, -1]),
    st.integers(0, 16),
    st.integers(HEAP, HEAP + 64),
    st.integers(0, 2**64 - 1).filter(lambda number: not _is_signalling(number)),
)
"""Values that are often wrong as pointer, length or number."""

_ALLOCATED = st.one_of(
    st.just(0),
    st.sampled_from([HEAP, HEAP + 1, HEAP + 5, 4 * PAGE - 1, 4 * PAGE - 9, 4 * PAGE]),
    st.sampled_from([2**31 - 1, 2**31, 2**32 - 1, 2**32 - 4, DATA]),
    st.integers(HEAP, HEAP + 64),
)
"""What a bad `allocate` gives: nothing below `DATA`, for the record to stay as it is."""

_ANYWHERE = st.one_of(
    st.sampled_from([Action.TRAP, Action.DIVIDE, Action.READ_OUTSIDE, Action.OVERFLOW]).map(
        lambda action: (action, 0, 0)
    ),
    st.sampled_from([1, 2, 1000]).map(lambda pages: (Action.GROW, pages, 0)),
    st.integers(0, 255).map(lambda byte: (Action.FILL, byte, 0)),
    st.tuples(st.just(Action.SET_POINTER), NUMBERS, st.just(0)),
    st.tuples(st.just(Action.SET_SIZE), NUMBERS, st.just(0)),
    st.tuples(st.just(Action.REENTER), st.sampled_from([0, DATA]), st.integers(0, 40)),
    st.tuples(st.just(Action.LOG), st.integers(HEAP, HEAP + 8), st.integers(0, 20)),
)

_BYTES = st.sampled_from([0x00, 0x41, 0x7F, 0x80, 0xBF, 0xC0, 0xC3, 0xE0, 0xED, 0xF0, 0xF4, 0xFF])


def _pokes(most: int) -> st.SearchStrategy[tuple[Action, int, int]]:
    addresses = st.integers(HEAP, HEAP + most)
    return st.one_of(
        st.tuples(st.just(Action.POKE_8), addresses, _BYTES),
        st.tuples(st.just(Action.POKE_32), addresses, NUMBERS),
        st.tuples(st.just(Action.POKE_32), addresses, NUMBERS),
        st.tuples(st.just(Action.POKE_64), addresses, NUMBERS),
    )


@st.composite
def lines(draw: st.DrawFn, call: Call, good: Observed, module: str, position: int) -> Line:
    """One misbehaviour of a module, at one of the raw calls of it that a good run makes.

    Args:
        draw: Hypothesis'.
        call: what will be called.
        good: how it went when all behaved.
        module: the one that misbehaves.
        position: of the called function among those of each module.
    """
    raw_calls = good.raw_calls[module]
    heap = sum(each.arguments[0] for each in raw_calls if each.function == "allocate")
    at = draw(st.integers(0, len(raw_calls) - 1))
    name = raw_calls[at].function
    ordinal = sum(each.function == name for each in raw_calls[: at + 1])
    anything = st.one_of(_ANYWHERE, _pokes(heap))
    if name in ABI_FUNCTIONS:
        numbers = _ALLOCATED if name == "allocate" else NUMBERS
        returned = st.tuples(st.just(Action.RETURN), numbers, st.just(0))
        which = draw(st.sampled_from([ordinal, ordinal, ordinal, 0]))
        return Line(ABI_FUNCTIONS.index(name), which, *draw(st.one_of(returned, anything)))
    kind = draw(st.sampled_from(["argument", "before", "after"]))
    if kind == "argument":
        index = draw(st.integers(0, len(call.echo.raw_parameters) - 1))
        return Line(before(position), 1, Action.SET_ARGUMENT, draw(NUMBERS), index=index)
    if kind == "before":
        return Line(before(position), 1, *draw(anything))
    returned = st.tuples(st.just(Action.RETURN), NUMBERS, st.just(0))
    return Line(after(position), 1, *draw(st.one_of(anything, returned)))


@st.composite
def scripts(draw: st.DrawFn, call: Call, good: Observed, position: int) -> dict[str, list[Line]]:
    """Misbehaviour of one to three kinds, in any modules; the arguments are those of `lines`."""
    found: dict[str, list[Line]] = {}
    for _ in range(draw(st.sampled_from([1, 1, 1, 2, 3]))):
        module = draw(st.sampled_from(sorted(good.raw_calls)))
        found.setdefault(module, []).append(draw(lines(call, good, module, position)))
    return found


def some_value(kind: Scalar, number: int) -> PythonValue:
    """A value of the type, another one for each number."""
    match kind:
        case Scalar.BOOL:
            return number % 2 == 1
        case Scalar.STRING:
            return f"text {number}"
        case Scalar.BYTE_ARRAY:
            return b"bytes %d" % number
        case Scalar.F32 | Scalar.F64:
            return number / 2
        case _:
            return number % 100
