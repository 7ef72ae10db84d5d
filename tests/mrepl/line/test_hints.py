import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrepl.line.hints import Piece, fitted, hint
from tests.support.offers import OFFER


def _text(pieces: tuple[Piece, ...]) -> str:
    """The hint, with `*` around what is marked."""
    return "".join(f"*{piece.text}*" if piece.is_current else piece.text for piece in pieces)


def _hint(before: str) -> str:
    return _text(hint(before, OFFER))


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ("", ""),
        ("nonsense ", ""),
        ("load ", "load *<name>* <path>   under which other modules import it"),
        ("set timeout ", "set [name] *[value]*   seconds or none"),
        ("set nonsense ", "set [name] *[value]*   its new value"),
        ("load x pa", "load <name> *<path>*   its .wasm file"),
        ("call people greet", "greet(name: string, loud: bool) -> string"),
        ("call people greet ", "greet(name: string, loud: bool) -> string"),
        ("call people greet [", "greet(*name: string*, loud: bool) -> string"),
        ('call people greet ["x', "greet(*name: string*, loud: bool) -> string"),
        ('call people greet ["x",', "greet(name: string, *loud: bool*) -> string"),
        ('call people greet {"loud": ', "greet(name: string, *loud: bool*) -> string"),
        ("call people add ", "add(*age: u8*)"),
        ("bench people add [", "add(*age: u8*)"),
        ("bench people add [1] --fail-above ", "--fail-above *<time>*   such as 50us, 1.5ms"),
        ("bench people add --w", "--warmup <calls>   make so many calls before"),
        ("bench people add --", "--time --warmup --vs "),
        ("unload people", "unload *<module>*   the name of a loaded module"),
        ("unload people ", "unload <module> [--force]   unload a module"),
        ("call people greet [1, 2, 3", "greet(name: string, loud: bool) -> string"),
        ("call nobody greet [", "call <module> <func>"),
    ],
)
def test_the_hint_marks_what_is_being_typed(before: str, expected: str) -> None:
    assert _hint(before).startswith(expected)
    assert bool(_hint(before)) == bool(expected)


def test_inside_a_record_its_fields_are_shown_too() -> None:
    record = "Person {name: string, *age: u8*, is_known: bool, address: Address}"
    expected = f"describe(*person: Person*) -> string   {record}"
    assert _hint('call people describe [{"name": "x", "age": ') == expected
    assert _hint('call people describe [["x", 3') == expected


def test_of_nested_records_the_innermost_is_shown() -> None:
    before = 'call people invite [[{"name": "x"}, {"address": {"number": '
    assert _hint(before) == "invite(*people: []Person*)   Address {street: string, *number: u16*}"


def test_between_two_fields_none_is_marked() -> None:
    assert _hint('call people describe [{"name": "x", ').endswith(
        "Person {" + ("name: string, age: u8, is_known: bool, address: Address}")
    )


def test_call_parameters_have_a_hint_of_their_own() -> None:
    assert _hint('call people ping [] {"host_id": "').startswith("CallParameters {particle: ")
    assert "*host_id: string*" in _hint('call people ping [] {"host_id": "')
    assert "*ttl: u32*" in _hint('call people ping [] {"particle": {"ttl": ')


@given(
    st.lists(st.builds(Piece, st.text("ab", max_size=9), st.booleans()), max_size=9).map(tuple),
    st.integers(1, 40),
)
def test_a_hint_is_made_to_fit(pieces: tuple[Piece, ...], width: int) -> None:
    shown = fitted(pieces, width)
    assert sum(len(piece.text) for piece in shown) <= width
    if sum(len(piece.text) for piece in pieces) <= width:
        assert shown == pieces


def test_what_is_marked_stays_in_sight() -> None:
    pieces = hint("call people describe [[1, 2, true, [", OFFER)
    assert _text(fitted(pieces, 40)) == "…Address {*street: string*, number: u16}"
    assert _text(fitted(pieces, 20)) == "…*street: string*, nu…"
