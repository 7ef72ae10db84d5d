"""What `marine stubs` calls the records and modules of a service."""

import re

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
from runtime.interface.types import records_of


def _module(name: str, *results: InterfaceType) -> ModuleInterface:
    functions = tuple(
        FunctionInterface(f"give_{number}", Signature((), result))
        for number, result in enumerate(results)
    )
    return ModuleInterface(name, functions, records_of(each.signature for each in functions))


def _data(field: str, name: str = "Data") -> RecordType:
    return RecordType(name, (Field(field, Scalar.U8),))


def _classes(*modules: ModuleInterface) -> list[str]:
    text = stubs_text(modules, config="Config.toml")
    return re.findall(r"^class (\w+)", text, re.MULTILINE)


def test_a_record_that_two_modules_have_is_one_class() -> None:
    first, second = _module("first", _data("a")), _module("second", _data("a"))
    assert _classes(first, second) == ["Data", "First", "Second", "Modules"]
    text = stubs_text([first, second], config="Config.toml")
    assert '    """Record Data of first and second."""\n\n    a: int  # u8\n' in text
    assert text.count('        "Data": Data,\n') == 2


def test_different_records_of_one_name_are_called_by_their_modules_too() -> None:
    modules = [_module("first_one", _data("a")), _module("second", _data("b"))]
    assert _classes(*modules) == ["FirstOneData", "SecondData", "FirstOne", "Second", "Modules"]
    assert '        "Data": SecondData,\n' in stubs_text(modules, config="Config.toml")


def test_records_that_hold_different_records_of_one_name_are_different() -> None:
    first, second = (
        _module(name, RecordType("Outer", (Field("inner", ArrayType(_data(name))),)))
        for name in ("first", "second")
    )
    assert _classes(first, second)[:4] == [
        "FirstData",
        "FirstOuter",
        "SecondData",
        "SecondOuter",
    ]


def test_different_records_of_one_name_in_one_module_have_a_class_each() -> None:
    module = _module("first", _data("a"), _data("b"))
    assert _classes(module) == ["FirstData", "FirstData_", "First", "Modules"]
    text = stubs_text([module], config="Config.toml")
    assert '        "Data": FirstData,\n        "Data_": FirstData_,\n' in text


def test_a_module_that_is_named_as_a_record_is_called_a_module() -> None:
    module = _module("greeting", _data("a", "Greeting"))
    assert _classes(module) == ["Greeting", "GreetingModule", "Modules"]


def test_records_do_not_take_the_names_that_the_file_needs() -> None:
    records = [_data("a", name) for name in ("Modules", "int", "Service", "class", "1", "_Hidden")]
    assert _classes(_module("m", *records)) == [
        *("Modules_", "int_", "Service_", "class_", "Record1", "Hidden", "M", "Modules"),
    ]


def test_modules_of_nearly_the_same_name_have_different_classes_and_properties() -> None:
    modules = [_module("a_b"), _module("a-b"), _module("A b")]
    assert _classes(*modules) == ["AB", "ABModule", "ABModule_", "Modules"]
    text = stubs_text(modules, config="Config.toml")
    properties = re.findall(r"@property\n    def (\w+)\(self\) -> (\w+):", text)
    assert properties == [("a_b", "AB"), ("a_b_", "ABModule"), ("A_b", "ABModule_")]


def test_a_field_that_is_named_as_a_type_does_not_hide_it() -> None:
    record = RecordType(
        "Data", (Field("int", Scalar.STRING), Field("n", Scalar.U8), Field("type", Scalar.BOOL))
    )
    text = stubs_text([_module("m", record)], config="Config.toml")
    assert "    int: str\n    n: _int  # u8\n    type: bool\n" in text
    assert "\n_int = int\n" in text
