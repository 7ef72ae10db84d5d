"""The text of `marine stubs`, whatever names modules choose."""

import ast
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import ModuleType

from hypothesis import given
from hypothesis import strategies as st

from mrepl.marine.stubs_text import stubs_text
from runtime import (
    ArrayType,
    Field,
    FunctionInterface,
    InterfaceType,
    ModuleInterface,
    RecordType,
    Scalar,
    Signature,
)
from runtime.bound_modules.attribute_names import attribute_names
from runtime.bound_modules.own_records import record_classes
from runtime.interface.types import records_of
from tests.support.random_sections import texts

names = texts | st.sampled_from(
    [
        *('"""', "'''", '"""\nimport os\n"""', "# \nimport os", "f(self):\n    import os\n", "\\"),
        *("self", "class", "None", "int", "str", "bool", "bytes", "float", "list", "property"),
        *("Sequence", "BytesLike", "Modules", "RECORDS", "modules_of", "object", "type", "Record"),
        *("_", "__init__", "1", "a b", "a_b", "名前", "ﬁ", "fi", "greeting", "Greeting"),
    ]
)


def _types(records: Sequence[RecordType]) -> st.SearchStrategy[InterfaceType]:
    return st.recursive(
        st.sampled_from([*records, *Scalar]), lambda inner: inner.map(ArrayType), max_leaves=2
    )


def _fields(types: st.SearchStrategy[InterfaceType]) -> st.SearchStrategy[list[Field]]:
    return st.lists(st.builds(Field, names, types), max_size=4, unique_by=lambda f: f.name)


@st.composite
def interfaces(draw: st.DrawFn) -> list[ModuleInterface]:
    """A few modules that share some of their records."""
    records: list[RecordType] = []
    for name in draw(st.lists(names, max_size=4)):
        record = RecordType(name)
        itself = [Field("itself", ArrayType(record))] if draw(st.booleans()) else []
        record.fields = (*draw(_fields(_types(records))), *itself)
        records.append(record)
    types = _types(records)
    functions = st.lists(
        st.builds(
            FunctionInterface,
            names,
            st.builds(Signature, _fields(types).map(tuple), st.none() | types),
        ),
        max_size=4,
        unique_by=lambda f: f.name,
    )
    modules = []
    for name in draw(st.lists(names, max_size=3, unique=True)):
        offered = tuple(draw(functions))
        reachable = records_of(function.signature for function in offered)
        modules.append(ModuleInterface(name, offered, reachable))
    return modules


@contextmanager
def _imported(text: str) -> Iterator[ModuleType]:
    module = ModuleType("written_service_types")
    sys.modules[module.__name__] = module  # dataclasses and annotations look there
    try:
        exec(compile(text, "service_types.py", "exec"), module.__dict__)
        yield module
    finally:
        del sys.modules[module.__name__]


@given(interfaces(), names)
def test_names_of_modules_never_become_statements(
    interfaces: list[ModuleInterface], config: str
) -> None:
    written = ast.parse(stubs_text(interfaces, config=config))
    about, *rest = written.body
    assert isinstance(about, ast.Expr)
    assert isinstance(about.value, ast.Constant)
    imported = {each.module for each in rest if isinstance(each, ast.ImportFrom)}
    assert imported <= {"__future__", "collections.abc", "dataclasses", "typing", "runtime"}
    for statement in rest:
        assert isinstance(
            statement,
            ast.ImportFrom | ast.ClassDef | ast.Assign | ast.AnnAssign | ast.FunctionDef,
        )
        if isinstance(statement, ast.ClassDef):
            _check_members(statement)


def _check_members(written: ast.ClassDef) -> None:
    for member in written.body:
        match member:
            case ast.Expr(ast.Constant(str())) | ast.AnnAssign(value=None):
                pass
            case ast.FunctionDef(body=[ast.Expr(ast.Constant(str())), ast.Expr(ast.Constant())]):
                pass
            case _:
                raise AssertionError(ast.unparse(member))


@given(interfaces())
def test_every_record_has_a_dataclass_with_its_fields(interfaces: list[ModuleInterface]) -> None:
    with _imported(stubs_text(interfaces, config="Config.toml")) as written:
        assert set(written.RECORDS) == {each.name for each in interfaces if each.records}
        for interface in interfaces:
            functions = [function.name for function in interface.functions]
            records = attribute_names(functions, interface.records).records
            # It raises CallError where a class does not fit.
            record_classes(records, written.RECORDS.get(interface.name, {}), module=interface.name)
            assert set(written.RECORDS.get(interface.name, {})) == set(records)


def _nested(levels: int) -> InterfaceType:
    nested: InterfaceType = Scalar.U8
    for _ in range(levels):
        nested = ArrayType(nested)
    return nested


@given(st.integers(70, 90) | st.integers(900, 1024))
def test_arrays_may_nest_as_deep_as_modules_may_nest_them(levels: int) -> None:
    nested = _nested(levels)
    function = FunctionInterface("f", Signature((Field("x", nested),), nested))
    with _imported(stubs_text([ModuleInterface("deep", (function,), ())], config="Config.toml")):
        pass
