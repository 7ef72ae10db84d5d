import contextlib
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.errors import ArgumentsError
from runtime.host.call_parameters import (
    VERSIONS,
    CallParameters,
    Particle,
    Tetraplet,
    call_parameters_from_json,
    call_parameters_functions,
    call_parameters_type,
    call_parameters_value,
)
from runtime.host.function import HOST_NAMESPACES
from runtime.interface.types import ArrayType, InterfaceType, InterfaceValue, RecordType, Scalar
from runtime.json_values.value_types import PythonValue

FULL = CallParameters(
    particle=Particle("particle", "peer", 2**64 - 1, 2**32 - 1, "(null)", b"\x00\xff", "token"),
    service_id="service",
    service_creator_peer_id="creator",
    host_id="host",
    worker_id="worker",
    tetraplets=((Tetraplet("pk", "origin", "function", "$.x"),), ()),
)


def problems_of(value: PythonValue) -> list[str]:
    with pytest.raises(ArgumentsError) as caught:
        call_parameters_from_json(value)
    problems = [str(problem) for problem in caught.value.problems]
    assert str(caught.value) == "\n  ".join(["call parameters do not fit", *problems])
    return problems


def field_names(version: int) -> list[str]:
    return [field.name for field in call_parameters_type(version).fields]


def tetraplet_fields(version: int) -> list[str]:
    tetraplets = call_parameters_type(version).fields[-1].type
    assert isinstance(tetraplets, ArrayType)
    assert isinstance(tetraplets.element, ArrayType)
    assert isinstance(tetraplets.element.element, RecordType)
    return [field.name for field in tetraplets.element.element.fields]


def to_json(value: InterfaceValue, interface_type: InterfaceType) -> PythonValue:
    """A value in the shape in which users write it as JSON."""
    if isinstance(interface_type, RecordType):
        parts = cast("tuple[InterfaceValue, ...]", value)
        return {
            field.name: to_json(part, field.type)
            for field, part in zip(interface_type.fields, parts, strict=True)
        }
    if isinstance(interface_type, ArrayType):
        return [to_json(element, interface_type.element) for element in cast("list[str]", value)]
    if interface_type is Scalar.BYTE_ARRAY:
        return list(cast("bytes", value))
    return value


def test_version_0_is_flat_and_knows_no_worker() -> None:
    assert field_names(0) == [
        "init_peer_id",
        "service_id",
        "service_creator_peer_id",
        "host_id",
        "particle_id",
        "tetraplets",
    ]
    assert call_parameters_value(FULL, 0) == (
        "peer",
        "service",
        "creator",
        "host",
        "particle",
        [[("pk", "origin", "function", "$.x")], []],
    )


def test_version_1_has_the_worker_after_the_host() -> None:
    assert field_names(1) == [
        "init_peer_id",
        "service_id",
        "service_creator_peer_id",
        "host_id",
        "worker_id",
        "particle_id",
        "tetraplets",
    ]
    assert call_parameters_value(FULL, 1) == (
        "peer",
        "service",
        "creator",
        "host",
        "worker",
        "particle",
        [[("pk", "origin", "function", "$.x")], []],
    )


@pytest.mark.parametrize("version", [2, 3])
def test_versions_2_and_3_begin_with_the_particle(version: int) -> None:
    assert field_names(version) == [
        "particle",
        "service_id",
        "service_creator_peer_id",
        "host_id",
        "worker_id",
        "tetraplets",
    ]
    particle_type = call_parameters_type(version).fields[0].type
    assert isinstance(particle_type, RecordType)
    assert [(field.name, field.type) for field in particle_type.fields] == [
        ("id", Scalar.STRING),
        ("init_peer_id", Scalar.STRING),
        ("timestamp", Scalar.U64),
        ("ttl", Scalar.U32),
        ("script", Scalar.STRING),
        ("signature", Scalar.BYTE_ARRAY),
        ("token", Scalar.STRING),
    ]
    assert call_parameters_value(FULL, version) == (
        ("particle", "peer", 2**64 - 1, 2**32 - 1, "(null)", b"\x00\xff", "token"),
        "service",
        "creator",
        "host",
        "worker",
        [[("pk", "origin", "function", "$.x")], []],
    )


def test_the_last_field_of_a_tetraplet_is_named_by_the_version() -> None:
    common = ["peer_pk", "service_id", "function_name"]
    names = ["json_path", "json_path", "lambda", "lens"]
    assert [tetraplet_fields(version) for version in VERSIONS] == [
        [*common, name] for name in names
    ]


@pytest.mark.parametrize("version", [2, 3])
def test_parameters_written_in_version_2_or_3_read_back_whole(version: int) -> None:
    written = to_json(call_parameters_value(FULL, version), call_parameters_type(version))
    assert call_parameters_from_json(written) == FULL


@pytest.mark.parametrize("version", VERSIONS)
def test_what_a_version_tells_survives_writing_and_reading(version: int) -> None:
    written = to_json(call_parameters_value(FULL, version), call_parameters_type(version))
    again = call_parameters_value(call_parameters_from_json(written), version)
    assert again == call_parameters_value(FULL, version)


@pytest.mark.parametrize("nothing", [None, {}, {"particle": {}}, {"tetraplets": []}])
def test_what_is_left_out_is_empty(nothing: PythonValue) -> None:
    parameters = call_parameters_from_json(nothing)
    assert parameters == CallParameters()
    assert call_parameters_value(parameters, 0) == ("", "", "", "", "", [])
    assert call_parameters_value(parameters, 3) == (
        ("", "", 0, 0, "", b"", ""),
        "",
        "",
        "",
        "",
        [],
    )


def test_a_signature_may_be_bytes() -> None:
    parameters = call_parameters_from_json({"particle": {"signature": bytearray(b"\x01\x02")}})
    assert parameters.particle.signature == b"\x01\x02"


def test_all_problems_are_told_at_once_with_their_paths() -> None:
    assert problems_of(
        {
            "worker_id": 5,
            "host_id": None,
            "particle": {
                "ttl": -1,
                "timestamp": 1.5,
                "signature": [1, 256, True],
                "tokn": "",
                "script": "\ud800",
            },
            "tetraplets": [[{"lens": [], "service": ""}, 7], {}],
        }
    ) == [
        "call_parameters.particle.tokn: unknown field; did you mean 'token'?",
        "call_parameters.particle.timestamp: expected u64 (0 to 18446744073709551615), got 1.5",
        "call_parameters.particle.ttl: expected u32 (0 to 4294967295), got -1",
        (
            "call_parameters.particle.script: the string '\\ud800' is no Unicode text: "
            "the surrogate U+D800 at index 0 stands alone"
        ),
        "call_parameters.particle.signature[1]: expected u8 (0 to 255), got 256",
        "call_parameters.particle.signature[2]: expected u8 (0 to 255), got true",
        "call_parameters.host_id: expected string, got null",
        "call_parameters.worker_id: expected string, got 5",
        "call_parameters.tetraplets[0][0].service: unknown field; did you mean 'service_id'?",
        "call_parameters.tetraplets[0][0].lens: expected string, got an array of 0",
        "call_parameters.tetraplets[0][1]: expected an object, got 7",
        "call_parameters.tetraplets[1]: expected an array, got an object",
    ]


def test_unknown_fields_are_named_with_the_nearest_known_one() -> None:
    assert problems_of({"servise_id": ""}) == [
        "call_parameters.servise_id: unknown field; did you mean 'service_id'?"
    ]


def test_known_fields_are_listed_where_none_is_near() -> None:
    assert problems_of({"tetraplets": [[{"what is this": 1}]]}) == [
        (
            "call_parameters.tetraplets[0][0]['what is this']: unknown field; known are "
            "peer_pk, service_id, function_name, lens, lambda, json_path"
        )
    ]


def test_of_very_many_problems_the_message_lists_the_first_and_the_count() -> None:
    with pytest.raises(ArgumentsError) as caught:
        call_parameters_from_json({"particle": {"signature": [256] * 100_000}})
    lines = str(caught.value).splitlines()
    assert len(lines) == 22
    assert lines[0] == "call parameters do not fit"
    assert lines[1] == "  call_parameters.particle.signature[0]: expected u8 (0 to 255), got 256"
    assert lines[21] == "  … and 99980 more"


@pytest.mark.parametrize(
    ("value", "found"),
    [([], "an array of 0"), ("x", "the string 'x'"), (True, "true"), (1.5, "1.5")],
)
def test_only_an_object_or_null_will_do(value: PythonValue, found: str) -> None:
    assert problems_of(value) == [f"call_parameters: expected an object, got {found}"]


def test_a_number_too_long_to_print_is_described_by_its_size() -> None:
    assert problems_of({"particle": {"ttl": 1 << 20_000}}) == [
        "call_parameters.particle.ttl: expected u32 (0 to 4294967295), got an integer of 20001 bits"
    ]


def test_the_flat_and_the_nested_form_do_not_mix() -> None:
    assert problems_of({"particle": {"id": "a"}, "particle_id": "b"}) == [
        "call_parameters.particle_id: cannot stand beside `particle`, which holds it"
    ]


def test_a_tetraplet_has_only_one_of_the_names_of_its_last_field() -> None:
    assert problems_of({"tetraplets": [[{"json_path": "a", "lambda": "a"}]]}) == [
        (
            "call_parameters.tetraplets[0][0].json_path: "
            "cannot stand beside `lambda`: they name the same field"
        )
    ]


@pytest.mark.parametrize("name", ["json_path", "lambda", "lens"])
def test_a_tetraplets_last_field_is_read_under_any_of_its_names(name: str) -> None:
    parameters = call_parameters_from_json({"tetraplets": [[{name: "$.x"}]]})
    assert parameters.tetraplets == ((Tetraplet(lens="$.x"),),)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.text() | st.sampled_from(["particle", "tetraplets", "signature", "lens"]), inner
            )
        ),
    )
)
def test_any_json_value_gives_parameters_or_the_one_error(value: PythonValue) -> None:
    with contextlib.suppress(ArgumentsError):
        assert isinstance(call_parameters_from_json(value), CallParameters)


def test_each_namespace_offers_its_own_version_of_the_current_parameters() -> None:
    current = CallParameters(host_id="first")
    functions = call_parameters_functions(lambda: current)
    assert [function.namespaces for function in functions] == [(name,) for name in HOST_NAMESPACES]
    for version, function in enumerate(functions):
        assert function.name == "get_call_parameters"
        assert function.parameters == ()
        assert function.result is call_parameters_type(version)
        assert function.implementation() == call_parameters_value(current, version)
    current = FULL
    assert functions[3].implementation() == call_parameters_value(FULL, 3)
