"""The two engines at the shell: `--engine`, `set engine`, `stats` and `it --glue`."""

import re

import pytest

from runtime import Engine
from tests.support.paths import FIXTURES
from tests.support.program import json_objects, run_mrepl

GREETING = str(FIXTURES / "greeting" / "Config.toml")
MEMORY = str(FIXTURES / "memory" / "Config.toml")
RECORDS = str(FIXTURES / "records" / "Config.toml")
FAULTS = str(FIXTURES / "faults" / "Config.toml")
LOAD_TREE = f"load tree {FIXTURES / 'arrays' / 'artifacts' / 'tree.wasm'}"
CALL = 'call greeting greeting ["x"]'

_SETTINGS = "style, engine, timeout, timing, editing, lines"

BOTH = pytest.mark.parametrize("engine", Engine)


def _results(*commands: str, options: tuple[str, ...] = (), config: str = GREETING) -> list[object]:
    """What the commands give, all of which must succeed."""
    done = run_mrepl("--json", *options, config, stdin="\n".join(commands))
    assert (done.returncode, done.stderr) == (0, "")
    return [reply["result"] for reply in json_objects(done.stdout)[1:]]


def _engine_of(statistics: object) -> object:
    assert isinstance(statistics, dict)
    return statistics["engine"]


class TestOption:
    def test_the_fused_engine_is_the_default(self) -> None:
        statistics, settings = _results("stats", "set engine")
        assert _engine_of(statistics) == "fused"
        assert settings == {"settings": {"engine": "fused"}}

    @BOTH
    def test_the_option_chooses_the_engine_of_every_service(self, engine: Engine) -> None:
        option = ("--engine", engine.value)
        first, _, second, _, third = _results(
            "stats", f"new '{MEMORY}'", "stats", "new", "stats", options=option
        )
        assert [*map(_engine_of, (first, second, third))] == [engine.value] * 3

    @BOTH
    def test_a_service_without_a_config_has_the_engine_too(self, engine: Engine) -> None:
        done = run_mrepl("--json", f"--engine={engine.value}", "-c", "s")
        assert _engine_of(json_objects(done.stdout)[1]["result"]) == engine.value

    def test_a_misspelt_engine_is_wrong_usage(self) -> None:
        done = run_mrepl("--engine", "fusde", GREETING)
        assert (done.returncode, done.stdout) == (2, "")
        message = "invalid choice: 'fusde'; did you mean 'fused'? (choose from fused, interp)\n"
        assert done.stderr.endswith(f"mrepl: error: argument --engine: {message}")


class TestSet:
    def test_alone_it_lists_the_settings_with_their_values(self) -> None:
        done = run_mrepl("-q", GREETING, "-c", "set")
        assert done.stdout == (
            "style: json (how results print: json or debug)\n"
            "engine: fused (what runs the adapters: fused or interp)\n"
            "timeout: none (how long a call may take: seconds or none)\n"
            "timing: on (whether lines tell the elapsed time: on or off)\n"
            "editing: emacs (whose keys edit the line: emacs or vi)\n"
            "lines: all (how long results may be before they are cut: a number or all)\n"
            "\n"
        )

    def test_with_a_name_it_shows_one_setting(self) -> None:
        done = run_mrepl("-q", "--engine=interp", GREETING, "-c", "set engine")
        assert done.stdout == "engine: interp (what runs the adapters: fused or interp)\n\n"

    def test_with_a_value_it_changes_the_setting_and_shows_it(self) -> None:
        done = run_mrepl("-q", GREETING, "-c", "set engine interp", "-c", "s")
        assert done.stdout.startswith("engine: interp (what runs the adapters: fused or interp)\n")
        assert done.stdout.endswith("\nengine: interp\n\n")

    def test_every_form_gives_settings_as_data(self) -> None:
        everything, *one = _results("set", "set engine", "set engine interp", "set engine interp")
        assert everything == {
            "settings": {
                "style": "json",
                "engine": "fused",
                "timeout": "none",
                "timing": "on",
                "editing": "emacs",
                "lines": "all",
            }
        }
        assert one == [
            {"settings": {"engine": "fused"}},
            {"settings": {"engine": "interp"}},
            {"settings": {"engine": "interp"}},
        ]

    def test_the_modules_keep_their_memories(self) -> None:
        grow = "call memory allocate_pages [3]"
        pages = "call memory pages"
        _, before, _, interpreted, _, _, fused = _results(
            grow,
            pages,
            "set engine interp",
            pages,
            grow,
            "set engine fused",
            pages,
            config=MEMORY,
        )
        assert isinstance(before, int)
        assert interpreted == before
        assert fused == before + 3

    def test_calls_between_modules_give_the_same_after_every_switch(self) -> None:
        call = (
            "call records_passing_pure test_record_ref "
            '[{"field_0": 1, "field_1": "a", "field_2": [1, 2], "test_record_0": {"field_0": 5}}]'
        )
        results = _results(
            call,
            "set engine interp",
            call,
            "set engine fused",
            call,
            "set engine interp",
            call,
            config=RECORDS,
        )
        assert results[::2] == [{"field_0": 6}] * 4

    def test_services_to_come_and_modules_loaded_later_have_the_engine(self) -> None:
        results = _results(
            "set engine interp",
            LOAD_TREE,
            'call tree count {"tree": {"name": "a", "children": [{"name": "b", "children": []}]}}',
            f"new '{FAULTS}'",
            "stats",
        )
        assert results[2] == 2
        assert _engine_of(results[4]) == "interp"

    @pytest.mark.parametrize(
        ("command", "message"),
        [
            ("set engin", f"no setting 'engin'; did you mean 'engine'? (there are: {_SETTINGS})"),
            (
                "set engin interp",
                f"no setting 'engin'; did you mean 'engine'? (there are: {_SETTINGS})",
            ),
            ("set frob", f"no setting 'frob' (there are: {_SETTINGS})"),
            (
                "set engine intrep",
                "no engine 'intrep'; did you mean 'interp'? (there are: fused, interp)",
            ),
            ("set engine fast\x1b[2J", "no engine 'fast\\u001b[2J' (there are: fused, interp)"),
            (
                "set engine fused now",
                "set takes nothing more at `now`; its form: set [name] [value]",
            ),
        ],
    )
    def test_what_is_wrong_is_told_with_what_is_right(self, command: str, message: str) -> None:
        done = run_mrepl("-q", "--keep-going", GREETING, stdin=f"{command}\n{CALL}\nset engine\n")
        assert (done.returncode, done.stderr) == (1, f"{message}\n\n")
        assert 'result: "Hi, x"\n' in done.stdout
        assert "\nengine: fused " in done.stdout

    def test_its_help_page_names_the_values(self) -> None:
        done = run_mrepl("-q", "-c", "help set")
        assert done.stdout.startswith("set [name] [value]\n\nShow the settings, or change one.\n")
        assert "\n  engine   what runs the adapters: fused or interp\n" in done.stdout
        assert "Examples:\n  set\n  set engine\n  set engine interp\n" in done.stdout


class TestErrors:
    @pytest.mark.parametrize(
        "command",
        [
            "call greeting greeting [300",
            "call greeting greeting [300]",
            "call greeting greeting [] {",
            'call greeting greeting ["x"] [',
            'call greeting greeting ["x"] {"host_id": 1}',
            "call greeting greeting",
            "call greetin greeting",
            "call greeting greetin",
        ],
    )
    def test_both_engines_say_the_same_of_a_wrong_call(self, command: str) -> None:
        said = {
            run_mrepl("-q", f"--engine={e.value}", GREETING, stdin=command).stderr for e in Engine
        }
        assert len(said) == 1
        assert said.pop().startswith("call failed with: ")


class TestGlue:
    def test_it_is_webassembly_text_that_names_the_function(self) -> None:
        done = run_mrepl("-q", GREETING, "-c", "it greeting --glue")
        assert (done.returncode, done.stderr) == (0, "")
        assert "(module" in done.stdout
        assert "string.lift_memory" in done.stdout
        assert ";;" in done.stdout
        assert "greeting" in done.stdout
        assert "\x1b" not in done.stdout

    def test_the_flag_may_stand_before_the_module(self) -> None:
        after, before = _results("it greeting --glue", "it --glue greeting")
        assert after == before

    def test_it_is_the_same_whichever_engine_runs(self) -> None:
        fused, _, interpreted = _results(
            "it greeting --glue", "set engine interp", "it greeting --glue"
        )
        assert fused == interpreted

    def test_it_is_data_too(self) -> None:
        (glue,) = _results("it greeting --glue")
        assert isinstance(glue, dict)
        assert [*glue] == ["text", "interpreted"]
        assert "(module" in glue["text"]
        assert glue["interpreted"] == {}

    def test_what_cannot_be_fused_is_named_with_the_reason_as_in_stats(self) -> None:
        _, statistics, glue = _results(LOAD_TREE, "stats", "it tree --glue")
        assert isinstance(statistics, dict)
        assert isinstance(glue, dict)
        reason = "recursive record Tree"
        interpreted = {"count": reason, "echo_tree": reason}
        assert statistics["modules"]["tree"]["interpreted"] == interpreted
        assert glue["interpreted"] == interpreted
        done = run_mrepl("-q", "-c", LOAD_TREE, "-c", "stats", "-c", "it tree --glue")
        for function in interpreted:
            line = f"interpreted: tree.{function} ({reason})"
            assert f"\n{line}\n" in done.stdout
            assert f"\n;; {line}\n" in done.stdout

    @pytest.mark.parametrize(
        ("command", "message"),
        [
            ("it --glue", "it needs <module>; its form: it <module> [--glue]"),
            ("it greetin --glue", "it failed with: no module 'greetin' is loaded; did you mean"),
        ],
    )
    def test_what_is_wrong_is_told(self, command: str, message: str) -> None:
        done = run_mrepl("-q", GREETING, "-c", command)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.startswith(message)

    def test_its_help_page_shows_the_flag(self) -> None:
        done = run_mrepl("-q", "-c", "help it")
        assert done.stdout.startswith("it <module> [--glue] [--pager]\n\n")
        assert re.search(r"\n  --glue +the WebAssembly ", done.stdout)
        assert done.stdout.endswith("Examples:\n  it greeting\n  it greeting --glue\n\n")
