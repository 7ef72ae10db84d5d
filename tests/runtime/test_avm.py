"""A module that nobody here built: Fluence's AIR interpreter, as npm has it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from runtime import JsonValue, ModuleConfig, Service, ServiceConfig, signature_text


@pytest.fixture(scope="module")
def avm(avm_module: Path) -> Iterator[Service]:
    with Service(ServiceConfig(modules=(ModuleConfig("avm", avm_module),))) as service:
        yield service


def test_its_interface_is_listed(avm: Service) -> None:
    (module,) = avm.interface()
    assert [signature_text(each.name, each.signature) for each in module.functions] == [
        (
            "fn invoke(air: string, prev_data: []u8, data: []u8, params: RunParameters, "
            "call_results: []u8) -> InterpreterOutcome"
        ),
        (
            "fn invoke_tracing(air: string, prev_data: []u8, data: []u8, params: RunParameters, "
            "call_results: []u8, tracing_params: string, tracing_output_mode: u8) "
            "-> InterpreterOutcome"
        ),
        "fn ast(script: string) -> string",
        "fn to_human_readable_data(data: []u8) -> string",
    ]
    assert [record.name for record in module.records] == ["RunParameters", "InterpreterOutcome"]


def test_it_parses_a_script(avm: Service) -> None:
    assert avm.call_json("avm", "ast", ["(null)"]) == '{"Null":null}'


def test_it_runs_a_script_with_records_in_and_out(avm: Service) -> None:
    parameters: JsonValue = {
        "init_peer_id": "12D3KooWBMEgNWSQnr8NCGcLUmDGpYdYUrX6BVpFQhUdvmMaYqhV",
        "current_peer_id": "12D3KooWBMEgNWSQnr8NCGcLUmDGpYdYUrX6BVpFQhUdvmMaYqhV",
        "timestamp": 1,
        "ttl": 7000,
        "key_format": 0,
        "secret_key_bytes": list(range(32)),
        "particle_id": "p",
        "air_size_limit": 2**40,
        "particle_size_limit": 2**40,
        "call_result_size_limit": 2**40,
        "hard_limit_enabled": False,
    }
    outcome = avm.call_json("avm", "invoke", ["(null)", [], [], parameters, [*b"{}"]])
    assert isinstance(outcome, dict)
    assert list(outcome) == [
        "ret_code",
        "error_message",
        "data",
        "next_peer_pks",
        "call_requests",
        "air_size_limit_exceeded",
        "particle_size_limit_exceeded",
        "call_result_size_limit_exceeded",
    ]
    assert outcome["air_size_limit_exceeded"] is False
