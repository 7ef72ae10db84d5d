import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.errors import InterfaceError
from runtime.interface.sdk_metadata import (
    SdkExternModule,
    SdkField,
    SdkFunction,
    SdkRecord,
    SdkRecordName,
    SdkType,
    SdkVector,
    parse_sdk_items,
)
from runtime.interface.types import Scalar


def document(item: object) -> bytes:
    return json.dumps(item).encode()


def record_of(sdk_type: object) -> bytes:
    fields = {"Named": [{"name": "x", "ty": sdk_type}]}
    return document({"ast_type": "Record", "name": "R", "fields": fields})


def test_a_record_is_read() -> None:
    item = (
        b'{"ast_type":"Record","name":"Point","fields":{"Named":[{"name":"x",'
        b'"ty":{"I32":"ByValue"}},{"name":"label","ty":{"Utf8String":"ByValue"}}]}}'
    )
    assert parse_sdk_items([item]) == (
        SdkRecord("Point", (SdkField("x", Scalar.S32), SdkField("label", Scalar.STRING))),
    )


def test_fields_of_a_tuple_struct_have_empty_names() -> None:
    item = (
        b'{"ast_type":"Record","name":"Pair","fields":{"Unnamed":[{"name":null,'
        b'"ty":{"U8":"ByValue"}},{"name":null,"ty":{"F64":"ByValue"}}]}}'
    )
    assert parse_sdk_items([item]) == (
        SdkRecord("Pair", (SdkField("", Scalar.U8), SdkField("", Scalar.F64))),
    )


def test_a_unit_struct_has_no_fields() -> None:
    item = b'{"ast_type":"Record","name":"Nothing","fields":"Unit"}'
    assert parse_sdk_items([item]) == (SdkRecord("Nothing", ()),)


def test_a_function_is_read() -> None:
    item = (
        b'{"ast_type":"Function","signature":{"name":"greeting",'
        b'"arguments":[{"name":"name","ty":{"Utf8Str":"ByRef"}}],'
        b'"output_types":[{"Utf8String":"ByValue"}]}}'
    )
    assert parse_sdk_items([item]) == (
        SdkFunction("greeting", (SdkField("name", Scalar.STRING),), Scalar.STRING),
    )


def test_a_function_without_arguments_and_result_is_read() -> None:
    item = b'{"ast_type":"Function","signature":{"name":"run","arguments":[],"output_types":[]}}'
    assert parse_sdk_items([item]) == (SdkFunction("run", (), None),)


def test_an_imported_function_has_the_name_it_is_linked_by() -> None:
    signature = {"name": "ours", "arguments": [], "output_types": []}
    imports = [
        {"link_name": "theirs", "signature": signature},
        {"link_name": None, "signature": signature},
    ]
    item = document({"ast_type": "ExternMod", "namespace": "other", "imports": imports})
    assert parse_sdk_items([item]) == (
        SdkExternModule("other", (SdkFunction("theirs", (), None), SdkFunction("ours", (), None))),
    )


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ({"Boolean": "ByValue"}, Scalar.BOOL),
        ({"I8": "ByValue"}, Scalar.S8),
        ({"I16": "ByRef"}, Scalar.S16),
        ({"I32": "ByMutRef"}, Scalar.S32),
        ({"I64": "ByValue"}, Scalar.S64),
        ({"U8": "ByValue"}, Scalar.U8),
        ({"U16": "ByValue"}, Scalar.U16),
        ({"U32": "ByValue"}, Scalar.U32),
        ({"U64": "ByValue"}, Scalar.U64),
        ({"F32": "ByValue"}, Scalar.F32),
        ({"F64": "ByValue"}, Scalar.F64),
        ({"Utf8Str": "ByRef"}, Scalar.STRING),
        ({"Utf8String": "ByValue"}, Scalar.STRING),
        ({"Vector": [{"U8": "ByValue"}, "ByValue"]}, Scalar.BYTE_ARRAY),
        ({"Vector": [{"U16": "ByValue"}, "ByRef"]}, SdkVector(Scalar.U16)),
        (
            {"Vector": [{"Vector": [{"U8": "ByValue"}, "ByValue"]}, "ByValue"]},
            SdkVector(Scalar.BYTE_ARRAY),
        ),
        ({"Record": ["Point", "ByMutRef"]}, SdkRecordName("Point")),
    ],
)
def test_every_type_is_read(written: object, expected: SdkType) -> None:
    assert parse_sdk_items([record_of(written)]) == (SdkRecord("R", (SdkField("x", expected),)),)


@pytest.mark.parametrize(
    ("faulty", "message"),
    [
        (b"\xff{}", "document 1: it is not UTF-8 text: invalid start byte at byte 0"),
        (b"{", "document 1: it is not JSON: "),
        (b"", "document 1: it is not JSON: "),
        (b"{} {}", "document 1: it is not JSON: Extra data"),
        (b"[" * 100_000, "document 1: it is nested too deeply"),
        (b"[]", "document 1: found [], expected an object"),
        (b"{}", "document 1: `ast_type` is missing"),
        (
            document({"ast_type": "Enum"}),
            "document 1: `ast_type` is 'Enum', expected Record, Function or ExternMod",
        ),
        (document({"ast_type": 1}), "document 1: `ast_type` is 1, expected a text"),
        (document({"ast_type": "Record"}), "document 1: `name` is missing"),
        (
            document({"ast_type": "Record", "name": "R"}),
            "document 1, record R: `fields` is missing",
        ),
        (
            document({"ast_type": "Record", "name": "R", "fields": {"Some": []}}),
            "record R: `fields` are 'Some', expected Named, Unnamed or the text Unit",
        ),
        (
            document({"ast_type": "Record", "name": "R", "fields": {"Named": []}}),
            "record R: it has no fields, expected at least one",
        ),
        (
            document({"ast_type": "Record", "name": "R", "fields": {"Named": [{"name": 1}]}}),
            "record R, field 1: `name` is 1, expected a text",
        ),
        (
            record_of({"I128": "ByValue"}),
            "record R, field 1 x: unknown type 'I128', expected one of Boolean, I8, ",
        ),
        (record_of({"U8": "Copied"}), 'field 1 x: passing style "Copied", expected ByValue, '),
        (record_of("U8"), 'field 1 x, the type: found "U8", expected an object'),
        (
            record_of({"U8": "ByValue", "I8": "ByValue"}),
            "expected an object of one entry",
        ),
        (
            record_of({"Vector": "ByValue"}),
            'field 1 x: Vector of "ByValue", expected a list of two: the element type and',
        ),
        (
            record_of({"Vector": [{"Nope": "ByValue"}, "ByValue"]}),
            "field 1 x, its element: unknown type 'Nope'",
        ),
        (record_of({"Record": [1, "ByValue"]}), "x: the record's name is 1, expected a text"),
        (
            record_of({"Record": ["\ud800", "ByValue"]}),
            'x: the record\'s name is "\\ud800", expected text without lone surrogates',
        ),
        (
            document(
                {
                    "ast_type": "Function",
                    "signature": {
                        "name": "f",
                        "arguments": [],
                        "output_types": [{"U8": "ByValue"}, {"U8": "ByValue"}],
                    },
                }
            ),
            "document 1, function f: it has 2 results, expected at most one",
        ),
        (
            document({"ast_type": "ExternMod", "namespace": "other", "imports": {}}),
            "document 1, extern module other: imports are {}, expected a list",
        ),
    ],
)
def test_a_malformed_document_is_an_error_that_says_where_and_why(
    faulty: bytes, message: str
) -> None:
    with pytest.raises(InterfaceError) as caught:
        parse_sdk_items([faulty])
    assert message in str(caught.value)
    assert str(caught.value).startswith("SDK metadata, document 1")


def test_the_error_names_the_document_by_its_number() -> None:
    sound = b'{"ast_type":"Record","name":"Nothing","fields":"Unit"}'
    with pytest.raises(InterfaceError, match="document 3: "):
        parse_sdk_items([sound, sound, b"?"])


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.sampled_from(["Record", "Function", "ExternMod", "Unit", "U8", "ByValue"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["ast_type", "name", "fields", "signature", "arguments", "Named", "ty", "Vector"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(st.binary() | json_values.map(document))
def test_any_document_gives_items_or_our_error(noise: bytes) -> None:
    try:
        items = parse_sdk_items([noise])
    except InterfaceError:
        return
    assert len(items) == 1
