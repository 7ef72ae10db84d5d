"""Host functions as modules call them: values, errors, other services and threads."""

import asyncio
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime import (
    U8,
    U32,
    AdapterError,
    ArgumentsError,
    ArrayType,
    CallDepthExceeded,
    CallError,
    Engine,
    Field,
    HostFunction,
    HostFunctionError,
    LinkError,
    MarineError,
    NoSuchModule,
    PythonValue,
    RecordType,
    Scalar,
    Service,
    host_function,
)
from tests.support.asking import SALE, SALES, asking_module
from tests.support.modules import ABI, function_item, module, vector
from tests.support.paths import FIXTURES

SHOP = FIXTURES / "shop"


@pytest.fixture(params=list(Engine))
def engine(request: pytest.FixtureRequest) -> Engine:
    chosen = request.param
    assert isinstance(chosen, Engine)
    return chosen


def asking(
    engine: Engine, function: HostFunction, parameters: Sequence[object], result: object
) -> Service:
    """A service whose module `m` has a public function `ask`, which calls the host function."""
    service = Service(host_functions=[function], engine=engine)
    service.load("m", asking_module(parameters, result, name=function.name))
    return service


def _first_line(error: MarineError) -> str:
    return error.message.splitlines()[0]


@dataclass(frozen=True)
class Sale:
    item: str
    count: U8
    tags: tuple[str, ...]


TEA = Sale("tea", 2, ("green", "żółta"))
TEA_AS_DICT: dict[str, PythonValue] = {"item": "tea", "count": 2, "tags": ["green", "żółta"]}


def test_the_example_service_asks_python_for_its_prices(engine: Engine, tmp_path: Path) -> None:
    @dataclass
    class Entry:
        item: str
        count: U32
        total: int

    entered = []

    @host_function
    def price_of(item: str) -> U32:
        return {"tea": 250}[item]

    # `Entry` is local, and so no string: annotations that are strings are of the module's level.
    @host_function(parameters=(Entry,))
    def record_sale(sale: Entry) -> bool:
        entered.append(sale)
        return sale.item != "cake"

    with Service.from_config(
        SHOP / "Config.toml",
        working_dir=tmp_path,
        host_functions=[price_of, record_sale],
        engine=engine,
    ) as service:
        sale = service.call("shop", "sell", ["tea", 3])
        assert sale == {"item": "tea", "count": 3, "total": 750}
        service.load("ledger", SHOP / "artifacts" / "ledger.wasm")
        cake: dict[str, PythonValue] = {"item": "cake", "count": 1, "total": 1}
        assert service.call("ledger", "enter", [[sale, cake]]) == 750
        assert entered == [Entry("tea", 3, 750), Entry("cake", 1, 1)]


def test_records_arrive_as_the_dataclass_and_may_be_given_as_one(engine: Engine) -> None:
    seen = []

    @host_function
    def f(sale: Sale, others: list[Sale]) -> list[Sale]:
        seen.append((sale, others))
        return [sale, *others]

    with asking(engine, f, [SALE, SALES], SALES) as service:
        assert service.call("m", "ask", [TEA, [TEA_AS_DICT]]) == [TEA_AS_DICT, TEA_AS_DICT]
    assert seen == [(TEA, [TEA])]


@pytest.mark.parametrize(
    "given",
    [TEA, TEA_AS_DICT, ("tea", 2, ["green", "żółta"]), ["tea", 2, ("green", "żółta")]],
    ids=["dataclass", "dict", "tuple", "list"],
)
def test_a_result_may_have_every_form_that_arguments_of_calls_have(
    engine: Engine, given: PythonValue
) -> None:
    @host_function(result=Sale)
    def f() -> object:
        return given

    with asking(engine, f, [], SALE) as service:
        assert service.call("m", "ask") == TEA_AS_DICT


def test_records_of_types_that_were_given_arrive_as_dicts(engine: Engine) -> None:
    record = RecordType(
        "Sale",
        (
            Field("item", Scalar.STRING),
            Field("count", Scalar.U8),
            Field("tags", ArrayType(Scalar.STRING)),
        ),
    )

    @host_function(parameters=(record,), result=record)
    def f(sale: dict[str, object]) -> dict[str, object]:
        return {**sale, "count": 200}

    with asking(engine, f, [SALE], SALE) as service:
        assert service.call("m", "ask", [TEA]) == {**TEA_AS_DICT, "count": 200}


@given(st.text(), st.binary(max_size=50), st.lists(st.floats(allow_nan=False)), st.booleans())
def test_any_values_come_and_go_unchanged(
    text: str, octets: bytes, numbers: list[float], flag: bool
) -> None:
    @host_function
    def f(text: str, octets: bytes, numbers: list[float], flag: bool) -> list[str]:
        return [repr(each) for each in (text, octets, numbers, flag)]

    parameters = ["Utf8String", vector("U8"), vector("F64"), "Boolean"]
    with asking(Engine.FUSED, f, parameters, vector("Utf8String")) as service:
        arguments: list[PythonValue] = [text, octets, numbers, flag]
        assert service.call("m", "ask", arguments) == list(map(repr, arguments))


@pytest.mark.parametrize(
    ("annotation", "sdk", "result", "problem"),
    [
        (U8, "U8", 300, "result: expected u8 (0 to 255), got 300"),
        (str, "Utf8String", None, "result: expected string, got None"),
        (bytes, vector("U8"), [1, 2, 3, 300], "result[3]: expected u8 (0 to 255), got 300"),
        (
            list[Sale],
            SALES,
            [TEA, Sale("x", 1, ("a", 5))],  # type: ignore[arg-type]
            "result[1].tags[1]: expected string, got 5",
        ),
        (
            Sale,
            SALE,
            {"item": 1, "count": 1},
            "\n  result.item: expected string, got 1\n  result.tags: missing field with name tags",
        ),
        (Sale, SALE, object(), "result: expected Sale (an object with item, count, tags), got a"),
    ],
)
def test_a_result_that_does_not_fit_is_told_with_its_path(
    engine: Engine, annotation: object, sdk: object, result: object, problem: str
) -> None:
    @host_function(result=annotation)
    def f() -> object:
        return result

    with asking(engine, f, [], sdk) as service:
        with pytest.raises(HostFunctionError) as raised:
            service.call("m", "ask")
        start = "m calls host function f, whose result is wrong: "
        assert raised.value.message.startswith(start + problem)
        assert (raised.value.module, raised.value.function) == ("m", "f")


def test_a_result_that_nothing_declares_is_not_lost_silently(engine: Engine) -> None:
    @host_function
    def f():  # type: ignore[no-untyped-def]  # noqa: ANN202
        return 5

    problem = "declares no result but gives 5: annotate it"
    with asking(engine, f, [], None) as service, pytest.raises(HostFunctionError, match=problem):
        service.call("m", "ask")


def test_a_result_of_a_function_that_declares_none_is_left_as_python_does(engine: Engine) -> None:
    append = host_function(name="f", parameters=(str,), result=None)("x".join)
    with asking(engine, append, ["Utf8String"], None) as service:
        assert service.call("m", "ask", ["abc"]) is None


class PriceError(Exception):
    """What the functions here raise."""


def _fail(_argument: str) -> str:
    raise PriceError("no price")


@pytest.mark.parametrize("modules", [1, 3])
def test_an_exception_reaches_the_caller_with_the_functions_name(
    engine: Engine, modules: int
) -> None:
    with asking(engine, host_function(name="f")(_fail), ["Utf8String"], "Utf8String") as service:
        for number in range(1, modules):
            namespace = "m" if number == 1 else f"m{number - 1}"
            wasm = asking_module(["Utf8String"], "Utf8String", namespace=namespace, name="ask")
            service.load(f"m{number}", wasm)
        last = "m" if modules == 1 else f"m{modules - 1}"
        for _ in range(2):  # the service goes on
            with pytest.raises(HostFunctionError) as raised:
                service.call(last, "ask", ["x"])
            error = raised.value
            message = "m calls host function f, which failed: PriceError: no price"
            assert (_first_line(error), error.module, error.function) == (message, "m", "f")
            assert isinstance(error.__cause__, PriceError)


@pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit, GeneratorExit])
def test_what_is_no_error_goes_through_as_it_is(engine: Engine, kind: type[BaseException]) -> None:
    raised = kind()

    @host_function
    def f() -> U32:
        raise raised

    with asking(engine, f, [], "U32") as service:
        service.load("facade", asking_module([], "U32", namespace="m", name="ask"))
        with pytest.raises(kind) as caught:
            service.call("facade", "ask")
        assert caught.value is raised
        raised = kind()
        with pytest.raises(kind) as caught:
            service.call("facade", "ask")
        assert caught.value is raised


READING_OUTSIDE = module(
    f"""(module (import "host" "f" (func $f (param i32 i32))) {ABI}
      (func (export "ask") (call $f (i32.const -1) (i32.const 9))))""",
    [function_item("ask", [], "Utf8String")],
)
"""Passes a string that is not in its memory."""


def test_an_argument_that_cannot_be_lifted_goes_to_the_functions_error_handler(
    engine: Engine,
) -> None:
    errors: list[MarineError] = []

    def explain(error: MarineError) -> str:
        errors.append(error)
        return "unreadable"

    @host_function(on_lift_error=explain)
    def f(text: str) -> str:
        return text

    with Service(host_functions=[f], engine=engine) as service:
        service.load("m", READING_OUTSIDE)
        assert service.call("m", "ask") == "unreadable"
    assert "lie outside the module's memory" in str(errors[0])


@dataclass(frozen=True)
class Tree:
    children: "tuple[Tree, ...]"


ITS_OWN_CHILD = module(
    f"""(module (import "host" "f" (func $f (param i32))) {ABI}
      (data (i32.const 64) "\\48\\00\\00\\00\\01\\00\\00\\00\\40\\00\\00\\00")
      (func (export "ask") (call $f (i32.const 64))) (func (export "rest")))""",
    [function_item("ask", []), function_item("rest", [])],
)
"""Passes a tree, a pointer and a length at 64, whose only child, at 72, is it again."""


def test_an_argument_without_end_is_one_that_cannot_be_lifted(engine: Engine) -> None:
    @host_function
    def f(tree: Tree) -> None: ...

    with Service(host_functions=[f], engine=engine) as service:
        service.load("m", ITS_OWN_CHILD)
        with pytest.raises(AdapterError) as raised:
            service.call("m", "ask")
        assert raised.value.torn_module == "m"
        assert _first_line(raised.value) == (
            "m calls host function f: the value is nested more deeply than Python's recursion "
            "limit allows"
        )
        service.call("m", "rest")


CALLING_BACK = module(
    f"""(module (import "host" "f" (func $f))
      {ABI.replace("(if (i32.eqz (local.get $size))", "(call $f) (if (i32.eqz (local.get $size))")}
      (func (export "ask") (call $f)) (func (export "rest")))""",
    [function_item("ask", []), function_item("rest", [])],
)
"""To take what the host function gives, it calls it again."""


def test_a_host_function_that_is_called_again_for_its_result_is_too_deep_at_last(
    engine: Engine,
) -> None:
    calls = 0

    @host_function
    def f() -> str:
        nonlocal calls
        calls += 1
        return "text"

    with Service(host_functions=[f], engine=engine) as service:
        service.load("m", CALLING_BACK)
        with pytest.raises(CallDepthExceeded) as raised:
            service.call("m", "ask")
        assert raised.value.torn_module == "m"
        assert _first_line(raised.value) == (
            "m calls host function f: modules and the host call each other more than 64 levels deep"
        )
        assert calls == 65
        service.call("m", "rest")


def test_an_error_handler_may_fail_too(engine: Engine) -> None:
    def give_number(_error: MarineError) -> object:
        return 5

    def fail(_error: MarineError) -> object:
        raise PriceError("worse")

    for handler, how in (
        (give_number, "whose result is wrong: result: expected string, got 5"),
        (fail, "which failed: PriceError: worse"),
    ):
        f = host_function(name="f", on_lift_error=handler)(_fail)
        with Service(host_functions=[f], engine=engine) as service:
            service.load("m", READING_OUTSIDE)
            with pytest.raises(HostFunctionError) as raised:
                service.call("m", "ask")
            assert _first_line(raised.value) == f"m calls host function f, {how}"


def test_host_functions_and_what_they_are_given_are_in_traces() -> None:
    @host_function
    def f(sale: Sale) -> Sale:
        return sale

    with asking(Engine.FUSED, f, [SALE], SALE) as service:
        trace = service.trace("m", "ask", [["tea", 2, ["green"]]])
    events = [*trace.root.children]
    while events:
        event = events.pop()
        events += event.children
        if type(event).__name__ == "HostEvent":
            assert (event.name, event.arguments) == ("host.f", (("tea", 2, ["green"]),))  # type: ignore[union-attr]
            assert event.result == ("tea", 2, ["green"])  # type: ignore[union-attr]
            return
    raise AssertionError("no host event")


class TestTheTypeOfTheImport:
    """It must be that of the function; what the module wants and the function declares is told."""

    def refused(self, function: HostFunction, parameters: list[object], result: object) -> str:
        with Service(host_functions=[function]) as service, pytest.raises(LinkError) as raised:
            service.load("m", asking_module(parameters, result))
        return raised.value.message

    def test_another_width_is_told_with_the_annotation_that_would_be_right(self) -> None:
        @host_function
        def f(count: int, name: str) -> int:
            return count + len(name)

        assert self.refused(f, ["U32", "Utf8String"], "U8") == (
            "module 'm' imports host.f as (i32, i32, i32) -> (i32), but the host's f(count: i64, "
            "name: string) -> i64 is (i64, i32, i32) -> (i64)\n"
            "  parameter 'count' is i64, but the module passes i32: annotate it with S32, U32, a "
            "narrower width or bool\n"
            "  the result that the module expects is i32: annotate it with S32, U32, a narrower "
            "width or bool"
        )

    def test_an_argument_in_memory_is_two_numbers(self) -> None:
        @host_function
        def f(count: U32) -> None: ...

        message = self.refused(f, ["Utf8String"], None)
        assert message.endswith(
            "but the host's f(count: u32) is (i32) -> ()\n  the module passes 2 raw numbers, the "
            "host function takes 1: str, bytes and lists take two each, all else one"
        )

    def test_a_string_where_numbers_of_other_types_are_passed(self) -> None:
        @host_function
        def f(name: str) -> None: ...

        message = self.refused(f, ["U32", "F64"], None)
        assert "parameter 'name' is string, but the module passes (i32, f64) there" in message

    def test_a_result_that_the_module_does_not_expect(self) -> None:
        @host_function
        def f() -> float:
            return 1.0

        message = self.refused(f, [], "Utf8String")
        assert "the module expects no number as the result: annotate it with None, or" in message


class TestCallsBack:
    """A host function may use other services, but not the one that is calling it."""

    def call_from_host(self, engine: Engine, action: Callable[[Service], object]) -> object:
        """What comes of an action in a host function, which its service calls."""
        results = []

        @host_function
        def f() -> None:
            results.append(action(service))

        with asking(engine, f, [], None) as service:
            service.call("m", "ask")
        return results[0]

    @pytest.mark.parametrize(
        "use",
        [
            lambda service: service.call("m", "ask"),
            lambda service: service.load("n", READING_OUTSIDE),
            lambda service: service.close(),
            lambda service: asyncio.run(service.call_async("m", "ask")),
        ],
        ids=["call", "load", "close", "call_async"],
    )
    def test_the_service_that_calls_it_is_refused(
        self, engine: Engine, use: Callable[[Service], object]
    ) -> None:
        with pytest.raises(HostFunctionError) as raised:
            self.call_from_host(engine, use)
        assert _first_line(raised.value) == (
            "m calls host function f, which failed: CallError: a host function, `output` or "
            "`progress` cannot use its own service while that service is calling it: do it after "
            "the call"
        )
        assert type(raised.value.__cause__) is CallError

    def test_what_needs_no_call_can_be_asked(self, engine: Engine) -> None:
        names = self.call_from_host(engine, lambda service: service.interface()[0].name)
        assert names == "m"

    def test_other_services_work(self, engine: Engine) -> None:
        @host_function
        def f() -> U32:
            return 7

        with asking(engine, f, [], "U32") as other:
            assert self.call_from_host(engine, lambda _: other.call("m", "ask")) == 7

    def test_an_error_of_another_service_is_the_cause(self, engine: Engine) -> None:
        with Service(engine=engine) as other:
            with pytest.raises(HostFunctionError, match="which failed: NoSuchModule: ") as raised:
                self.call_from_host(engine, lambda _: other.call("nope", "f"))
            assert isinstance(raised.value.__cause__, NoSuchModule)
            with pytest.raises(HostFunctionError) as raised:
                self.call_from_host(engine, lambda service: service.interface("nope"))
            assert isinstance(raised.value.__cause__, NoSuchModule)

    def test_two_services_cannot_call_each_other_in_a_circle(self, engine: Engine) -> None:
        @host_function(name="f")
        def to_second() -> None:
            second.call("m", "ask")

        @host_function(name="f")
        def to_first() -> None:
            first.call("m", "ask")

        with (
            asking(engine, to_second, [], None) as first,
            asking(engine, to_first, [], None) as second,
        ):
            with pytest.raises(HostFunctionError) as raised:
                first.call("m", "ask")
            inner = raised.value.__cause__
            assert isinstance(inner, HostFunctionError)
            assert "cannot use its own service" in str(inner.__cause__)

    def test_a_thread_that_it_starts_gets_its_turn_after_the_call(self, engine: Engine) -> None:
        done = []
        started: list[threading.Thread] = []

        @host_function
        def f() -> None:
            if not started:
                started.append(threading.Thread(target=use))
                started[0].start()
                done.append("the call")

        def use() -> None:
            service.call("m", "ask")
            done.append("the thread's call")

        with asking(engine, f, [], None) as service:
            service.call("m", "ask")
            started[0].join()
        assert done == ["the call", "the thread's call"]


def test_arguments_that_modules_cannot_take_never_reach_the_host_function(engine: Engine) -> None:
    @host_function
    def f(_x: U8) -> None:
        raise PriceError

    with asking(engine, f, ["U8"], None) as service, pytest.raises(ArgumentsError):
        service.call("m", "ask", [300])


def test_a_number_that_is_too_large_for_the_annotation_is_told() -> None:
    @host_function
    def f(x: U8) -> None: ...

    with asking(Engine.FUSED, f, ["U32"], None) as service:
        service.call("m", "ask", [255])
        with pytest.raises(
            CallError, match="m calls host function f: argument 300 does not fit u8"
        ):
            service.call("m", "ask", [300])
