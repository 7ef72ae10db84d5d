"""Bad input as somebody at the shell meets it: one clear message, the right exit status, no crash.

A script with `--keep-going` goes on after each failure, and its last call gives the right result.
"""

import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.support.paths import FIXTURES, PROJECT
from tests.support.program import COMMAND, environment, json_objects, run_mrepl

GREETING = FIXTURES / "greeting" / "artifacts" / "greeting.wasm"
FAULTS = FIXTURES / "faults"
DOWNLOADER = FIXTURES / "url-downloader" / "artifacts"
ADD = "call faults add [1, 2]"


def _errors(script: Sequence[str], *options: str) -> list[tuple[str, str]]:
    """Runs a script against `faults`; the kind and message of the error of each of its commands.

    Each command must fail, and a call after all of them succeed.
    """
    done = run_mrepl(
        "--json",
        "--keep-going",
        *options,
        str(FAULTS / "Config.toml"),
        stdin="\n".join([*script, ADD]) + "\n",
    )
    assert done.returncode == 1
    assert done.stderr == ""
    _, *failures, last = json_objects(done.stdout)
    assert last["result"] == 3
    errors = []
    for command, failure in zip(script, failures, strict=True):
        assert failure["command"] == command
        assert failure["ok"] is False
        error = failure["error"]
        assert isinstance(error, dict)
        kind, message = error["kind"], error["message"]
        assert isinstance(kind, str)
        assert isinstance(message, str)
        assert "Traceback" not in message
        errors.append((kind, message))
    return errors


MODULES = {
    "not_wasm": ("ModuleFileError", "expected 00 61 73 6d"),
    "truncated_module": ("ModuleFileError", "truncated WebAssembly file"),
    "corrupt_code": ("ModuleFileError", "illegal opcode: 0xff"),
    "no_interface_types": ("InterfaceError", "doesn't contain interface types"),
    "two_interface_types": ("InterfaceError", "multiple IT sections"),
    "truncated_interface_types": ("InterfaceError", "corrupted interface-types section at byte"),
    "foreign_interface_types": ("InterfaceError", "found 0x28, expected the kind of a block"),
    "old_interface_types": ("VersionError", "version 0.20.0 or later is required"),
    "old_sdk_version": ("VersionError", "version 0.6.0 or later is required"),
    "no_sdk_version": ("VersionError", "expected a custom section '__fluence_sdk_version'"),
    "malformed_sdk_version": ("VersionError", "expected a version such as 0.6.0"),
    "ill_typed_adapter": ("ValidationError", "found i32 on the stack, expected i32, i32"),
    "missing_module": ("LinkError", "no module nowhere is loaded"),
    "missing_host_function": ("LinkError", "the host offers no such function"),
    "failing_initialize": ("StartError", "exit status 3"),
    "failing_start": ("StartError", "unreachable executed"),
    "start_section": ("StartError", "build it as a reactor"),
}

COMMANDS = {
    "load nothing /nowhere.wasm": ("ModuleFileError", "cannot read /nowhere.wasm: No such file"),
    "load endless /dev/zero": ("ModuleFileError", "a device or pipe, not a file"),
    f"load '' {GREETING}": ("ModuleError", "a module cannot have the name ''"),
    f"load a/b {GREETING}": ("ModuleError", "no slashes"),
    f"load faults {GREETING}": ("DuplicateModule", "'faults' already loaded"),
    "load": ("UsageError", "load"),
    "new /nowhere.toml": ("ConfigError", 'cannot read the config "/nowhere.toml"'),
    "unload nobody": ("NoSuchModule", "no module 'nobody' is loaded (loaded: faults)"),
    "nonsense": ("UsageError", "no command 'nonsense'"),
    "call nobody add [1, 2]": ("NoSuchModule", "no module 'nobody' is loaded"),
    "call faults ad [1, 2]": ("NoSuchFunction", "did you mean 'add'?"),
    "call faults add [1]": ("ArgumentsError", "requires 2 arguments, 1 provided"),
    'call faults add ["1", 4294967296]': ("ArgumentsError", "args[1]: expected i32"),
    "call faults add [1, 2] {]": ("ArgumentsError", "call parameters: not valid JSON"),
    'call faults add [1, 2] {"host": 1}': ("ArgumentsError", "call_parameters.host: unknown field"),
    "call faults add " + "[" * 100_000 + "]" * 100_000: (
        "ArgumentsError",
        "not valid JSON: nested too deeply",
    ),
    "call faults trap": ("Trap", "trap: unreachable executed"),
    "call faults divide [1, 0]": ("Trap", "integer divide by zero"),
    "call faults deep_recursion [0]": ("Trap", "stack overflow"),
    "call faults exit [0]": ("Trap", "the module ended itself with exit status 0"),
    "call faults endless_loop": ("TimeLimitExceeded", "the call exceeded its time limit of 0.1 s"),
    "call faults non_utf8_string": ("AdapterError", "not valid UTF-8"),
    "call faults pointer_out_of_range": ("AdapterError", "lie outside the module's memory"),
    "call faults element_out_of_range": ("AdapterError", "lie outside the module's memory"),
    "call faults too_large_u8": ("AdapterError", "the i32 300 does not fit u8 (0 to 255)"),
}


def test_modules_that_cannot_be_loaded_give_their_reason_and_the_session_goes_on() -> None:
    script = [f"load {name} {FAULTS / 'artifacts' / name}.wasm" for name in MODULES]
    found = dict(zip(MODULES, _errors(script), strict=True))
    for name, (kind, part) in MODULES.items():
        assert found[name][0] == kind
        assert part in found[name][1]
        assert name in found[name][1]


def test_commands_that_fail_give_their_reason_and_the_session_goes_on() -> None:
    found = dict(zip(COMMANDS, _errors([*COMMANDS], "--timeout=0.1"), strict=True))
    for command, (kind, part) in COMMANDS.items():
        assert found[command][0] == kind
        assert part in found[command][1]


def test_a_failed_call_prints_one_message_on_stderr_and_nothing_else() -> None:
    done = run_mrepl("-q", str(FAULTS / "Config.toml"), "-c", "call faults too_large_u8")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "call failed with: export adapter faults.too_large_u8, instruction 1 (u8.from_i32): "
        "the i32 300 does not fit u8 (0 to 255)\n\n"
    )


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (b"[[module]\n", "not valid TOML, line 1, column 9"),
        (b"\xff", "not UTF-8 text, byte 0xff in line 1"),
        (b"[[module]]\nname = 'absent'\n", "module[0].name: no module file: "),
        (b"total_memory_limit = 'much'\n", 'total_memory_limit: the string "much": not a size'),
        (
            f"[[module]]\nname = 'm'\nload_from = '{FAULTS}/artifacts/failing_start.wasm'".encode(),
            "_start of module 'm' failed: m._start: trap: unreachable executed",
        ),
        (
            f"total_memory_limit = 1\n[[module]]\nname = 'm'\nload_from = '{GREETING}'".encode(),
            "out of memory: limit 1 bytes, 1 rejected growth: module 'm' cannot be instantiated",
        ),
        (
            f"[[module]]\nname = 'm'\nmem_pages_count = 0\nload_from = '{GREETING}'".encode(),
            "its limit is 0 bytes: raise its max_heap_size (or mem_pages_count)",
        ),
    ],
    ids=["no TOML", "no text", "no file", "no size", "start fails", "service's", "module's memory"],
)
def test_a_service_that_cannot_be_created_is_told_once_and_ends_with_two(
    tmp_path: Path, content: bytes, part: str
) -> None:
    config = tmp_path / "Config.toml"
    config.write_bytes(content)
    done = run_mrepl("-q", str(config), "-c", "interface")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("app service creation failed with: ")
    assert done.stderr.count("failed with: ") == 1
    assert part in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("seconds", ["0", "-1", "soon", "nan", "inf"])
def test_a_time_limit_that_is_none_is_wrong_usage(seconds: str) -> None:
    done = run_mrepl(f"--timeout={seconds}")
    assert (done.returncode, done.stdout) == (2, "")
    assert f"'{seconds}' is no number of seconds above 0" in done.stderr


@pytest.fixture
def hanging_download(tmp_path: Path) -> Path:
    """A config whose mounted binary never ends; it makes the file `started` first."""
    binary = tmp_path / "curl"
    binary.write_text(f"#!/bin/sh\n: > '{tmp_path}/started'\nexec sleep 600\n", encoding="utf-8")
    binary.chmod(0o755)
    config = tmp_path / "Config.toml"
    config.write_text(
        f"""
        modules_dir = "{DOWNLOADER}"
        [[module]]
        name = "curl_adapter"
        [module.mounted_binaries]
        curl = "./curl"
        [[module]]
        name = "greeting"
        load_from = "{GREETING}"
        """,
        encoding="utf-8",
    )
    return config


DOWNLOAD = 'call curl_adapter download "u"'
GREET = 'call greeting greeting "x"'


def test_a_time_limit_ends_a_mounted_binary_that_hangs(hanging_download: Path) -> None:
    done = run_mrepl(
        "-q", "--keep-going", "--timeout=0.3", str(hanging_download), "-c", DOWNLOAD, "-c", GREET
    )
    assert done.returncode == 1
    assert "call failed with: interrupted: the call exceeded its time limit of 0.3 s" in done.stderr
    assert done.stdout.startswith('result: "Hi, x"\n')


def test_ctrl_c_ends_a_mounted_binary_that_hangs_and_the_script(hanging_download: Path) -> None:
    with subprocess.Popen(
        [*COMMAND, "-q", str(hanging_download), "-c", GREET, "-c", DOWNLOAD, "-c", GREET],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=PROJECT,
        env=environment(),
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == 'result: "Hi, x"\n'
        while not (hanging_download.parent / "started").exists():
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "call failed with: interrupted: the call was stopped" in stderr
    assert "result" not in stdout
    assert "Traceback" not in stderr


def test_a_module_that_no_other_can_import_is_loaded_with_a_warning() -> None:
    module = FIXTURES / "greeting" / "artifacts" / "greeting.wasm"
    done = run_mrepl("-q", "-c", f"load host {module}")
    assert done.stdout.startswith("module successfully loaded")
    assert done.stderr.startswith("warning: other modules cannot import from a module of the name")
