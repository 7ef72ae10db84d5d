"""Records of loaded modules as dataclasses."""

import pickle
import pydoc
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Annotated, cast

import pytest

from runtime import ArgumentsError, CallError, Engine, NoSuchModule, Scalar, Service
from runtime.bound_modules.attribute_names import attribute_names
from runtime.interface.types import Field, RecordType
from tests.support.chains import Echo, echo_module
from tests.support.paths import FIXTURES

LEAF = RecordType("Leaf", (Field("flag", Scalar.BOOL), Field("data", Scalar.BYTE_ARRAY)))
PLANT = RecordType("Plant", (Field("leaf", LEAF), Field("class", Scalar.U8)))
GARDEN = (Echo("leaf", (LEAF,)), Echo("plant", (PLANT,)), Echo("R0", (Scalar.U8,)))
"""The records are called R0 and R1 in modules."""

ARRAYS = FIXTURES / "arrays" / "artifacts"


@pytest.fixture(params=Engine)
def service(request: pytest.FixtureRequest) -> Iterator[Service]:
    with Service(engine=request.param) as running:
        running.load("garden", echo_module(GARDEN))
        yield running


def test_records_in_results_are_instances_of_the_modules_classes(service: Service) -> None:
    garden = service.modules.garden
    grown = garden.plant({"leaf": {"flag": True, "data": [1, 2]}, "class": 3})
    assert grown == garden.R1(garden.R0_(True, b"\1\2"), class_=3)
    assert repr(grown) == "R1(leaf=R0(flag=True, data=b'\\x01\\x02'), class_=3)"
    assert type(grown) is garden.R1
    assert garden.plant(grown) == grown
    assert service.call("garden", "plant", [grown]) == {
        "leaf": {"flag": True, "data": b"\1\2"},
        "class": 3,
    }


def test_a_function_keeps_a_name_that_it_shares_with_a_record(service: Service) -> None:
    assert service.modules.garden.R0(5) == 5
    assert service.modules.garden.R0_.__doc__ == "data R0:\n  flag: bool\n  data: []u8"


def test_a_record_of_one_module_goes_into_another(service: Service) -> None:
    service.load("other", echo_module(GARDEN))
    leaf = service.modules.garden.leaf((True, b"x"))
    assert service.modules.other.leaf(leaf) == leaf
    assert service.modules.other.R0_ is service.modules.garden.R0_
    with Service() as another:
        another.load("garden", echo_module(GARDEN))
        assert type(another.modules.garden.leaf(leaf)) is type(leaf)


def test_results_outlive_their_service_and_its_process(service: Service) -> None:
    leaf = service.modules.garden.leaf((True, b"x"))
    service.close()
    assert pickle.loads(pickle.dumps(leaf)) == leaf


def test_a_record_of_the_wrong_kind_is_explained(service: Service) -> None:
    garden = service.modules.garden
    with pytest.raises(ArgumentsError, match="got an instance of R1, which lacks flag, data"):
        garden.leaf(garden.R1(garden.R0_(True, b""), 3))


def test_a_record_may_hold_arrays_of_itself() -> None:
    with Service(modules=[ARRAYS / "tree.wasm"]) as service:
        tree = service.modules.tree
        Tree = tree.Tree  # noqa: N806
        grown = Tree("root", [Tree("leaf", []), Tree("branch", [Tree("leaf", [])])])
        assert tree.echo_tree(grown) == grown
        assert tree.count(grown) == 4
        assert tree.count({"name": "root", "children": [Tree("leaf", [])]}) == 2


def test_help_shows_records_by_name_alone() -> None:
    with Service(modules=[ARRAYS / "tree.wasm"]) as service:
        tree = service.modules.tree
        assert "count(tree: Tree) -> int\n" in pydoc.plain(pydoc.render_doc(tree.count))
        of_class = pydoc.plain(pydoc.render_doc(tree.Tree))
        assert "Tree(name: str, children: list[Tree])" in of_class


def test_several_records_of_one_name_are_told_apart() -> None:
    first = RecordType("Same", (Field("x", Scalar.U8),))
    second = RecordType("Same", (Field("x", Scalar.U16),))
    again = RecordType("Same", (Field("x", Scalar.U8),))
    names = attribute_names(["f", "class", "class_"], [first, second, again])
    assert names.records == {"Same": first, "Same_": second}
    assert names.functions == {"f": "f", "class_2": "class", "class_": "class_"}


@dataclass(frozen=True)
class OwnLeaf:
    flag: bool
    data: bytes


@dataclass
class OwnPlant:
    class_: Annotated[int, Scalar.U8]
    leaf: OwnLeaf
    notes: list[str] = field(default_factory=list)


def test_dataclasses_of_the_callers_own_take_the_place_of_the_made_ones(service: Service) -> None:
    records = {"garden": {"R0_": OwnLeaf, "R1": OwnPlant}}
    garden = service.modules_with(records=records).garden
    plant = garden.plant(((True, b"x"), 3))
    assert plant == OwnPlant(3, OwnLeaf(True, b"x"), [])
    assert garden.plant(plant) == plant
    assert garden.R1 is OwnPlant
    assert service.modules.garden.plant(plant) != plant
    assert garden.plant.__annotations__["return"] is OwnPlant


def own(**annotations: object) -> type:
    return dataclass(type("Own", (), {"__annotations__": annotations}))


@pytest.mark.parametrize(
    ("name", "cls", "problem"),
    [
        ("R0_", own(flag=bool), "Own cannot stand for record R0_ .*: it lacks the field data"),
        ("R0_", own(), "it lacks the fields flag, data"),
        ("R0_", own(flag=bool, data=bytes, x=int), "the record has no field x"),
        ("R0_", own(flag=bool, data=str), "its field data must have the type bytes, not str"),
        ("R0_", own(flag=bool, data="Missing"), "its annotations cannot be read: .*'Missing'"),
        ("R1", own(leaf=OwnLeaf, class_=int), "its field leaf must have the type R0, not OwnLeaf"),
        ("R0_", int, "int cannot stand for .* it is no dataclass"),
        ("R0_", OwnLeaf(True, b""), "it is no dataclass"),
        ("R0", OwnLeaf, "module 'garden' has no record 'R0'; did you mean 'R0_'"),
    ],
)
def test_a_dataclass_that_does_not_fit_is_refused_at_once(
    service: Service, name: str, cls: object, problem: str
) -> None:
    records = {"garden": {name: cast("type", cls)}}
    with pytest.raises(CallError, match=problem):
        service.modules_with(records=records)


@pytest.mark.parametrize("records", [OwnLeaf, {"R0_": OwnLeaf}, [OwnLeaf], {"garden": ["R0_"]}])
def test_records_without_the_names_of_modules_are_refused(
    service: Service, records: dict[str, dict[str, type]]
) -> None:
    with pytest.raises(CallError, match=r"by the names of a module and a record, such as .*, got"):
        service.modules_with(records=records)


def test_records_of_a_module_that_there_is_not_are_refused(service: Service) -> None:
    with pytest.raises(NoSuchModule, match="'gardn' is loaded; did you mean 'garden'"):
        service.modules_with(records={"gardn": {"R0_": OwnLeaf}})
