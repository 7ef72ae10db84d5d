"""Settings that WASI cannot express are refused with a message that says which and why."""

from pathlib import Path

import pytest
import wasmtime

from runtime.engine.wasi.settings import Directory, WasiSettings
from runtime.errors import ConfigError, LinkError
from tests.support.wasi_guest import settings, wasi_store


def _refused(given: WasiSettings) -> str:
    with pytest.raises(ConfigError) as caught, wasi_store({"picky": given}):
        pass
    assert caught.value.module == "picky"
    assert "'picky'" in caught.value.message
    return caught.value.message


@pytest.mark.parametrize(
    ("environment", "problem"),
    [
        ({"A": "x\0y"}, "environment variable 'A' contains a null character"),
        ({"A\0": "x"}, "null character"),
        ({"A=B": "x"}, "must not contain '='"),
        ({"": "x"}, "must not be empty"),
        ({"A": "\udc80"}, "'A' is no Unicode text"),
    ],
)
def test_environment_variables_are_checked(environment: dict[str, str], problem: str) -> None:
    assert problem in _refused(settings(environment))


def test_directories_are_checked(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    missing = tmp_path / "missing"
    found = _refused(settings(directories={"data": missing}))
    assert found.endswith(f"directory 'data': {missing} does not exist")
    found = _refused(settings(directories={"data": file}))
    assert found.endswith(f"directory 'data': {file} is no directory")
    assert "needs a name" in _refused(settings(directories={"": tmp_path}))
    assert "null character" in _refused(settings(directories={"a\0b": tmp_path}))


def test_a_directory_is_not_mapped_twice_under_one_name(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    twice = (Directory("data", tmp_path), Directory("data", other))
    assert f"'data' is mapped twice, to {tmp_path} and to {other}" in _refused(
        WasiSettings({}, twice)
    )


def test_directories_must_fit_the_descriptors_of_a_module(tmp_path: Path) -> None:
    many = {f"data_{number}": tmp_path for number in range(511)}
    message = _refused(settings(directories=many))
    assert "511 directories have 1022 names" in message
    assert "room for 1021" in message


def test_directories_are_named_when_the_store_is_made(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    with wasi_store({"guest": settings(directories={"data": tmp_path})}) as opened:
        assert opened.guest("guest", late=settings(directories={"data": tmp_path})).mapped()
        for late in ({"data": other}, {"more": tmp_path}):
            with pytest.raises(ConfigError, match="cannot be mapped any more"):
                opened.guest("guest", late=settings(directories=late))


def test_some_of_the_directories_may_be_left_out_later(tmp_path: Path) -> None:
    folders = {"data": tmp_path, "/data": tmp_path, "more": tmp_path}
    with wasi_store({"guest": settings(directories=folders)}) as opened:
        late = opened.guest("guest", late=settings(directories={"data": tmp_path}))
        assert late.mapped() == ["data"]


def test_a_64_bit_memory_is_refused() -> None:
    with wasi_store({"guest": settings()}) as opened:
        wasi = opened.wasi.prepare("guest", lambda _descriptor, _data: None, settings())
        memory = wasmtime.Memory(
            opened.store, wasmtime.MemoryType(wasmtime.Limits(1, None), is_64=True)
        )
        with pytest.raises(LinkError, match=r"'guest': its WASI.*64-bit"):
            wasi.attach(memory)
