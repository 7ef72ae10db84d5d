"""The host's functions, and the bundled services."""

from pathlib import Path

from runtime import Engine, ModuleConfig, PythonValue, Service, ServiceConfig
from runtime.config.loading import load_config
from runtime.interface.types import ArrayType, InterfaceType, RecordType, Scalar
from tests.differential.both_engines import BothEngines, exact
from tests.differential.scenarios import some_value
from tests.support.modules import function_item, module
from tests.support.paths import FIXTURES
from tests.support.recording import Action, Line, after, before


def test_modules_log_in_the_middle_of_calls(three_modules: BothEngines) -> None:
    script = [
        Line(function, 1, Action.LOG, 65536, 4) for function in (*range(6), before(0), after(0))
    ]
    three_modules.set_scene(dict.fromkeys(("m0", "m1", "m2"), script))
    seen = three_modules.call("m2", "text", ["logged"])
    assert seen.outcome.value == exact("logged")
    assert len(seen.logged) == 3 * 8 - 2  # nobody calls m0 back, so it sets no result
    three_modules.set_scene({"m1": [Line(0, 2, Action.LOG, 2**32 - 1, 4)]})
    assert three_modules.call("m2", "text", ["logged"]).outcome.kind == "AdapterError"
    three_modules.set_scene()
    assert three_modules.call("m2", "text", ["x"]).outcome.value == exact("x")


def _fixture(name: str) -> BothEngines:
    artifacts = FIXTURES / name / "artifacts"
    names = [each.stem for each in sorted(artifacts.glob("*.wasm"))]
    return BothEngines(
        ServiceConfig(modules=tuple(ModuleConfig(n, artifacts / f"{n}.wasm") for n in names))
    )


PARAMETERS: PythonValue = {
    "particle": {"id": "p-1", "init_peer_id": "żółw", "timestamp": 2**63, "ttl": 5,
                 "script": "(null)", "signature": [1, 2], "token": "t"},
    "service_id": "s", "tetraplets": [[{"peer_pk": "a", "service_id": "b", "function_name": "c",
                                       "lens": "d"}], []],
}  # fmt: skip


def test_call_parameters_reach_modules_alike() -> None:
    with _fixture("call-parameters") as both:
        service = next(iter(both.services.values()))
        for interface in service.interface():
            for function in interface.functions:
                if function.signature.parameters:
                    continue

                def ask(
                    service: Service, m: str = interface.name, f: str = function.name
                ) -> object:
                    return service.call(m, f, call_parameters=PARAMETERS)

                both.do(ask)


def test_the_functions_of_the_bundled_arrays_service_give_the_same(tmp_path: Path) -> None:
    config = load_config(FIXTURES / "arrays" / "Config.toml", working_dir=tmp_path)
    with BothEngines(config) as both:
        facade = both.services[Engine.INTERP].interface()[-1]
        for function in facade.functions:
            arguments = [_filled(each.type) for each in function.signature.parameters]
            assert both.call("arrays", function.name, arguments).outcome.kind == "result"


def _filled(interface_type: InterfaceType, depth: int = 0) -> PythonValue:
    if isinstance(interface_type, ArrayType):
        if interface_type.element is Scalar.U8:
            return b"\0\xff"
        return [_filled(interface_type.element, depth + 1)] * (2 if depth < 4 else 0)
    if isinstance(interface_type, RecordType):
        return {each.name: _filled(each.type, depth + 1) for each in interface_type.fields}
    return some_value(interface_type, 7)


def test_a_raw_call_that_the_host_makes_is_named_where_it_traps() -> None:
    wat = """(module
      (import "host" "get_call_parameters" (func $parameters))
      (memory (export "memory") 1)
      (func (export "allocate") (param i32 i32) (result i32) unreachable)
      (func (export "set_result_ptr") (param i32))
      (func (export "set_result_size") (param i32))
      (func (export "f") (call $parameters)))"""
    with BothEngines() as both:
        both.load("m0", module(wat, [function_item("f", [], None)]))
        seen = both.call("m0", "f").outcome
        assert seen.message.startswith("m0.allocate: trap: unreachable executed")
