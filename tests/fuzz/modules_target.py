"""Any bytes as a module: loaded into a service, its functions called, by both engines alike."""

import zlib
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from random import Random
from unittest.mock import patch
from uuid import UUID

from runtime import (
    Engine,
    MarineError,
    MemoryLimitExceeded,
    ModuleConfig,
    Service,
    ServiceConfig,
)
from runtime.interface.metadata import interface_payload, read_metadata
from runtime.interface.section_codec import decode_section
from tests.differential.both_engines import BothEngines, Observed, Task, assert_same
from tests.fuzz import fixture_seeds
from tests.fuzz.module_mutation import mutate
from tests.fuzz.random_values import value_of
from tests.fuzz.target import GIBIBYTE, MEBIBYTE, Target

_MEMORY_LIMIT = 8 * MEBIBYTE
_TIMEOUT = 0.2
_LONG = 60
_MOST_CALLS = 12
_NAME = "mutant"

_MOUNTED = {"curl": Path("/bin/true"), "ipfs": Path("/bin/true")}


class _TimeIsUp(Exception):
    """Both engines cannot be compared any more: one was stopped, at any place."""


def check(wasm: bytes) -> None:
    """Both engines give the same results and errors, and then another module still answers."""
    random = Random(zlib.crc32(wasm))
    both = BothEngines()
    with ExitStack() as opened:
        for engine in (Engine.INTERP, Engine.FUSED):
            both.services[engine] = opened.enter_context(_new_service(engine))
        _load_fixture(both, "greeting")
        for service in both.services.values():
            service.timeout = _TIMEOUT
        with suppress(_TimeIsUp):
            _try_module(both, wasm, random)
        for service in both.services.values():
            with suppress(MemoryLimitExceeded):  # the module may keep all memory that there is
                answer = service.call("greeting", "greeting", ["x"], timeout=_LONG)
                assert answer == "Hi, x"


def _new_service(engine: Engine) -> Service:
    """A service with the same ID as any other one: modules may read it."""
    with patch("uuid.uuid4", return_value=UUID(int=0)):
        return Service(
            ServiceConfig(total_memory_limit=_MEMORY_LIMIT),
            engine=engine,
            timeout=_LONG,
            output=lambda _module, _descriptor, _data: None,
        )


def _try_module(both: BothEngines, wasm: bytes, random: Random) -> None:
    for name in _needed(wasm):
        _load_fixture(both, name)
    config = ModuleConfig(_NAME, Path("mutant.wasm"), mounted_binaries=_MOUNTED)
    if _do(both, lambda service: service._load(config, wasm)).outcome.error:
        return
    functions = list(both.services[Engine.INTERP].interface(_NAME)[0].functions)
    random.shuffle(functions)
    for function in functions[:_MOST_CALLS]:
        arguments = [value_of(each.type, random) for each in function.signature.parameters]

        def call(
            service: Service, name: str = function.name, arguments: object = arguments
        ) -> object:
            return service.call(_NAME, name, arguments)  # type: ignore[arg-type]

        _do(both, call)


def _do(both: BothEngines, task: Task) -> Observed:
    """Do it with both engines and compare.

    Raises:
        _TimeIsUp: one of them was stopped.
    """
    seen = [both.observe(service, task) for service in both.services.values()]
    if any(_is_about_time(each) for each in seen):
        raise _TimeIsUp
    interp, fused = seen
    assert_same(interp, fused)
    return interp


def _is_about_time(observed: Observed) -> bool:
    outcome = observed.outcome
    return outcome.error is not None and "time limit" in outcome.message


def _needed(wasm: bytes) -> list[str]:
    """The fixtures that the module imports from, each after those that it imports from itself."""
    found = dict[str, None]()

    def add(importer: bytes, importers: tuple[str, ...]) -> None:
        try:
            section = decode_section(interface_payload(read_metadata(importer), module=_NAME))
        except MarineError:
            return
        for namespace in sorted({each.namespace for each in section.imports}):
            path = fixture_seeds.module_files().get(namespace)
            if path is not None and namespace not in importers and namespace not in found:
                add(path.read_bytes(), (*importers, namespace))
                found[namespace] = None

    add(wasm, ("greeting",))
    return list(found)


def _load_fixture(both: BothEngines, name: str) -> None:
    """Load a fixture, if it can be: what it imports may be missing."""
    wasm = fixture_seeds.module_files()[name].read_bytes()
    _do(both, lambda service: service.load(name, wasm))


def seeds() -> Iterator[bytes]:
    """The fixtures' modules."""
    return fixture_seeds.modules()


TARGET = Target(
    check,
    seeds,
    mutate=mutate,
    longest=16_384,
    seconds=15,
    address_space=128 * GIBIBYTE,
)
