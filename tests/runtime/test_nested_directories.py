"""A directory in one that modules see may have been replaced by a link that one of them made."""

from collections.abc import Callable
from pathlib import Path

import pytest

from runtime import ConfigError, ModuleConfig, Service, ServiceConfig, WasiConfig
from tests.support.running import GREETING

Mapping = Callable[[Path, Path], ServiceConfig]


def of_two_modules(outer: Path, inner: Path) -> ServiceConfig:
    configs = [
        ModuleConfig(name, GREETING, wasi=WasiConfig(mapped_dirs={"data": path}))
        for name, path in (("a", outer), ("b", inner))
    ]
    return ServiceConfig(tuple(configs))


def of_one_module(outer: Path, inner: Path) -> ServiceConfig:
    wasi = WasiConfig(mapped_dirs={"inner": inner}, preopened={"outer": outer})
    return ServiceConfig((ModuleConfig("b", GREETING, wasi=wasi),))


both = pytest.mark.parametrize("mapping", [of_two_modules, of_one_module])


@both
@pytest.mark.parametrize("target", ["../outside", "{}/outside", "..", "/", "other"])
@pytest.mark.parametrize("below", ["", "new/er"])
def test_a_link_out_of_the_outer_directory_is_refused_and_nothing_made_behind_it(
    tmp_path: Path, mapping: Mapping, target: str, below: str
) -> None:
    outer = tmp_path / "outer"
    outer.mkdir()
    (tmp_path / "outside").mkdir()
    (outer / "other").symlink_to("../outside")
    (outer / "inner").symlink_to(target.format(tmp_path))
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(ConfigError, match=r"module 'b': .*inner.* leads out of .*outer"):
        Service(mapping(outer, outer / "inner" / below))
    assert sorted(tmp_path.rglob("*")) == before


@both
def test_a_link_that_stays_in_the_outer_directory_is_followed(
    tmp_path: Path, mapping: Mapping
) -> None:
    outer = tmp_path / "outer"
    (outer / "other").mkdir(parents=True)
    (outer / "inner").symlink_to("other")
    with Service(mapping(outer, outer / "inner")):
        pass


@both
def test_a_link_in_a_circle_is_refused(tmp_path: Path, mapping: Mapping) -> None:
    outer = tmp_path / "outer"
    outer.mkdir()
    (outer / "inner").symlink_to("inner")
    with pytest.raises(ConfigError, match=r"module 'b': .*inner"):
        Service(mapping(outer, outer / "inner"))


def test_links_on_the_way_to_both_directories_are_the_users_own(tmp_path: Path) -> None:
    (tmp_path / "real" / "outer" / "inner").mkdir(parents=True)
    (tmp_path / "link").symlink_to("real")
    with Service(of_two_modules(tmp_path / "link/outer", tmp_path / "link/outer/inner")):
        pass
    (tmp_path / "elsewhere").symlink_to("/")
    with Service(of_two_modules(tmp_path / "real/outer", tmp_path / "elsewhere/tmp")):
        pass
