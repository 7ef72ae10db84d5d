"""Scripts and single commands, run as a user runs them."""

import re
import signal
import subprocess
from pathlib import Path

import pytest

from tests.support.paths import FIXTURES, PROJECT
from tests.support.program import COMMAND, environment, json_objects, run_mrepl

GREETING = str(FIXTURES / "greeting" / "Config.toml")
FAULTS = str(FIXTURES / "faults" / "Config.toml")
CALL = 'call greeting greeting ["x"]'

_DURATION = re.compile(r"\d+(\.\d+)?(s|ms|µs|ns)\b")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def _steady(text: str) -> str:
    """The text with durations and ids that are the same every time."""
    return _UUID.sub("ID", _DURATION.sub("TIME", text))


class TestText:
    def test_a_script_prints_results_on_stdout_and_all_else_on_stderr(self) -> None:
        done = run_mrepl(GREETING, "-c", "i", "-c", 'call greeting greeting ["a  b"]')
        assert done.returncode == 0
        assert _steady(done.stdout) == (
            "Loaded modules interface:\n"
            "\n"
            "greeting:\n"
            "  fn greeting(name: string) -> string\n"
            "\n"
            'result: "Hi, a  b"\n'
            " elapsed time: TIME\n"
            "\n"
        )
        assert _steady(done.stderr) == (
            "Welcome to the Marine REPL (version 0.1.0)\n"
            "Minimal supported versions\n"
            "  sdk: 0.6.0\n"
            "  interface-types: 0.20.0\n"
            "\n"
            "app service was created with service id = ID\n"
            "elapsed time TIME\n"
            "\n"
        )

    def test_quiet_leaves_only_results(self) -> None:
        done = run_mrepl("-q", GREETING, "-c", CALL)
        assert done.stderr == ""
        assert _steady(done.stdout) == 'result: "Hi, x"\n elapsed time: TIME\n\n'

    def test_the_example_session_reads_as_documented(self, tmp_path: Path) -> None:
        script = (
            "i\n"
            "call ipfs_pure put [[1,2,3]]\n"
            'call ipfs_pure get "QmanYeBG6APPbZZgAgmzM9nkQpvcBRwAb8AYgdERwH6Amb"\n'
        )
        config = str(FIXTURES / "ipfs-node" / "Config.toml")
        done = run_mrepl("--style", "debug", "-w", str(tmp_path), config, stdin=script)
        assert _steady(done.stdout) == (
            "Loaded modules interface:\n"
            "\n"
            "ipfs_effector:\n"
            "  fn put(file_path: string) -> string\n"
            "  fn get(hash: string) -> string\n"
            "  fn get_address() -> string\n"
            "ipfs_pure:\n"
            "  fn put(file_content: []u8) -> string\n"
            "  fn invoke() -> string\n"
            "  fn get(hash: string) -> []u8\n"
            "\n"
            'result: String("QmanYeBG6APPbZZgAgmzM9nkQpvcBRwAb8AYgdERwH6Amb\\n")\n'
            " elapsed time: TIME\n"
            "\n"
            "result: Array([Number(1), Number(2), Number(3)])\n"
            " elapsed time: TIME\n"
            "\n"
        )

    def test_a_hidden_result_leaves_its_time(self) -> None:
        done = run_mrepl("-q", GREETING, "-c", 'call -nr greeting greeting "x"')
        assert _steady(done.stdout) == "call succeeded, elapsed time: TIME\n\n"

    def test_modules_come_and_go(self) -> None:
        wasm = "fixtures/greeting/artifacts/greeting.wasm"
        done = run_mrepl(
            "-q", "-c", f"l hi {wasm}", "-c", 'c hi greeting "x"', "-c", "u hi", "-c", "i"
        )
        assert _steady(done.stdout) == (
            "module successfully loaded into App service\n"
            "elapsed time: TIME\n"
            "\n"
            'result: "Hi, x"\n'
            " elapsed time: TIME\n"
            "\n"
            "module successfully unloaded from App service\n"
            "\n"
            "Loaded modules interface:\n"
            "\n"
            "<no loaded modules>\n"
            "\n"
        )

    def test_records_stand_before_the_functions(self) -> None:
        done = run_mrepl("-q", FAULTS, "-c", "i faults record_out_of_range")
        assert done.stdout == (
            "Loaded modules interface:\n"
            "\n"
            "data Pair:\n"
            "  number: u32\n"
            "  text: string\n"
            "\n"
            "faults:\n"
            "  fn record_out_of_range() -> Pair\n"
            "\n"
        )

    def test_a_new_service_replaces_the_old_one(self) -> None:
        done = run_mrepl("-q", GREETING, "-c", f"new '{FAULTS}'", "-c", "call faults add [1, 2]")
        assert _steady(done.stdout) == (
            "app service was created with service id = ID\n"
            "elapsed time TIME\n"
            "\n"
            "result: 3\n"
            " elapsed time: TIME\n"
            "\n"
        )

    def test_the_old_service_stays_when_the_new_one_fails(self) -> None:
        done = run_mrepl("-q", "--keep-going", GREETING, "-c", "new nowhere.toml", "-c", CALL)
        assert done.stderr.startswith("app service creation failed with: ")
        assert 'result: "Hi, x"' in done.stdout
        assert done.returncode == 1

    def test_what_a_service_is_made_of(self, tmp_path: Path) -> None:
        config = str(FIXTURES / "url-downloader" / "Config.toml")
        done = run_mrepl(
            "-q", "-w", str(tmp_path), config, "-c", "s", "-c", "e local_storage", "-c", "f facade"
        )
        assert done.stderr == ""
        assert re.fullmatch(
            r"Loaded modules heap sizes:\n"
            r"local_storage - \d+\.\d KB, at most 6\.25 MiB\n"
            r"curl_adapter - \d+\.\d KB\n"
            r"facade - \d+\.\d KB\n"
            r"rejected allocations: 0\n"
            r"engine: fused\n"
            r"\n"
            r"Environment variables:\n"
            r"(\w+=.+\n)*"
            r"\n"
            r"Preopened directories:\n"
            r"  <none>\n"
            r"Open descriptors:\n"
            r"  <none>\n"
            r"\n",
            done.stdout,
        )
        assert f"\nsites={tmp_path / 'sites'}\n" in done.stdout

    @pytest.mark.parametrize(("style", "opening"), [("json", '{"name":'), ("debug", "Object {")])
    def test_deeply_nested_values_print(self, style: str, opening: str) -> None:
        tree = '{"name": "x", "children": [' * 1000 + "]}" * 1000
        done = run_mrepl(
            "-q",
            f"--style={style}",
            stdin=f"load tree fixtures/arrays/artifacts/tree.wasm\ncall tree echo_tree [{tree}]\n",
        )
        assert done.returncode == 0
        assert "".join(done.stdout.split()).count(opening.replace(" ", "")) == 1000

    def test_help_shows_the_commands_and_one_command(self) -> None:
        done = run_mrepl("-q", "-c", "h", "-c", "help call")
        assert done.stdout.startswith("Commands:\n\nn/new [config] ")
        assert (
            "\n\nc/call <module> <func> [-nr] [--full] [args] [call_params]\n\nCall a function."
            in done.stdout
        )

    def test_nothing_comes_after_quit(self) -> None:
        done = run_mrepl("-q", stdin="q\nnonsense\n")
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


class TestScripts:
    def test_comments_and_empty_lines_are_skipped_and_json_may_go_on(self) -> None:
        script = f'# a comment\n\n{CALL}\ncall greeting greeting [\n  "over two\\nlines"\n]\n'
        done = run_mrepl("-q", GREETING, stdin=script)
        assert done.returncode == 0
        assert [line for line in done.stdout.splitlines() if line.startswith("result")] == [
            'result: "Hi, x"',
            'result: "Hi, over two\\nlines"',
        ]

    def test_a_script_stops_at_the_first_failure(self) -> None:
        done = run_mrepl("-q", GREETING, stdin=f"call greeting nope\n{CALL}\n")
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.startswith("call failed with: module 'greeting' has no public function")

    def test_a_script_may_keep_going(self) -> None:
        done = run_mrepl("-q", "--keep-going", GREETING, stdin=f"nonsense\n{CALL}\n")
        assert done.returncode == 1
        assert 'result: "Hi, x"' in done.stdout

    def test_an_empty_script_does_nothing(self) -> None:
        done = run_mrepl("-q", GREETING)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")

    def test_json_that_never_ends_is_an_error_at_the_end(self) -> None:
        done = run_mrepl("-q", GREETING, stdin='call greeting greeting [\n"x"\n')
        assert done.returncode == 1
        assert "call failed with: not valid JSON" in done.stderr

    @pytest.mark.parametrize(
        ("script", "problem"),
        [
            ("call greeting greeting [300", "not valid JSON"),
            ("call greeting greeting [] {", "call parameters: not valid JSON"),
            ("call greeting greeting", "function requires 1 argument"),
            ("call greetin greeting", "did you mean 'greeting'?"),
            ("load greeting fixtures/greeting/artifacts/greeting.wasm", "already loaded"),
            ("load m nowhere.wasm", "loading failed with: "),
            ("unload nobody", "unloading failed with: no module 'nobody' is loaded"),
            ("interface nobody", "interface failed with: no module 'nobody' is loaded"),
            ("interface greeting nope", "interface failed with: module 'greeting' has no public"),
            ("envs greetin", "envs failed with: no module 'greetin' is loaded; did you mean"),
            ("fs nobody", "fs failed with: no module 'nobody' is loaded"),
            ("halp", "no command 'halp'; did you mean 'help'?"),
            ("help halp", "no command 'halp'; did you mean 'help'?"),
            (b'call greeting greeting ["\xff"]', "call failed with: "),
            (b"\xff\xfe", "no command '\\udcff\\udcfe'"),
        ],
    )
    def test_what_is_wrong_is_told_without_a_traceback(
        self, script: str | bytes, problem: str
    ) -> None:
        done = run_mrepl("-q", GREETING, stdin=script)
        assert (done.returncode, done.stdout) == (1, "")
        assert problem in done.stderr
        assert "Traceback" not in done.stderr
        assert "internal error" not in done.stderr

    def test_a_service_that_cannot_be_created_ends_with_two(self) -> None:
        done = run_mrepl("-q", "nowhere.toml", "-c", CALL)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith("app service creation failed with: ")

    def test_a_time_limit_stops_a_call_and_the_next_one_runs(self) -> None:
        done = run_mrepl(
            "-q",
            "--keep-going",
            "--timeout=0.1",
            FAULTS,
            stdin="call faults endless_loop\ncall faults add [1, 2]\n",
        )
        assert done.returncode == 1
        assert "call failed with: interrupted: the call exceeded its time limit" in done.stderr
        assert "result: 3\n" in done.stdout

    def test_results_with_no_encoding_are_printed_as_escapes(self) -> None:
        done = run_mrepl("-q", GREETING, "-c", 'c greeting greeting "ü"', PYTHONIOENCODING="ascii")
        assert done.stdout.startswith('result: "Hi, \\xfc"\n')


class TestModules:
    def test_what_modules_print_goes_to_stderr_byte_for_byte(self) -> None:
        done = run_mrepl("-q", FAULTS, "-c", "call -nr faults print_escape_sequences")
        assert "\x1b[31mred\x1b[0m" in done.stderr
        assert _steady(done.stdout) == "call succeeded, elapsed time: TIME\n\n"

    def test_what_modules_return_is_escaped(self) -> None:
        done = run_mrepl("-q", FAULTS, "-c", "call faults escape_sequences")
        assert 'result: "\\u001b[31mred\\u001b[0m' in done.stdout
        assert "\x1b" not in done.stdout

    def test_what_modules_log_goes_to_stderr_escaped(self) -> None:
        config = str(FIXTURES / "logger" / "Config.toml")
        done = run_mrepl("-q", config, "-c", 'call logger log [3, 0, "a\\u001b\\nb"]')
        assert done.stderr == "[logger] INFO a\\u001b\n[logger] INFO b\n"

    def test_the_log_level_reaches_the_modules(self) -> None:
        config = str(FIXTURES / "logger" / "Config.toml")
        call = 'call logger get_env "WASM_LOG"'
        done = run_mrepl("-q", config, "-c", call, WASM_LOG="logger=debug,x=y=z")
        assert done.stdout.startswith('result: "debug"\n')
        assert done.stderr.startswith("warning: WASM_LOG: ")


class TestJson:
    def test_every_command_is_an_object_and_so_is_the_creation(self) -> None:
        done = run_mrepl(
            "--json", "fixtures/greeting/Config.toml", "-c", CALL, "-c", "h", "-c", "q"
        )
        assert done.returncode == 0
        creation, call, help_, leave = json_objects(done.stdout)
        assert [*creation] == ["command", "ok", "result", "elapsed_ns"]
        assert creation["command"] == "new fixtures/greeting/Config.toml"
        assert [*call.values()][:3] == [CALL, True, "Hi, x"]
        assert isinstance(call["elapsed_ns"], int)
        assert isinstance(help_["result"], dict)
        assert [*help_["result"]] == ["text"]
        assert leave["result"] is None

    def test_without_a_config_the_command_is_new(self) -> None:
        (creation,) = json_objects(run_mrepl("--json").stdout)
        assert creation["command"] == "new"

    def test_a_path_with_blanks_is_quoted(self, tmp_path: Path) -> None:
        path = tmp_path / "my config.toml"
        path.write_text("", encoding="utf-8")
        creation = json_objects(run_mrepl("--json", str(path)).stdout)[0]
        assert creation["command"] == f"new '{path}'"

    def test_a_failed_command_ends_the_script_with_its_error(self) -> None:
        done = run_mrepl("--json", GREETING, stdin=f"call greeting nope []\n{CALL}\n")
        assert done.returncode == 1
        _, failure = json_objects(done.stdout)
        assert [*failure] == ["command", "ok", "error", "elapsed_ns"]
        error = failure["error"]
        assert isinstance(error, dict)
        assert error["kind"] == "NoSuchFunction"
        assert (error["module"], error["function"]) == ("greeting", "nope")

    def test_a_failed_creation_is_an_object_too(self) -> None:
        done = run_mrepl("--json", "nowhere.toml")
        assert done.returncode == 2
        (failure,) = json_objects(done.stdout)
        assert failure["ok"] is False
        error = failure["error"]
        assert isinstance(error, dict)
        assert error["kind"] == "ConfigError"

    def test_interfaces_are_data(self) -> None:
        done = run_mrepl(
            "--json", FAULTS, "-c", "i faults record_out_of_range", "-c", "i faults divide"
        )
        _, record, divide = json_objects(done.stdout)
        assert record["result"] == {
            "modules": {
                "faults": {
                    "functions": [
                        {"name": "record_out_of_range", "arguments": [], "results": ["Pair"]}
                    ],
                    "records": [
                        {
                            "name": "Pair",
                            "fields": [
                                {"name": "number", "type": "u32"},
                                {"name": "text", "type": "string"},
                            ],
                        }
                    ],
                }
            }
        }
        assert divide["result"] == {
            "modules": {
                "faults": {
                    "functions": [
                        {
                            "name": "divide",
                            "arguments": [
                                {"name": "dividend", "type": "i32"},
                                {"name": "divisor", "type": "i32"},
                            ],
                            "results": ["i32"],
                        }
                    ],
                    "records": [],
                }
            }
        }

    def test_statistics_variables_and_files_are_data(self, tmp_path: Path) -> None:
        config = str(FIXTURES / "url-downloader" / "Config.toml")
        done = run_mrepl(
            "--json",
            "-w",
            str(tmp_path),
            config,
            stdin="s\ne local_storage\nf local_storage\nunload facade\n",
        )
        assert done.returncode == 0
        _, statistics, variables, files, unload = (o["result"] for o in json_objects(done.stdout))
        assert isinstance(statistics, dict)
        assert [*statistics] == [
            "modules",
            "total_memory_limit_bytes",
            "rejected_allocations",
            "engine",
        ]
        assert [*statistics["modules"]] == ["local_storage", "curl_adapter", "facade"]
        assert statistics["modules"]["local_storage"]["max_memory_bytes"] == 100 * 65536
        assert statistics["modules"]["facade"]["max_memory_bytes"] is None
        assert statistics["modules"]["facade"]["interpreted"] == {}
        assert isinstance(variables, dict)
        assert variables["variables"]["sites"] == str(tmp_path / "sites")
        assert isinstance(files, dict)
        assert {"guest": "sites", "host": str(tmp_path / "sites")}.items() <= (
            files["preopened"][1].items()
        )
        assert files["open"] == []
        assert unload == {"module": "facade"}


class TestSignals:
    def test_ctrl_c_ends_the_call_and_the_script(self) -> None:
        with subprocess.Popen(
            [*COMMAND, "-q", FAULTS],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=PROJECT,
            env=environment(),
        ) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write("stats\ncall faults endless_loop\ncall faults add [1, 2]\n")
            process.stdin.flush()
            assert process.stdout.readline() == "Loaded modules heap sizes:\n"
            process.send_signal(signal.SIGINT)
            stdout, stderr = process.communicate(timeout=60)
        assert process.returncode == 130
        assert "result" not in stdout
        assert "Traceback" not in stderr

    def test_a_reader_that_goes_away_ends_it_quietly(self) -> None:
        shell = f"yes i | {' '.join(COMMAND)} -q | head -n 1; echo ${{PIPESTATUS[1]}}"
        done = subprocess.run(
            ["bash", "-c", shell],
            capture_output=True,
            text=True,
            cwd=PROJECT,
            env=environment(),
            timeout=60,
            check=True,
        )
        assert done.stdout == "Loaded modules interface:\n141\n"
        assert "Traceback" not in done.stderr
        assert "BrokenPipe" not in done.stderr

    def test_a_full_disk_is_told(self) -> None:
        with Path("/dev/full").open("w", encoding="utf-8") as full:
            done = subprocess.run(
                [*COMMAND, "-q", "-c", "i"],
                stdout=full,
                stderr=subprocess.PIPE,
                text=True,
                cwd=PROJECT,
                env=environment(),
                check=False,
            )
        assert done.returncode == 74
        assert done.stderr.startswith("mrepl: cannot read commands or print results: ")
        assert len(done.stderr.splitlines()) == 1
