"""`service.modules` while modules come, go and change, and functions that callers keep."""

import gc
import weakref
from collections.abc import Iterator
from pathlib import Path

import pytest

from runtime import (
    CallError,
    Engine,
    ModuleError,
    NoSuchFunction,
    NoSuchModule,
    Service,
    ServiceClosed,
)
from tests.support.modules import ABI, extern_item, function_item, module


def giving(number: int, name: str = "give") -> bytes:
    return module(
        f'(module {ABI} (func (export "{name}") (result i32) (i32.const {number})))',
        [function_item(name, [], "I32")],
    )


PASSING = module(
    f"""(module (import "numbers" "give" (func $give (result i32))) {ABI}
      (func (export "pass") (result i32) (call $give)))""",
    [extern_item("numbers", ("give", [], "I32")), function_item("pass", [], "I32")],
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "numbers.wasm"
    path.write_bytes(giving(1))
    return path


@pytest.fixture(params=Engine)
def service(request: pytest.FixtureRequest, path: Path) -> Iterator[Service]:
    with Service(modules=[path], engine=request.param) as running:
        yield running


def test_modules_that_are_loaded_later_are_there(service: Service) -> None:
    modules = service.modules
    assert not hasattr(modules, "more")
    service.load("more", giving(2))
    assert modules.more.give() == 2
    assert service.modules is modules


def test_an_attribute_follows_the_names_of_all_modules(service: Service) -> None:
    service.load("a-b", giving(2))
    assert service.modules.a_b.give() == 2
    service.load("a_b", giving(3))
    assert service.modules.a_b.give() == 3
    assert service.modules.a_b_.give() == 2
    service.unload("a_b")
    assert service.modules.a_b.give() == 2


def test_a_function_that_is_kept_goes_on_when_the_engine_changes(service: Service) -> None:
    give = service.modules.numbers.give
    for engine in (Engine.INTERP, Engine.FUSED, Engine.INTERP, Engine.FUSED):
        service.engine = engine
        assert give() == 1
        assert service.modules.numbers.give is give


@pytest.mark.parametrize("times", [1, 2, 3])
def test_a_function_that_is_kept_names_the_module_that_was_unloaded(
    service: Service, times: int
) -> None:
    modules, numbers, give = service.modules, service.modules.numbers, service.modules.numbers.give
    assert give() == 1
    for _ in range(times):  # whatever else happens in between
        service.engine = Engine.INTERP
        assert give() == 1
        service.engine = Engine.FUSED
        assert give() == 1
    service.unload("numbers")
    for kept in (give, numbers.give, numbers["give"]):
        with pytest.raises(NoSuchModule, match="no module 'numbers' is loaded"):
            kept()
    assert not hasattr(modules, "numbers")
    assert "numbers" not in modules


def test_a_function_that_is_kept_from_before_a_reload_says_so(service: Service, path: Path) -> None:
    numbers, give = service.modules.numbers, service.modules.numbers.give
    for number in (2, 3):  # the second time as the first
        assert service.modules.numbers.give() == number - 1
        path.write_bytes(giving(number))
        service.reload()
        for kept in (give, numbers.give):
            with pytest.raises(
                CallError, match=r"since its function .* was taken from `service\.modules`"
            ):
                kept()
        assert service.modules.numbers.give() == number
        assert service.call("numbers", "give") == number


def test_a_reload_without_effect_leaves_functions_as_they_are(service: Service, path: Path) -> None:
    give = service.modules.numbers.give
    path.write_bytes(b"no Wasm")
    with pytest.raises(ModuleError):
        service.reload("numbers")
    assert give() == 1


def test_importers_of_a_module_that_was_loaded_anew_are_new_too(
    service: Service, path: Path, tmp_path: Path
) -> None:
    importer = tmp_path / "importer.wasm"
    importer.write_bytes(PASSING)
    service.load("importer", importer)
    kept = service.modules.importer["pass"]
    assert kept() == 1
    path.write_bytes(giving(2))
    service.reload()
    with pytest.raises(CallError, match="module 'importer' was loaded anew"):
        kept()
    assert service.modules.importer.pass_() == 2


def test_a_module_of_the_same_name_is_another_one(service: Service) -> None:
    numbers, give = service.modules.numbers, service.modules.numbers.give
    service.unload("numbers")
    service.load("numbers", giving(2, name="other"))
    assert service.modules.numbers.other() == 2
    assert not hasattr(service.modules.numbers, "give")
    with pytest.raises(NoSuchFunction, match="'give'"):
        give()
    assert numbers is not service.modules.numbers


def test_modules_with_options_follow_changes_too(service: Service, path: Path) -> None:
    modules = service.modules_with(timeout=10)
    assert modules.numbers.give() == 1
    path.write_bytes(giving(2))
    service.reload()
    assert modules.numbers.give() == 2


def test_nothing_of_a_closed_service_answers(service: Service) -> None:
    modules, numbers, give = service.modules, service.modules.numbers, service.modules.numbers.give
    assert give() == 1
    service.close()
    for use in (
        give,
        numbers["give"],
        lambda: modules.numbers,
        lambda: modules["numbers"],
        lambda: service.modules.numbers,
        lambda: service.facade,
        lambda: list(modules),
        lambda: len(modules),
        lambda: "numbers" in modules,
    ):
        with pytest.raises(ServiceClosed):
            use()
    assert repr(modules) == "<modules of a closed service>"
    assert dir(modules) == []
    assert not hasattr(modules, "__wrapped__")


def test_a_service_lives_as_long_as_something_of_it_is_kept(path: Path) -> None:
    service = Service(modules=[path])
    kept = [service.modules_with(timeout=1).numbers.give, service.modules.numbers.give]
    alive = weakref.ref(service)
    del service
    gc.collect()
    assert [give() for give in kept] == [1, 1]
    kept.clear()
    gc.collect()
    assert alive() is None
