"""The dataclasses that are made of records."""

import copy
import gc
import inspect
import pickle
import subprocess
import sys
import threading
from dataclasses import FrozenInstanceError, astuple, fields, replace
from typing import get_type_hints

import pytest

from runtime.errors import CallError
from runtime.interface.types import ArrayType, Field, InterfaceType, RecordType, Scalar
from runtime.python_types.record_classes import record_class


def record(name: str, **types: InterfaceType) -> RecordType:
    return RecordType(name, tuple(Field(field, kind) for field, kind in types.items()))


def pair() -> RecordType:
    return record("Pair", number=Scalar.U8, text=Scalar.STRING)


def tree() -> RecordType:
    made = RecordType("Tree")
    made.fields = (Field("name", Scalar.STRING), Field("children", ArrayType(made)))
    return made


def test_a_class_looks_like_one_written_by_hand() -> None:
    Pair = record_class(pair())  # noqa: N806
    assert Pair.__name__ == "Pair"
    assert repr(Pair(1, "x")) == "Pair(number=1, text='x')"
    assert Pair(1, "x") == Pair(number=1, text="x")
    assert Pair(1, "x") != Pair(2, "x")
    assert hash(Pair(1, "x")) == hash(Pair(1, "x"))
    assert str(inspect.signature(Pair)) == "(number: int, text: str) -> None"
    assert vars(Pair)["__match_args__"] == ("number", "text")
    assert get_type_hints(Pair) == {"number": int, "text": str}
    assert [(field.name, field.type) for field in fields(Pair)] == [("number", int), ("text", str)]
    assert Pair.__doc__ == "data Pair:\n  number: u8\n  text: string"
    assert astuple(replace(Pair(1, "x"), text="y")) == (1, "y")


def test_a_subclass_shows_the_signature_of_the_method_that_it_is_made_by() -> None:
    made = record_class(pair())

    class WithItsOwn(made):  # type: ignore[misc, valid-type]
        def __init__(self, only: int) -> None:
            super().__init__(only, "x")

    class WithThat(made):  # type: ignore[misc, valid-type]
        pass

    assert str(inspect.signature(WithItsOwn)) == "(only: int) -> None"
    assert inspect.signature(WithThat) == inspect.signature(made)


def test_instances_are_frozen_and_have_slots() -> None:
    value = record_class(pair())(1, "x")
    with pytest.raises(FrozenInstanceError):
        value.number = 2
    with pytest.raises(FrozenInstanceError):
        value.other = 2
    assert not hasattr(value, "__dict__")


def test_fields_are_annotated_with_python_types() -> None:
    leaf = record("Leaf", flag=Scalar.BOOL)
    made = record_class(
        record(
            "All",
            octets=Scalar.BYTE_ARRAY,
            also_octets=ArrayType(Scalar.U8),
            blocks=ArrayType(Scalar.BYTE_ARRAY),
            number=Scalar.S64,
            real=Scalar.F32,
            leaf=leaf,
            leaves=ArrayType(ArrayType(leaf)),
        )
    )
    assert get_type_hints(made) == {
        "octets": bytes,
        "also_octets": bytes,
        "blocks": list[bytes],
        "number": int,
        "real": float,
        "leaf": record_class(leaf),
        "leaves": list[list[record_class(leaf)]],  # type: ignore[misc]
    }


def test_records_of_the_same_name_and_structure_have_one_class() -> None:
    kept = record_class(pair())
    assert record_class(pair()) is kept
    assert record_class(record("Other", number=Scalar.U8, text=Scalar.STRING)) is not kept
    assert record_class(record("Pair", number=Scalar.U16, text=Scalar.STRING)) is not kept
    assert record_class(record("Pair", text=Scalar.STRING, number=Scalar.U8)) is not kept
    within = record("Outer", pair=pair())
    assert get_type_hints(record_class(within)) == {"pair": kept}


def test_a_record_may_hold_arrays_of_itself() -> None:
    Tree = record_class(tree())  # noqa: N806
    assert record_class(tree()) is Tree
    assert get_type_hints(Tree) == {"name": str, "children": list[Tree]}  # type: ignore[valid-type]
    grown = Tree("root", [Tree("leaf", [])])
    assert repr(grown) == "Tree(name='root', children=[Tree(name='leaf', children=[])])"
    assert pickle.loads(pickle.dumps(grown)) == grown


def test_records_that_hold_arrays_of_each_other_agree_about_their_classes() -> None:
    def two() -> tuple[RecordType, RecordType]:
        first, second = RecordType("First"), RecordType("Second")
        first.fields = (Field("seconds", ArrayType(second)),)
        second.fields = (Field("firsts", ArrayType(first)),)
        return first, second

    First = record_class(two()[0])  # noqa: N806
    Second = record_class(two()[1])  # noqa: N806
    assert get_type_hints(First) == {"seconds": list[Second]}  # type: ignore[valid-type]
    assert get_type_hints(Second) == {"firsts": list[First]}  # type: ignore[valid-type]


def test_names_that_python_does_not_allow_are_changed() -> None:
    odd = RecordType(
        "my-record",
        tuple(Field(name, Scalar.U8) for name in ("class", "__class__", "self", "a b", "x", "x")),
    )
    made = record_class(odd)
    assert made.__name__ == "my_record"
    names = [field.name for field in fields(made)]
    assert names == ["class_", "class__", "self", "a_b", "x", "x_"]
    assert astuple(made(*range(6))) == (0, 1, 2, 3, 4, 5)
    assert made(*range(6)).__class__ is made


@pytest.mark.parametrize("count", [0, 1, 400])
def test_a_record_may_have_any_number_of_fields(count: int) -> None:
    made = record_class(record("Wide", **{f"f{index}": Scalar.U32 for index in range(count)}))
    value = made(*range(count))
    assert astuple(value) == tuple(range(count))
    assert pickle.loads(pickle.dumps(value)) == value
    assert copy.deepcopy(value) == value


def test_records_may_nest_deeply() -> None:
    inner = record("L0", text=Scalar.STRING)
    for level in range(1, 600):
        inner = record(f"L{level}", inner=inner)
    assert record_class(inner).__name__ == "L599"


def test_too_many_records_in_one_are_refused() -> None:
    inner = record("L0", text=Scalar.STRING)
    for level in range(1, 1_001):
        inner = record(f"L{level}", inner=ArrayType(inner))
    with pytest.raises(CallError, match="record L1000: 1001 records are in it"):
        record_class(inner)


def test_what_comes_out_of_a_pickle_is_of_the_same_class() -> None:
    Pair = record_class(pair())  # noqa: N806
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        assert type(pickle.loads(pickle.dumps(Pair(1, "x"), protocol))) is Pair
    assert type(copy.copy(Pair(1, "x"))) is Pair


def test_another_process_can_read_a_pickle() -> None:
    stored = pickle.dumps([record_class(tree())("root", []), record_class(pair())(1, "x")])
    program = "import pickle, sys; print(pickle.load(sys.stdin.buffer))"
    command = [sys.executable, "-c", program]
    read = subprocess.run(command, input=stored, stdout=subprocess.PIPE, check=True)
    assert read.stdout == b"[Tree(name='root', children=[]), Pair(number=1, text='x')]\n"


def test_classes_that_nobody_uses_are_given_up() -> None:
    def count() -> int:
        gc.collect()
        return sum(
            isinstance(each, type) and each.__name__ == "Ephemeral" for each in gc.get_objects()
        )

    made = record_class(record("Ephemeral", x=Scalar.U8))
    assert count() == 1
    del made
    assert count() == 0


def test_threads_that_ask_at_once_get_the_same_class() -> None:
    start = threading.Barrier(8)
    found: list[type] = []

    def ask() -> None:
        wide = record("Asked", **{f"f{index}": Scalar.U32 for index in range(100)})
        start.wait()
        found.append(record_class(wide))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1
