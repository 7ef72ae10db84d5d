import json
from dataclasses import replace
from pathlib import Path

import pytest

from mrepl.commands import COMMANDS
from mrepl.completion.completion import Completion
from mrepl.completion.completions import completions
from runtime import Engine
from tests.support.offers import OFFER


def _found(line: str) -> tuple[Completion, ...]:
    """The completions where `|` stands in the line."""
    before, _, after = line.partition("|")
    return completions(before, after, OFFER)


def _shown(line: str) -> list[str]:
    return [completion.shown for completion in _found(line)]


def _completed(line: str) -> str:
    """The line after its only completion, with `|` where the cursor is then."""
    before, _, after = line.partition("|")
    (completion,) = _found(line)
    text = f"{before[: completion.start]}{completion.text}"
    cursor = len(text) - completion.back
    return f"{text[:cursor]}|{text[cursor:]}{after}"


def test_an_empty_line_begins_with_any_command() -> None:
    assert _shown("|") == [command.name for command in COMMANDS]


@pytest.mark.parametrize(
    ("line", "completed"),
    [
        ("cal|", "call |"),
        ("qui|", "quit|"),
        ("call peo|", "call people |"),
        ("c peo|", "c people |"),
        ("call peo| greet", "call people| greet"),
        ("call PEO|", "call people |"),
        ("call my|", 'call "my module" |'),
        ('call "my|', 'call "my module" |'),
        ("call 'my|", "call 'my module' |"),
        ("call people desc|", "call people describe |"),
        ("call people vite|", "call people invite |"),
        ("call -nr people pi|", "call -nr people ping |"),
        ('call "my module" r|', 'call "my module" run |'),
        ("envs peo|", "envs people|"),
        ("set sty|", "set style |"),
        ("set engine int|", "set engine interp|"),
        ("unload people |", "unload people --force |"),
        ("unload people -|", "unload people --force |"),
        ("bench people ping --exp|", "bench people ping --export |"),
        ("bench people ping --export sv|", "bench people ping --export svg |"),
        ("trace people greet --adapter my|", 'trace people greet --adapter "my module.run" |'),
        ("interface --type Pe|", "interface --type Person |"),
        ("bench people ping --vs |", "bench people ping --vs interp |"),
    ],
)
def test_words_are_completed(line: str, completed: str) -> None:
    assert _completed(line) == completed


_PERSON = '{"name": "|", "age": 0, "is_known": false, "address": {"street": "", "number": 0}}'


@pytest.mark.parametrize(
    ("line", "completed"),
    [
        ("call people greet |", 'call people greet ["|", false]'),
        ("call people add |", "call people add [0|]"),
        ("call people sum |", "call people sum [[|], []]"),
        ("call people ping |", "call people ping []|"),
        ("call people describe |", f"call people describe [{_PERSON}]"),
        ("call people greet [|", 'call people greet ["|"'),
        ("call people invite [|", "call people invite [[|]"),
        ("call people invite [[|", f"call people invite [[{_PERSON}"),
        ("call people sum [[1, |", "call people sum [[1, 0|"),
        ('call people greet ["x"|', 'call people greet ["x", |'),
        ('call people greet ["x", t|', 'call people greet ["x", true|'),
        ('call people greet ["x", true|', 'call people greet ["x", true]|'),
        ('call people describe [{"na|', 'call people describe [{"name": |'),
        ("call people describe [{na|", 'call people describe [{"name": |'),
        (
            'call people describe [{"name": "x", "ag|',
            'call people describe [{"name": "x", "age": |',
        ),
        (
            'call people describe [{"address": {"n|',
            'call people describe [{"address": {"number": |',
        ),
        ('call people greet {"l|', 'call people greet {"loud": |'),
        ('call people ping [] {"host|', 'call people ping [] {"host_id": |'),
        ('call people ping [] {"particle": {"tt|', 'call people ping [] {"particle": {"ttl": |'),
        ("call people ping [] |", "call people ping [] {|}"),
        ("trace people ad|", "trace people add |"),
        ("bench people add |", "bench people add [0|]"),
    ],
)
def test_arguments_are_completed_by_their_types(line: str, completed: str) -> None:
    assert _completed(line) == completed


def test_an_array_of_arguments_is_shown_with_names_and_types() -> None:
    assert _shown("call people greet |") == ['["name": string, "loud": bool]']


def test_functions_are_shown_with_their_signatures() -> None:
    (completion,) = _found("call people gr|")
    assert completion.about == "(name: string, loud: bool) -> string"


def test_truth_values_are_offered_where_one_is_wanted() -> None:
    assert _shown('call people greet ["x", |') == ["true", "false"]


def test_fields_that_are_there_are_not_offered_again() -> None:
    assert _shown('call people describe [{"age": 3, |') == ["name", "is_known", "address"]
    assert _shown('call people describe [{"age": 3, "a|') == ["address"]


def test_a_record_may_be_an_array_of_its_fields() -> None:
    assert _shown('call people describe [["x", 3, |') == ["true", "false"]


def test_an_object_with_all_its_fields_ends() -> None:
    assert _shown('call people greet {"name": "x", "loud": true|') == ["}"]


def test_the_last_result_is_offered_once_there_is_one() -> None:
    offer = replace(OFFER, has_last_result=True)
    assert [each.text for each in completions("call people add ", "", offer)] == ["[0]", "_"]
    assert [each.text for each in completions("call people add [", "", offer)] == ["0", "_"]


@pytest.mark.parametrize(
    "line",
    [
        'call people greet "|',
        'call people greet ["x|',
        "call people add [1,]|",
        "envs people |",
        "call nobody |",
        "call people nothing [|",
        "nonsense |",
        "set nonsense |",
        "load |",
        'call people greet ["x"|, true]',
        'call people greet {"name": "x", "loud": true|}',
        "new nowhere/at/all/|",
        "new ~nobody-has-this-name/|",
        "new a\0b/|",
    ],
)
def test_nothing_is_offered_where_nothing_is_known(line: str) -> None:
    assert _found(line) == ()


def test_skeletons_are_valid_json() -> None:
    (module, _) = OFFER.modules
    for function in module.functions:
        (completion,) = _found(f"call people {function.name} |")
        assert len(json.loads(completion.text)) == len(function.signature.parameters)


def test_names_that_cannot_be_typed_are_not_offered() -> None:
    (module, *_) = OFFER.modules
    offer = replace(OFFER, modules=(replace(module, name="a\x1b[31m"), module))
    assert [each.shown for each in completions("call ", "", offer)] == ["people"]


def test_types_are_the_records_scalars_and_arrays_that_occur() -> None:
    assert _shown("interface --type |") == [
        "Address",
        "Person",
        "[]Person",
        "[]u64",
        "[]u8",
        "bool",
        "string",
        "u16",
        "u64",
        "u8",
    ]


def test_an_experiment_is_compared_with_the_other_engine_or_a_module_with_the_function() -> None:
    people = OFFER.modules[0]
    others = (replace(people, name="friends"), replace(people, name="none", functions=()))
    offer = replace(OFFER, modules=(people, *others), engine=Engine.INTERP)
    found = completions("bench people ping [] --vs ", "", offer)
    assert [each.shown for each in found] == ["fused", "friends"]


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "sub dir").mkdir()
    (tmp_path / "sub dir" / "inner.json").touch()
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules" / "a.wasm").touch()
    (tmp_path / "modules" / "b.wasm").touch()
    (tmp_path / "Config.toml").touch()
    (tmp_path / ".hidden.toml").touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("files")
@pytest.mark.parametrize(
    ("line", "completed"),
    [
        ("new C|", "new Config.toml|"),
        ("new .h|", "new .hidden.toml|"),
        ("new mod|", "new modules/|"),
        ("load a modules/a|", "load a modules/a.wasm|"),
        ("new sub|", 'new "sub dir/|'),
        ('new "sub dir/i|', 'new "sub dir/inner.json"|'),
        ("new 'sub dir/i|", "new 'sub dir/inner.json'|"),
        ("call people greet @C|", "call people greet @Config.toml |"),
        ('call people greet @"sub dir/i|', 'call people greet @"sub dir/inner.json" |'),
    ],
)
def test_paths_are_completed(line: str, completed: str) -> None:
    assert _completed(line) == completed


@pytest.mark.usefixtures("files")
def test_files_are_offered_in_order_and_hidden_ones_when_asked_for() -> None:
    assert _shown("save |") == ["Config.toml", "modules/", "sub dir/"]
    assert _shown("load a modules/|") == ["a.wasm", "b.wasm"]


def test_files_that_a_command_takes_are_offered_and_others_only_without_them(files: Path) -> None:
    (files / "modules" / "notes.json").touch()
    assert _shown("new |") == ["Config.toml", "modules/", "sub dir/"]
    assert _shown("load a |") == ["modules/", "sub dir/"]
    assert _shown("load a modules/|") == ["a.wasm", "b.wasm"]
    assert _shown("load a modules/n|") == ["notes.json"]
    assert _shown("call people greet @modules/|") == ["notes.json"]
    assert _shown("call people greet @C|") == ["Config.toml"]


def test_paths_in_the_home_directory_are_completed(
    files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(files))
    assert _completed("new ~/C|").startswith("new ~/Config.toml")


def test_pages_of_the_guide_are_offered_with_their_titles() -> None:
    assert _completed("help gui|") == "help guide |"
    assert _completed("help guide secu|") == "help guide security|"
    assert _completed("help set edi|") == "help set editing|"
    (completion,) = _found("help secu|")
    assert completion.about == "What a module can and cannot do"
    assert _shown("help call|") == ["call"]
    assert "call" in _shown("help guide |")
