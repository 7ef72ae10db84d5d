"""`@host_function`: what becomes of a Python function, and which ones are refused."""

import functools
import inspect
import pickle
from collections.abc import AsyncIterator, Callable, Iterator, Sequence

import pytest

from runtime import (
    S64,
    U8,
    U32,
    ArrayType,
    ConfigError,
    Field,
    HostFunction,
    MarineError,
    RecordType,
    Scalar,
    host_function,
)
from runtime.host.function import HOST_NAMESPACES

POINT = RecordType("Point", (Field("x", Scalar.S32), Field("y", Scalar.S32)))


@host_function
def price_of(item: str, count: U32 = 1) -> U32:
    """The price of so many items, in cents."""
    return {"tea": 250}[item] * count


def test_the_types_come_from_the_annotations() -> None:
    assert isinstance(price_of, HostFunction)
    assert (price_of.name, price_of.parameters, price_of.result) == (
        "price_of",
        (Scalar.STRING, Scalar.U32),
        Scalar.U32,
    )
    assert price_of.namespaces == HOST_NAMESPACES


def test_a_host_function_is_still_the_function_it_was() -> None:
    assert price_of("tea", count=2) == 500
    assert price_of("tea") == 250
    assert price_of.__doc__ == "The price of so many items, in cents."
    assert list(inspect.signature(price_of).parameters) == ["item", "count"]
    assert price_of.__wrapped__("tea") == 250  # type: ignore[attr-defined]


def test_a_host_function_at_the_top_level_of_a_module_can_be_pickled() -> None:
    assert pickle.loads(pickle.dumps(price_of)) is price_of


def test_the_types_can_be_given_instead() -> None:
    @host_function(parameters=(U8, list[str], POINT), result=ArrayType(POINT), name="given")
    def anything(*values):  # type: ignore[no-untyped-def]  # noqa: ANN002, ANN202
        return values

    assert anything.name == "given"
    assert anything.parameters == (Scalar.U8, ArrayType(Scalar.STRING), POINT)
    assert anything.result == ArrayType(POINT)


def test_the_result_alone_can_be_given() -> None:
    @host_function(result=bytes)
    def f(_x: str) -> object:
        return b""

    assert (f.parameters, f.result) == ((Scalar.STRING,), Scalar.BYTE_ARRAY)


def test_functions_written_in_c_and_bound_methods_can_be_host_functions() -> None:
    class Counter:
        def __init__(self) -> None:
            self.count = 0

        def add(self, more: int) -> None:
            self.count += more

    counter = Counter()
    add = host_function(counter.add)
    add(5)
    assert counter.count == 5
    assert (add.name, add.parameters, add.result) == ("add", (Scalar.S64,), None)
    size = host_function(parameters=(bytes,), result=U32)(len)
    assert (size.name, size(b"ab")) == ("len", 2)
    half = host_function(name="half", parameters=(int,), result=int)(functools.partial(divmod, 9))
    assert half.name == "half"


@pytest.mark.parametrize("result", [None, Scalar.U8, POINT])
def test_a_parameter_that_python_fills_in_itself_is_none_of_the_modules(result: object) -> None:
    @host_function(result=result)
    def f(x: str, *, log: object = print, **_options: object) -> None:
        pass

    assert f.parameters == (Scalar.STRING,)


def test_some_namespaces_can_be_named() -> None:
    versions = ("host", "__marine_host_api_v2")
    assert host_function(name="f", namespaces=versions)(lambda: None).namespaces == versions


@pytest.mark.parametrize(
    ("namespaces", "problem"),
    [
        (
            ("host", "__marine_host_api_v9"),
            (
                "host function f: no namespace '__marine_host_api_v9' is the host's; did you mean "
                "'__marine_host_api_v3'? (there are: host, __marine_host_api_v1, "
                "__marine_host_api_v2, __marine_host_api_v3)"
            ),
        ),
        ("host", "host function f: namespaces: expected a tuple, such as ('host',), of "),
        ((), "host function f: namespaces: expected a tuple, such as ('host',), of "),
        (5, "host function f: namespaces: expected a tuple, such as ('host',), of "),
        ((1,), "host function f: no namespace 1 is the host's (there are: host"),
    ],
)
def test_other_namespaces_are_refused(namespaces: object, problem: str) -> None:
    with pytest.raises(ConfigError) as raised:
        host_function(name="f", namespaces=namespaces)(lambda: None)  # type: ignore[call-overload]
    assert problem in raised.value.message


def not_annotated(x):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    return x


def any_number(*values: str) -> None: ...


def by_name_only(x: str, *, y: str) -> None: ...


def with_dict(x: dict[str, int]) -> None: ...


def with_wrong_result() -> set[int]:
    return set()


def with_undefined(x: "Nowhere") -> None: ...  # type: ignore[name-defined]  # noqa: F821


def with_bad_string(x: "list[") -> None: ...  # type: ignore[valid-type]  # noqa: F722


async def awaited() -> None: ...


def generator() -> Iterator[int]:
    yield 1


async def asynchronous_generator() -> AsyncIterator[int]:
    yield 1


class Shop:
    def price_of(self, item: str) -> S64:
        return len(item)


class Awaited:
    async def __call__(self) -> None: ...


class Pricing:
    def __call__(self, x: str) -> None: ...


@pytest.mark.parametrize(
    ("function", "problem"),
    [
        (not_annotated, "host function not_annotated: parameter 'x' has no annotation: expected b"),
        (any_number, "any_number: parameter '*values': modules give a fixed number of arguments"),
        (by_name_only, "by_name_only: parameter 'y' takes no position, but modules give their"),
        (with_dict, "with_dict: parameter 'x': dict[str, int] is no interface type: expected bool"),
        (with_wrong_result, "with_wrong_result: the result: set[int] is no interface type: expec"),
        (with_undefined, "with_undefined: 'Nowhere' in an annotation is not defined: expected wha"),
        (with_bad_string, "with_bad_string: an annotation cannot be evaluated: "),
        (awaited, "awaited: it is a coroutine function, which modules cannot await: expected an o"),
        (generator, "generator: it is a generator: expected a function that gives a list"),
        (asynchronous_generator, "it is an asynchronous generator: expected a function that gives"),
        (Shop.price_of, "parameter 'self' has no annotation: where it is a method, decorate the b"),
        (lambda: None, 'a host function needs a name, and a lambda has none: host_function(name="'),
        (functools.partial(divmod, 9), "a host function needs a name, and a value of the Python "),
        (price_of, "price_of is a host function already"),
        (5, "a host function is made of a Python function, not of 5"),
    ],
)
def test_what_modules_cannot_call_is_refused(function: Callable[..., object], problem: str) -> None:
    with pytest.raises(ConfigError) as raised:
        host_function(function)
    assert problem in raised.value.message


def test_what_is_no_function_needs_its_types_given() -> None:
    with pytest.raises(ConfigError, match=r"has no annotations of its parameters: give parameters"):
        host_function(name="f")(Pricing())
    with pytest.raises(ConfigError, match=r"function f: it is a coroutine function, which mod"):
        host_function(name="f", parameters=(), result=None)(Awaited())
    given = host_function(name="f", parameters=(str,), result=None)(Pricing())
    assert given.parameters == (Scalar.STRING,)


@pytest.mark.parametrize(
    ("parameters", "result", "problem"),
    [
        (
            (str, str),
            None,
            "host function f: it cannot be called with 2 arguments: too many positio",
        ),
        ((), None, "host function f: it cannot be called with 0 arguments: missing a required"),
        ((dict,), None, "host function f: parameters[0]: dict is no interface type"),
        (
            str,
            None,
            "host function f: parameters: expected a tuple of types, such as (str, U32), g",
        ),
        ((str,), dict, "host function f: the result: dict is no interface type"),
    ],
)
def test_given_types_must_fit_the_function(
    parameters: Sequence[object], result: object, problem: str
) -> None:
    with pytest.raises(ConfigError) as raised:
        host_function(name="f", parameters=parameters, result=result)(lambda x: x)
    assert problem in raised.value.message
    assert raised.value.function == "f"


@pytest.mark.parametrize("name", ["", 5])
def test_a_name_is_a_string_that_is_not_empty(name: object) -> None:
    with pytest.raises(ConfigError, match="expected a non-empty string, got "):
        host_function(name=name)(lambda: None)  # type: ignore[call-overload]


def test_an_error_handler_gives_a_result_of_the_same_type() -> None:
    def explain(error: MarineError) -> str:
        return str(error)

    @host_function(on_lift_error=explain)
    def f(x: str) -> str:
        return x

    assert f.on_lift_error is not None
    assert f.on_lift_error(MarineError("bad")) == "bad"


@pytest.mark.parametrize(
    ("handler", "problem"),
    [
        (lambda: None, "host function f: on_lift_error cannot be called with 1 argument: too many"),
        ("text", "host function f: on_lift_error is no function but the string 'text'"),
    ],
)
def test_an_error_handler_takes_the_error(handler: object, problem: str) -> None:
    with pytest.raises(ConfigError) as raised:
        host_function(name="f", parameters=(), on_lift_error=handler)(print)  # type: ignore[call-overload]
    assert problem in raised.value.message


def test_annotations_that_are_not_needed_are_not_read() -> None:
    given = host_function(parameters=(str,), result=None)(with_undefined)
    assert (given.parameters, given.result) == ((Scalar.STRING,), None)
