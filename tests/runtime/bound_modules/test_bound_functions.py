"""The functions of `service.modules`: arguments, signatures, errors."""

import inspect
import pickle
import pydoc
from collections.abc import Iterator

import pytest

from runtime import (
    ArgumentsError,
    CallError,
    Engine,
    NoSuchFunction,
    NoSuchModule,
    PythonValue,
    Service,
    TimeLimitExceeded,
    Trap,
)
from tests.support.modules import ABI, function_item, module, vector
from tests.support.paths import FIXTURES

ECHO = "(call $set_result_ptr (local.get 0)) (call $set_result_size (local.get 1))"
SECOND = "(call $set_result_ptr (local.get 2)) (call $set_result_size (local.get 3))"
TEXT = "Utf8String"

MANY = 300

ODD = module(
    f"""(module {ABI}
      (func (export "echo") (param i32 i32) {ECHO})
      (func (export "bytes") (param i32 i32) {ECHO})
      (func (export "numbers") (param i32 i32) {ECHO})
      (func (export "second") (param i32 i32 i32 i32) {SECOND})
      (func (export "odd parameters") (param {"i32 " * 10}) {SECOND})
      (func (export "class") (result i32) (i32.const 7))
      (func (export "__class__") (result i32) (i32.const 8))
      (func (export "_private") (result i32) (i32.const 9))
      (func (export "1") (result i32) (i32.const 10))
      (func (export "many") (param {"i32 " * MANY}) (result i32) (local.get {MANY - 1}))
      (func (export "nothing"))
      (func (export "trap") unreachable)
      (func (export "endless") (loop $again (br $again))))""",
    [
        function_item("echo", [("text", TEXT)], TEXT),
        function_item("bytes", [("data", vector("U8"))], vector("U8")),
        function_item("numbers", [("numbers", vector("U32"))], vector("U32")),
        function_item("second", [("first", TEXT), ("second", TEXT)], TEXT),
        function_item(
            "odd parameters",
            [(name, TEXT) for name in ("self", "module", "x", "x", "class")],
            TEXT,
        ),
        *(function_item(name, [], "I32") for name in ("class", "__class__", "_private", "1")),
        function_item("many", [(f"p{number}", "I32") for number in range(MANY)], "I32"),
        function_item("nothing", []),
        function_item("trap", []),
        function_item("endless", []),
    ],
)


@pytest.fixture(params=Engine)
def service(request: pytest.FixtureRequest) -> Iterator[Service]:
    with Service(engine=request.param) as running:
        running.load("odd", ODD)
        yield running


def test_arguments_are_given_by_position_or_by_name(service: Service) -> None:
    second = service.modules.odd.second
    assert second("a", "b") == "b"
    assert second("a", second="b") == "b"
    assert second(second="b", first="a") == "b"


def test_an_array_is_one_argument_and_never_the_list_of_all(service: Service) -> None:
    odd = service.modules.odd
    assert odd.numbers([]) == []
    assert odd.numbers([1]) == [1]
    assert odd.numbers((1, 2)) == [1, 2]
    assert odd.numbers(numbers=[3]) == [3]


@pytest.mark.parametrize("data", [b"\0\xff", bytearray(b"\0\xff"), memoryview(b"\0\xff"), [0, 255]])
def test_byte_arrays_are_bytes(service: Service, data: object) -> None:
    assert service.modules.odd.bytes(data) == b"\0\xff"


def test_a_function_without_result_gives_none(service: Service) -> None:
    assert service.modules.odd.nothing() is None


def test_names_that_python_does_not_allow_are_changed(service: Service) -> None:
    odd = service.modules.odd
    assert odd.class_() == odd["class"]() == 7
    assert odd.class__() == odd["__class__"]() == 8
    assert odd.private() == odd["_private"]() == 9
    assert odd._1() == odd["1"]() == 10
    assert odd["odd parameters"] is odd.odd_parameters
    assert str(inspect.signature(odd.odd_parameters)) == (
        "(self: str, module: str, x: str, x_: str, class_: str) -> str"
    )
    assert odd.odd_parameters("a", "b", "c", "d", "e") == "b"
    assert odd.odd_parameters(self="a", module="b", x="c", x_="d", class_="e") == "b"


def test_a_function_may_have_hundreds_of_parameters(service: Service) -> None:
    many = service.modules.odd.many
    assert many(*range(MANY)) == MANY - 1
    assert many(**{f"p{number}": number for number in range(MANY)}) == MANY - 1
    with pytest.raises(ArgumentsError, match="requires 300 arguments, 299 provided"):
        many(*range(MANY - 1))


def test_a_function_shows_its_python_signature_and_its_interface(service: Service) -> None:
    second = service.modules.odd.second
    assert str(inspect.signature(second)) == "(first: str, second: str) -> str"
    assert inspect.get_annotations(second) == {"first": str, "second": str, "return": str}
    assert inspect.isfunction(second)
    assert second.__name__ == "second"
    assert second.__qualname__ == "odd.second"
    assert second.__doc__ is not None
    assert second.__doc__.startswith("fn second(first: string, second: string) -> string\n")
    helped = pydoc.plain(pydoc.render_doc(second))
    assert "second(first: str, second: str) -> str" in helped
    assert "CallError" in helped
    assert str(inspect.signature(service.modules.odd.bytes)) == "(data: bytes) -> bytes"
    assert (
        str(inspect.signature(service.modules.odd.numbers)) == "(numbers: list[int]) -> list[int]"
    )
    assert str(inspect.signature(service.modules.odd.nothing)) == "() -> None"


def test_help_of_a_module_lists_its_functions(service: Service) -> None:
    helped = pydoc.plain(pydoc.render_doc(service.modules.odd))
    assert "Module odd." in helped
    assert "fn second(first: string, second: string) -> string" in helped


@pytest.mark.parametrize(
    ("positional", "named", "message"),
    [
        ((), {}, "args: function requires 2 arguments, 0 provided"),
        (("a",), {}, "args: function requires 2 arguments, 1 provided"),
        (("a", "b", "c"), {}, "args: function requires 2 arguments, 3 provided"),
        (("a",), {"first": "b"}, "args.first: given twice, by position and by name"),
        (("a",), {"secnd": "b"}, "args.secnd: unknown argument; did you mean 'second'?"),
        (("a",), {"secnd": "b"}, "args.second: missing argument with name second"),
        (("a",), {"other": "b"}, "args.other: unknown argument; known are first, second"),
        (("a", "b", "c"), {"second": "d"}, "args: function requires 2 arguments, 4 provided"),
        (("a", 5), {}, "args[1]: expected string, got 5"),
        (("a",), {"second": 5}, "args[1]: expected string, got 5"),
    ],
)
def test_arguments_that_do_not_fit_are_explained(
    service: Service, positional: tuple[object, ...], named: dict[str, object], message: str
) -> None:
    with pytest.raises(ArgumentsError) as raised:
        service.modules.odd.second(*positional, **named)
    assert raised.value.module == "odd"
    assert raised.value.function == "second"
    assert "fn second(first: string, second: string) -> string of module 'odd'" in str(raised.value)
    assert message in map(str, raised.value.problems)
    assert raised.value.__suppress_context__ or raised.value.__context__ is None


@pytest.mark.parametrize(
    ("numbers", "advice"),
    [
        ((1, 2), "as the one argument numbers, write numbers([1, 2])"),
        ((5,), "as the one argument numbers, write numbers([5])"),
        ((), "as the one argument numbers, write numbers([])"),
        (tuple(range(100)), "as the one argument numbers, write numbers([…])"),
    ],
)
def test_who_writes_out_the_one_array_is_told_where_the_brackets_belong(
    service: Service, numbers: tuple[int, ...], advice: str
) -> None:
    with pytest.raises(ArgumentsError) as raised:
        service.modules.odd.numbers(*numbers)
    assert raised.value.message.endswith(advice)


def test_calls_fail_as_calls_by_name_do(service: Service) -> None:
    with pytest.raises(Trap, match="unreachable"):
        service.modules.odd.trap()
    assert service.modules.odd.echo("still here") == "still here"


def test_options_hold_for_all_calls(service: Service) -> None:
    with pytest.raises(TimeLimitExceeded, match=r"its time limit of 0\.02 s"):
        service.modules_with(timeout=0.02).odd.endless()
    with pytest.raises(CallError, match="a time limit must be a number of seconds above 0"):
        service.modules_with(timeout=0)
    with pytest.raises(ArgumentsError, match="call_parameters: expected an object, got 3"):
        service.modules_with(call_parameters=3)


def test_call_parameters_of_the_options_reach_the_modules() -> None:
    config = FIXTURES / "call-parameters" / "Config.toml"
    with Service.from_config(config) as service:
        given: dict[str, PythonValue] = {"service_id": "first", "particle": {"id": "p"}}
        told = service.modules_with(call_parameters=given).call_parameters
        given["service_id"] = "changed later"
        assert told.call_parameters_v0().service_id == "first"
        assert told.call_parameters_v3().particle.id == "p"
        assert service.modules.call_parameters.call_parameters_v0().service_id == ""


def test_what_is_no_attribute_is_named_and_the_nearest_one_suggested(service: Service) -> None:
    with pytest.raises(NoSuchModule, match=r"no module 'od' is loaded; did you mean 'odd'\?"):
        _ = service.modules.od
    with pytest.raises(NoSuchFunction, match=r"'ecko'; did you mean 'echo'\?") as raised:
        _ = service.modules.odd.ecko
    assert raised.value.kind == "NoSuchFunction"
    assert isinstance(raised.value, AttributeError)
    assert not hasattr(service.modules, "od")
    assert getattr(service.modules.odd, "ecko", None) is None
    with pytest.raises(NoSuchModule, match="no module 'od' is loaded"):
        service.modules["od"]
    with pytest.raises(NoSuchFunction, match="has no public function 'ecko'"):
        service.modules.odd["ecko"]


def test_the_errors_of_attributes_pickle_as_others_do(service: Service) -> None:
    with pytest.raises(NoSuchModule) as raised:
        _ = service.modules.od
    restored = pickle.loads(pickle.dumps(raised.value))
    assert (type(restored), str(restored)) == (type(raised.value), str(raised.value))


def test_modules_and_functions_can_be_listed(service: Service) -> None:
    service.load("my-module", ODD)
    assert list(service.modules) == ["odd", "my-module"]
    assert dir(service.modules) == ["my_module", "odd"]
    assert len(service.modules) == 2
    assert "my-module" in service.modules
    assert "my_module" not in service.modules
    assert service.modules["my-module"] is service.modules.my_module
    assert list(service.modules.odd)[:3] == ["echo", "bytes", "numbers"]
    assert len(service.modules.odd) == 13
    assert "class" in service.modules.odd
    assert "class_" in dir(service.modules.odd)
    assert repr(service.modules) == "<modules: odd, my-module>"
    assert repr(service.modules.odd).startswith("<module 'odd': echo, bytes, numbers, second,")


@pytest.mark.parametrize("name", ["odd", "modules"])
def test_what_belongs_to_a_running_service_does_not_pickle(service: Service, name: str) -> None:
    bound = service.modules.odd if name == "odd" else service.modules
    with pytest.raises(TypeError, match="send the service's `config`"):
        pickle.dumps(bound)


def test_the_facade_is_the_last_module(service: Service) -> None:
    service.load("last", ODD)
    assert service.facade is service.modules.last
    with Service() as empty, pytest.raises(NoSuchModule, match="no module is loaded"):
        _ = empty.facade
