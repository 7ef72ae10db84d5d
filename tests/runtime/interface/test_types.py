from runtime.interface.types import (
    ArrayType,
    Field,
    InterfaceType,
    RecordType,
    Scalar,
    Signature,
    records_of,
    same_signature,
    same_type,
    signature_text,
    type_text,
)


def record(name: str, **fields: InterfaceType) -> RecordType:
    return RecordType(name, tuple(Field(field, t) for field, t in fields.items()))


def tree(name: str, leaf: Scalar) -> RecordType:
    """A record that holds a leaf and arrays of itself."""
    made = RecordType(name)
    made.fields = (Field("leaf", leaf), Field("children", ArrayType(made)))
    return made


def nested_arrays(levels: int, element: InterfaceType) -> InterfaceType:
    for _ in range(levels):
        element = ArrayType(element)
    return element


def nested_records(levels: int) -> RecordType:
    made = record("Innermost", value=Scalar.U8)
    for level in range(levels):
        made = record(f"Level{level}", inner=made)
    return made


def test_records_are_the_same_by_their_fields_names_and_types() -> None:
    point = record("Point", x=Scalar.S32, y=Scalar.S32)

    assert same_type(point, record("Place", x=Scalar.S32, y=Scalar.S32))
    assert not same_type(point, record("Point", x=Scalar.S32))
    assert not same_type(point, record("Point", x=Scalar.S32, z=Scalar.S32))
    assert not same_type(point, record("Point", y=Scalar.S32, x=Scalar.S32))
    assert not same_type(point, record("Point", x=Scalar.S32, y=Scalar.U32))
    assert not same_type(point, Scalar.STRING)


def test_an_array_of_u8_is_a_byte_array_at_any_depth() -> None:
    assert same_type(ArrayType(Scalar.U8), Scalar.BYTE_ARRAY)
    assert same_type(nested_arrays(2, Scalar.U8), ArrayType(Scalar.BYTE_ARRAY))
    assert not same_type(ArrayType(Scalar.S8), Scalar.BYTE_ARRAY)
    assert not same_type(Scalar.BYTE_ARRAY, Scalar.STRING)


def test_records_that_hold_arrays_of_themselves_can_be_compared() -> None:
    assert same_type(tree("A", Scalar.U8), tree("B", Scalar.U8))
    assert not same_type(tree("A", Scalar.U8), tree("A", Scalar.U16))


def test_types_nested_as_deeply_as_allowed_can_be_compared_shown_and_listed() -> None:
    arrays = nested_arrays(1024, Scalar.STRING)
    records = nested_records(1023)

    assert same_type(arrays, nested_arrays(1024, Scalar.STRING))
    assert not same_type(arrays, nested_arrays(1024, Scalar.BOOL))
    assert same_type(records, nested_records(1023))
    assert not same_type(records, nested_records(1022))
    assert type_text(arrays) == "[]" * 1024 + "string"
    listed = records_of(iter([Signature((), records)]))
    assert [listed[0].name, listed[-1].name] == ["Innermost", "Level1022"]


def test_signatures_are_the_same_whatever_their_parameters_are_called() -> None:
    ours = Signature((Field("a", Scalar.U8),), Scalar.STRING)

    assert same_signature(ours, Signature((Field("b", Scalar.U8),), Scalar.STRING))
    assert not same_signature(ours, Signature((Field("a", Scalar.U8),), None))
    assert not same_signature(ours, Signature((Field("a", Scalar.U8),), Scalar.BOOL))
    assert not same_signature(ours, Signature((), Scalar.STRING))
    assert not same_signature(ours, Signature((Field("a", Scalar.S8),), Scalar.STRING))


def test_a_function_is_shown_as_listings_show_it() -> None:
    signature = Signature(
        (
            Field("id", Scalar.S8),
            Field("data", Scalar.BYTE_ARRAY),
            Field("items", nested_arrays(2, record("Item", x=Scalar.F32))),
        ),
        Scalar.U64,
    )

    assert signature_text("put", signature) == "fn put(id: i8, data: []u8, items: [][]Item) -> u64"
    assert signature_text("run", Signature((), None)) == "fn run()"


def test_records_are_listed_once_each_after_those_it_holds() -> None:
    inner = record("Inner", x=Scalar.U8)
    other = record("Other", x=Scalar.U8)
    outer = record("Outer", a=ArrayType(inner), b=other, c=inner)
    recursive = tree("Tree", Scalar.U8)
    signatures = [
        Signature((Field("a", outer), Field("b", ArrayType(recursive))), inner),
        Signature((), outer),
    ]

    assert records_of(iter(signatures)) == (inner, other, outer, recursive)
