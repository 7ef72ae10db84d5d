import pytest

from runtime.errors import ValidationError
from runtime.interface.instructions import EncodedArray, EncodedRecord, EncodedType
from runtime.interface.resolution import ResolvedTypes, resolve_types
from runtime.interface.section import (
    EncodedField,
    FunctionDefinition,
    RecordDefinition,
    TypeDefinition,
)
from runtime.interface.types import ArrayType, Field, Scalar


def record(name: str, *types: EncodedType) -> RecordDefinition:
    return RecordDefinition(name, tuple(EncodedField(f"f{n}", t) for n, t in enumerate(types)))


def arrays(levels: int, element: EncodedType) -> EncodedType:
    for _ in range(levels):
        element = EncodedArray(element)
    return element


def resolve(*definitions: TypeDefinition) -> ResolvedTypes:
    return resolve_types(definitions, module="m")


def refusal(*definitions: TypeDefinition) -> str:
    with pytest.raises(ValidationError) as caught:
        resolve(*definitions)
    assert caught.value.module == "m"
    return caught.value.message


def test_records_may_be_used_before_they_are_defined() -> None:
    types = resolve(
        FunctionDefinition((EncodedField("a", arrays(1, EncodedRecord(1))),), (Scalar.U8,)),
        record("Outer", EncodedRecord(2), Scalar.STRING),
        record("Inner", Scalar.BYTE_ARRAY),
    )

    outer, inner = types.records[1], types.records[2]
    assert outer.fields == (Field("f0", inner), Field("f1", Scalar.STRING))
    assert types.signatures[0].parameters == (Field("a", ArrayType(outer)),)
    assert types.signatures[0].result is Scalar.U8


def test_a_record_may_hold_arrays_of_itself() -> None:
    types = resolve(record("Tree", Scalar.U8, arrays(2, EncodedRecord(0))))

    tree = types.records[0]
    assert tree.fields[1].type == ArrayType(ArrayType(tree))


def test_records_may_hold_each_other_by_way_of_arrays() -> None:
    types = resolve(record("A", arrays(1, EncodedRecord(1))), record("B", EncodedRecord(0)))

    assert types.records[1].fields[0].type is types.records[0]


@pytest.mark.parametrize(
    ("definitions", "chain"),
    [
        ([record("A", EncodedRecord(0))], "'A' in 'A'"),
        ([record("A", EncodedRecord(1)), record("B", EncodedRecord(0))], "in 'A'"),
    ],
)
def test_a_record_that_holds_itself_is_refused(
    definitions: list[RecordDefinition], chain: str
) -> None:
    message = refusal(*definitions)

    assert "a record that holds itself (" in message
    assert chain in message


def test_a_long_cycle_of_records_is_refused_with_a_short_message() -> None:
    count = 5000
    definitions = [record(f"R{n}", EncodedRecord((n + 1) % count)) for n in range(count)]

    message = refusal(*definitions)

    assert "a record that holds itself (" in message
    assert len(message) < 300


def test_records_may_nest_1024_deep_and_no_deeper() -> None:
    def chain(count: int) -> list[RecordDefinition]:
        inner = [record(f"R{n}", EncodedRecord(n + 1)) for n in range(count - 1)]
        return [*inner, record("Last", Scalar.U8)]

    types = resolve(*chain(1024))
    assert types.nesting[0] == 1024

    assert "found a type that nests 1025 deep, expected at most 1024" in refusal(*chain(1025))


def test_arrays_count_as_nesting_wherever_they_stand() -> None:
    in_a_field = refusal(record("R", arrays(1024, Scalar.U8)))
    around_a_record = refusal(
        record("R", Scalar.U8), FunctionDefinition((), (arrays(1024, EncodedRecord(0)),))
    )
    between_records = refusal(
        *(record(f"R{n}", arrays(24, EncodedRecord(n + 1))) for n in range(41)),
        record("R41", Scalar.U8),
    )

    assert "nests 1025 deep" in in_a_field
    assert "nests 1025 deep" in around_a_record
    assert "nests 1026 deep" in between_records


def test_many_records_that_share_their_parts_are_resolved_quickly() -> None:
    count = 500
    pairs = [record(f"R{n}", EncodedRecord(n + 1), EncodedRecord(n + 1)) for n in range(count)]

    types = resolve(*pairs, record("Last", Scalar.U8))

    assert types.nesting[0] == count + 1


def test_a_chain_of_records_through_arrays_of_any_length_does_not_exhaust_the_stack() -> None:
    count = 20_000
    ring = [record(f"R{n}", arrays(1, EncodedRecord((n + 1) % count))) for n in range(count)]

    assert "deep, expected at most 1024" in refusal(*ring)


@pytest.mark.parametrize(
    ("definitions", "place", "found"),
    [
        (
            [record("R", EncodedRecord(7))],
            "record 'R', field 'f0'",
            "type index 7 where there are 1 types",
        ),
        (
            [record("R", arrays(2, EncodedRecord(1))), FunctionDefinition((), ())],
            "record 'R', field 'f0'",
            "type index 1, which is a function type",
        ),
        (
            [FunctionDefinition((EncodedField("p", EncodedRecord(0)),), ())],
            "function type 0, parameter 'p'",
            "type index 0, which is a function type",
        ),
        (
            [FunctionDefinition((), (EncodedRecord(2**62),))],
            "function type 0, result",
            "type index 4611686018427387904 where there are 1 types",
        ),
        (
            [FunctionDefinition((), (Scalar.U8, Scalar.U8))],
            "function type 0",
            "2 results, expected at most one",
        ),
    ],
)
def test_types_that_mean_nothing_are_refused_with_their_place(
    definitions: list[TypeDefinition], place: str, found: str
) -> None:
    assert refusal(*definitions).startswith(f"module 'm': {place}: found {found}")
