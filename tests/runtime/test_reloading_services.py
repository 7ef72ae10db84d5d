"""Modules whose files change are loaded anew, with those that import them, or not at all."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from runtime import (
    ConfigError,
    Engine,
    LinkError,
    MemoryLimitExceeded,
    ModuleConfig,
    ModuleError,
    ModuleFileError,
    NoSuchModule,
    ReloadCause,
    Reloaded,
    Service,
    ServiceClosed,
    ServiceConfig,
    StartError,
    TimeLimitExceeded,
    WasiConfig,
)
from tests.support.versions import asking, counting, write_modules

MIB = 2**20

CHAIN = {
    "source": counting(1),
    "bystander": counting(10),
    "relay": asking("source"),
    "facade": asking("relay"),
}


@pytest.fixture(params=Engine)
def chain(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Service]:
    """`facade` imports `relay`, which imports `source`; `bystander` imports nothing."""
    config = write_modules(tmp_path, **CHAIN)
    with Service.from_config(config, engine=request.param) as service:
        yield service


def causes(reloaded: tuple[Reloaded, ...]) -> dict[str, ReloadCause]:
    return {each.name: each.cause for each in reloaded}


def names(service: Service) -> list[str]:
    return [module.name for module in service.interface()]


def test_a_changed_module_is_loaded_anew_with_all_that_import_it(
    chain: Service, tmp_path: Path
) -> None:
    assert chain.call("facade", "version") == 1
    (tmp_path / "source.wasm").write_bytes(counting(2))
    assert [each.name for each in chain.changed_modules()] == ["source"]
    assert chain.reload() == (
        Reloaded("source", ReloadCause.CHANGED),
        Reloaded("relay", ReloadCause.IMPORTS, ("source",)),
        Reloaded("facade", ReloadCause.IMPORTS, ("relay",)),
    )
    assert [chain.call(name, "version") for name in ("source", "relay", "facade")] == [2, 2, 2]
    assert names(chain) == list(CHAIN)
    assert chain.changed_modules() == ()
    assert chain.reload() == ()


def test_other_modules_keep_their_memories_and_the_reloaded_one_starts_anew(
    chain: Service, tmp_path: Path
) -> None:
    for name in ("source", "bystander"):
        assert [chain.call(name, "count"), chain.call(name, "count")] == [1, 2]
    (tmp_path / "source.wasm").write_bytes(counting(2))
    chain.reload()
    assert (chain.call("source", "count"), chain.call("bystander", "count")) == (1, 3)


def test_a_file_with_the_same_contents_has_not_changed(chain: Service, tmp_path: Path) -> None:
    (tmp_path / "source.wasm").write_bytes(CHAIN["source"])
    assert chain.changed_modules() == ()
    assert chain.reload() == ()


def test_contents_that_change_without_any_other_sign_are_seen(
    chain: Service, tmp_path: Path
) -> None:
    path = tmp_path / "source.wasm"
    before = path.stat()
    with path.open("r+b") as file:
        file.write(counting(3))
    assert len(counting(3)) == before.st_size
    assert [each.name for each in chain.changed_modules()] == ["source"]


def test_a_module_that_is_named_is_loaded_anew_though_it_did_not_change(chain: Service) -> None:
    assert chain.call("source", "count") == 1
    assert causes(chain.reload("source")) == {
        "source": ReloadCause.ASKED,
        "relay": ReloadCause.IMPORTS,
        "facade": ReloadCause.IMPORTS,
    }
    assert chain.call("source", "count") == 1


def test_only_what_is_named_is_loaded_anew_and_its_importers_from_their_newest_files(
    chain: Service, tmp_path: Path
) -> None:
    (tmp_path / "bystander.wasm").write_bytes(counting(20))
    (tmp_path / "facade.wasm").write_bytes(asking("relay", more=100))
    assert causes(chain.reload("relay")) == {
        "relay": ReloadCause.ASKED,
        "facade": ReloadCause.CHANGED,
    }
    assert chain.call("facade", "version") == 101
    assert chain.call("bystander", "version") == 10
    assert [each.name for each in chain.changed_modules()] == ["bystander"]


def test_changes_of_several_modules_that_only_fit_together_are_taken_together(
    tmp_path: Path,
) -> None:
    config = write_modules(tmp_path, source=counting(1), relay=asking("source"))
    with Service.from_config(config) as service:
        (tmp_path / "source.wasm").write_bytes(counting(2, result="U32"))
        with pytest.raises(LinkError, match="with another signature than it has"):
            service.reload()
        (tmp_path / "relay.wasm").write_bytes(asking("source", result="U32"))
        assert causes(service.reload()) == {
            "source": ReloadCause.CHANGED,
            "relay": ReloadCause.CHANGED,
        }
        assert service.call("relay", "version") == 2


@pytest.mark.parametrize(
    ("wasm", "error", "problem"),
    [
        (b"nothing of the kind", ModuleFileError, "not a WebAssembly file"),
        (counting(2, result="U32"), LinkError, "with another signature than it has"),
        (
            counting(2, body='(func (export "_start") unreachable)'),
            StartError,
            "_start of module 'source' failed",
        ),
    ],
    ids=["no module", "another signature", "start fails"],
)
def test_where_one_cannot_be_loaded_all_old_ones_stay_and_answer(
    chain: Service, tmp_path: Path, wasm: bytes, error: type[ModuleError], problem: str
) -> None:
    assert chain.call("source", "count") == 1
    (tmp_path / "source.wasm").write_bytes(wasm)
    for _ in range(2):
        with pytest.raises(error, match=problem):
            chain.reload()
    assert chain.call("facade", "version") == 1
    assert chain.call("source", "count") == 2
    assert [each.name for each in chain.changed_modules()] == ["source"]
    (tmp_path / "source.wasm").write_bytes(counting(4))
    chain.reload()
    assert chain.call("facade", "version") == 4


@pytest.mark.parametrize("length", [0, 3, 7, 9, 200, len(CHAIN["source"]) - 1])
def test_a_file_that_ends_in_the_middle_is_not_ready(
    chain: Service, tmp_path: Path, length: int
) -> None:
    path = tmp_path / "source.wasm"
    path.write_bytes(counting(2)[:length])
    assert chain.changed_modules() == ()
    with pytest.raises(ModuleFileError, match=r"source\.wasm ends in the middle"):
        chain.reload()
    path.write_bytes(counting(2))
    chain.reload()
    assert chain.call("facade", "version") == 2


def test_a_missing_file_is_not_ready_and_its_module_answers_on(
    chain: Service, tmp_path: Path
) -> None:
    (tmp_path / "source.wasm").unlink()
    assert chain.changed_modules() == ()
    with pytest.raises(ModuleFileError, match=r"module 'source': cannot read .*source\.wasm"):
        chain.reload()
    assert chain.call("facade", "version") == 1
    assert causes(chain.reload("relay")).keys() == {"relay", "facade"}


def test_modules_loaded_by_path_are_watched_and_those_from_bytes_are_not(tmp_path: Path) -> None:
    path = tmp_path / "late.wasm"
    path.write_bytes(counting(1))
    with Service() as service:
        service.load("bytes", counting(1))
        service.load("late", path)
        service.load("relay", asking("bytes"))
        path.write_bytes(counting(2))
        assert causes(service.reload()) == {"late": ReloadCause.CHANGED}
        assert service.call("late", "version") == 2
        with pytest.raises(ModuleError, match="'bytes' was loaded from bytes"):
            service.reload("bytes")


def test_an_importer_from_bytes_follows_what_it_imports(tmp_path: Path) -> None:
    path = tmp_path / "source.wasm"
    path.write_bytes(counting(1))
    with Service() as service:
        service.load("source", path)
        service.load("relay", asking("source"))
        path.write_bytes(counting(2))
        service.reload()
        assert service.call("relay", "version") == 2


def test_reload_mends_a_module_whose_import_was_unloaded_and_loaded_again(
    chain: Service, tmp_path: Path
) -> None:
    chain.unload("source", force=True)
    chain.load("source", tmp_path / "source.wasm")
    assert causes(chain.reload("relay")).keys() == {"relay", "facade"}
    assert chain.call("facade", "version") == 1


def test_modules_may_import_what_comes_into_the_service_by_the_same_reload(tmp_path: Path) -> None:
    config = write_modules(tmp_path, first=counting(1), second=counting(2))
    with Service.from_config(config) as service:
        (tmp_path / "first.wasm").write_bytes(asking("second"))
        (tmp_path / "second.wasm").write_bytes(counting(3))
        service.reload()
        assert service.call("first", "version") == 3
        assert names(service) == ["first", "second"]


def test_modules_that_would_import_each_other_are_refused(tmp_path: Path) -> None:
    config = write_modules(tmp_path, first=counting(1), second=asking("first"))
    with Service.from_config(config) as service:
        (tmp_path / "first.wasm").write_bytes(asking("second"))
        with pytest.raises(LinkError, match=r"no module (second|first) is loaded"):
            service.reload()
        assert service.call("second", "version") == 1


def test_the_config_holds_for_the_new_module_too(tmp_path: Path) -> None:
    path = tmp_path / "m.wasm"
    path.write_bytes(counting(1))
    module = ModuleConfig(
        "m",
        path,
        max_memory=4 * 65536,
        wasi=WasiConfig(environment={"COLOUR": "red"}, mapped_dirs={"data": tmp_path}),
    )
    with Service(ServiceConfig((module,))) as service:
        before = (service.environment("m"), service.file_system("m").directories)
        path.write_bytes(counting(2))
        service.reload()
        assert (service.environment("m"), service.file_system("m").directories) == before
        assert service.statistics().modules[0].max_memory_bytes == 4 * 65536


@pytest.mark.parametrize("others", [(), ("bystander",)])
def test_while_modules_are_reloaded_the_old_ones_count_too_and_the_error_says_so(
    tmp_path: Path, others: tuple[str, ...]
) -> None:
    for name in ("m", *others):
        (tmp_path / f"{name}.wasm").write_bytes(counting(1))
    modules = tuple(ModuleConfig(name, tmp_path / f"{name}.wasm") for name in ("m", *others))
    one = len(modules) * 4 * 65536
    with Service(ServiceConfig(modules, total_memory_limit=one)) as service:
        with pytest.raises(MemoryLimitExceeded, match="in whose place they come count too"):
            service.reload("m")
        assert service.call("m", "count") == 1
        assert [service.call(name, "count") for name in others] == [1 for _ in others]
        assert service.call("m", "count") == 2


def test_names_that_are_not_loaded_are_told_before_anything_happens(chain: Service) -> None:
    with pytest.raises(NoSuchModule, match="no module 'sauce' is loaded; did you mean 'source'"):
        chain.reload("bystander", "sauce")
    with pytest.raises(NoSuchModule):
        chain.reload("")


def test_a_closed_service_reloads_nothing(tmp_path: Path) -> None:
    service = Service.from_config(write_modules(tmp_path, m=counting(1)))
    service.close()
    with pytest.raises(ServiceClosed):
        service.reload()
    with pytest.raises(ServiceClosed):
        service.changed_modules()
    with pytest.raises(ServiceClosed):
        service.memory_sizes()


def test_what_begins_is_told_in_its_order(tmp_path: Path) -> None:
    told: list[str] = []
    config = write_modules(tmp_path, source=counting(1), relay=asking("source"))
    with Service.from_config(config, progress=told.append) as service:
        assert told == [
            "compiling source",
            "starting source",
            "compiling relay",
            "starting relay",
        ]
        told.clear()
        service.reload("source")
        assert told == ["compiling source", "starting source", "starting relay"]


def test_memory_sizes_are_those_of_the_statistics(chain: Service) -> None:
    chain.call("bystander", "grow")
    assert chain.memory_sizes()["bystander"] == 5 * 65536
    assert chain.memory_sizes() == {
        each.name: each.memory_bytes for each in chain.statistics().modules
    }


@pytest.mark.parametrize(("limit", "most"), [(10_000_000, 152 * 65536), (10 * MIB, 10 * MIB)])
def test_statistics_tell_the_limit_as_it_was_configured(
    tmp_path: Path, limit: int, most: int
) -> None:
    path = tmp_path / "m.wasm"
    path.write_bytes(counting(1))
    with Service(ServiceConfig((ModuleConfig("m", path, max_memory=limit),))) as service:
        statistics = service.statistics().modules[0]
    assert (statistics.configured_limit, statistics.max_memory_bytes) == (limit, most)


def test_a_time_limit_can_be_changed_and_taken_away(chain: Service) -> None:
    assert chain.timeout is None
    chain.timeout = 0.02
    assert chain.timeout == 0.02
    with pytest.raises(TimeLimitExceeded, match=r"0\.02 s"):
        chain.call("source", "spin")
    with pytest.raises(ConfigError, match="timeout: expected a number of seconds above 0"):
        chain.timeout = 0
    chain.timeout = None
    assert chain.call("source", "version") == 1
