import pytest

from runtime.host.function import HOST_NAMESPACES, HostFunction, raw_signature
from runtime.interface.types import ArrayType, Field, InterfaceType, RecordType, Scalar

POINT = RecordType("Point", (Field("x", Scalar.S32), Field("y", Scalar.F64)))


def signature_text(parameters: tuple[InterfaceType, ...], result: InterfaceType | None) -> str:
    return str(raw_signature(HostFunction("f", parameters, result, lambda *_: None)))


@pytest.mark.parametrize(
    ("parameter", "raw"),
    [
        (Scalar.STRING, "i32, i32"),
        (Scalar.BYTE_ARRAY, "i32, i32"),
        (ArrayType(Scalar.F64), "i32, i32"),
        (ArrayType(ArrayType(POINT)), "i32, i32"),
        (POINT, "i32"),
        (Scalar.S64, "i64"),
        (Scalar.U64, "i64"),
        (Scalar.I64, "i64"),
        (Scalar.F32, "f32"),
        (Scalar.F64, "f64"),
        (Scalar.BOOL, "i32"),
        (Scalar.S8, "i32"),
        (Scalar.U16, "i32"),
        (Scalar.U32, "i32"),
        (Scalar.I32, "i32"),
    ],
)
def test_each_parameter_has_its_raw_types(parameter: InterfaceType, raw: str) -> None:
    assert signature_text((parameter,), None) == f"({raw}) -> ()"


def test_parameters_follow_one_another() -> None:
    parameters = (Scalar.U8, Scalar.STRING, Scalar.S64, POINT)
    assert signature_text(parameters, Scalar.F32) == "(i32, i32, i32, i64, i32) -> (f32)"


@pytest.mark.parametrize(
    "result", [Scalar.STRING, Scalar.BYTE_ARRAY, ArrayType(Scalar.U8), POINT, None]
)
def test_results_in_memory_are_no_wasm_results(result: InterfaceType | None) -> None:
    assert signature_text((), result) == "() -> ()"


@pytest.mark.parametrize(
    ("result", "raw"),
    [(Scalar.BOOL, "i32"), (Scalar.U16, "i32"), (Scalar.U64, "i64"), (Scalar.F64, "f64")],
)
def test_numbers_are_wasm_results(result: Scalar, raw: str) -> None:
    assert signature_text((), result) == f"() -> ({raw})"


def test_a_function_is_offered_under_all_four_namespaces_unless_told_otherwise() -> None:
    assert HostFunction("f", (), None, lambda: None).namespaces == HOST_NAMESPACES
    assert HOST_NAMESPACES == (
        "host",
        "__marine_host_api_v1",
        "__marine_host_api_v2",
        "__marine_host_api_v3",
    )
