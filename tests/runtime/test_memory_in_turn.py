"""Three modules that grow in turn, from outside and from inside calls: exact to the page."""

import random
from pathlib import Path

import pytest

from runtime import Engine, ModuleConfig, Service, ServiceConfig
from tests.support.modules import ABI, extern_item, function_item, module

PAGE = 65_536
FIRST = 4  # pages of each
LIMIT = 64
OWN_LIMIT = 20

GROW = [("pages", "U32")]
_OWN = """
  (table $table 1 funcref)
  (func $grow (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
  (func (export "grow_table") (param i32) (result i32)
    (table.grow $table (ref.null func) (local.get 0)))"""
_ITEMS = [function_item("grow", GROW, "I32"), function_item("grow_table", GROW, "I32")]


def importer(other: str) -> bytes:
    """A module that also grows another in the middle of its own growth."""
    return module(
        f"""(module (import "{other}" "grow" (func $other (param i32) (result i32))) {ABI} {_OWN}
          (func (export "grow_both") (param i32) (result i32)
            (drop (call $grow (local.get 0)))
            (drop (call $other (local.get 0)))
            (call $grow (local.get 0))))""",
        [
            extern_item(other, ("grow", GROW, "I32")),
            *_ITEMS,
            function_item("grow_both", GROW, "I32"),
        ],
    )


class Model:
    """How many pages each module has, and what was rejected."""

    def __init__(self) -> None:
        self.pages = dict.fromkeys("abc", FIRST)
        self.rejected = 0

    def grow(self, name: str, by: int) -> int:
        """What `memory.grow` gives."""
        before = self.pages[name]
        if name == "b" and before + by > OWN_LIMIT:
            return -1  # at its own limit it never asks the service
        if sum(self.pages.values()) + by > LIMIT:
            self.rejected += 1
            return -1
        self.pages[name] += by
        return before

    def grow_both(self, name: str, by: int) -> int:
        self.grow(name, by)
        self.grow({"b": "a", "c": "b"}[name], by)
        return self.grow(name, by)


@pytest.mark.parametrize("engine", Engine)
@pytest.mark.parametrize("seed", range(3))
def test_three_modules_share_the_limit_to_the_page(
    tmp_path: Path, engine: Engine, seed: int
) -> None:
    draw = random.Random(seed)
    modules = []
    alone = module(f"(module {ABI} {_OWN})", _ITEMS)
    for name, wasm in (("a", alone), ("b", importer("a")), ("c", importer("b"))):
        path = tmp_path / f"{name}.wasm"
        path.write_bytes(wasm)
        limit = OWN_LIMIT * PAGE if name == "b" else None
        modules.append(ModuleConfig(name, path, max_memory=limit))
    config = ServiceConfig(tuple(modules), total_memory_limit=LIMIT * PAGE)
    model = Model()
    with Service(config, engine=engine) as service:
        for _ in range(150):
            by = draw.choice([0, 1, 1, 2, 3, 7, LIMIT])
            name = draw.choice("abc")
            function = draw.choice(["grow", "grow_both"] if name != "a" else ["grow"])
            grow = model.grow if function == "grow" else model.grow_both
            assert service.call(name, function, [by]) == grow(name, by)
            service.call(name, "grow_table", [by])  # tables do not count
            statistics = service.statistics()
            assert {
                each.name: each.memory_bytes // PAGE for each in statistics.modules
            } == model.pages
            assert statistics.rejected_allocations == model.rejected
        assert sum(model.pages.values()) == LIMIT
        assert model.rejected
        # Nothing was kept back, nothing given twice: the first page too many is refused.
        assert service.call("a", "grow", [1]) == -1
