import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runtime.host import bounded_process
from runtime.host.bounded_process import end_all_processes
from runtime.host.descendants import RUN_VARIABLE
from runtime.host.function import raw_signature
from runtime.host.mounted_binary import (
    COMMAND_HOLDS_NO_STRINGS,
    COMMAND_IS_NO_ARRAY,
    KILLED,
    MOUNTED_BINARY_RESULT,
    NOT_STARTED,
    WRONG_ARGUMENT_COUNT,
    mounted_binary_function,
)
from runtime.host.mounted_binary_limits import MountedBinaryLimits
from tests.support.binaries import GENEROUS, Lifeline, holding, run, script


def test_status_and_both_outputs_come_back(tmp_path: Path) -> None:
    path = script(tmp_path, "printf 'o\\377'; printf e >&2; exit 3")
    assert run(path) == (3, "", b"o\xff", b"e")


def test_nothing_of_an_earlier_run_shows_in_the_next(tmp_path: Path) -> None:
    path = script(tmp_path, 'printf "$1"')
    assert [run(path, [text])[2] for text in ("a", "b")] == [b"a", b"b"]


def test_arguments_reach_it_untouched_by_any_shell(tmp_path: Path) -> None:
    path = script(tmp_path, "import json, sys; print(json.dumps(sys.argv[1:]))", sys.executable)
    arguments = ["$(echo x)", "; exit 9", "*", "a  b", "", "grün", "--", "`id`", "\n", '"']
    status, error, stdout, _ = run(path, arguments)
    assert (status, error) == (0, "")
    assert json.loads(stdout) == arguments


@settings(max_examples=25, deadline=None)
@given(arguments=st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0"))))
def test_any_arguments_without_nul_reach_it(
    arguments: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = script(tmp_path_factory.getbasetemp(), "printf '%s\\0' \"$@\"")
    _, _, stdout, _ = run(path, ["first", *arguments])
    assert stdout == "".join(f"{argument}\0" for argument in ["first", *arguments]).encode()


def test_it_has_nothing_to_read(tmp_path: Path) -> None:
    assert run(script(tmp_path, "cat; echo end"))[2] == b"end\n"


def test_a_relative_path_is_never_looked_up_in_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script(tmp_path, "echo here")
    monkeypatch.chdir(tmp_path)
    assert run(Path("binary"))[2] == b"here\n"
    assert run(Path("cat"))[0] == NOT_STARTED


def test_the_hosts_secrets_are_not_in_its_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_PASSWORD", "secret")
    monkeypatch.setenv("LC_TIME", "C")
    monkeypatch.setenv("HOME", "/home/of/somebody")
    env = shutil.which("env")
    assert env is not None
    lines = run(Path(env))[2].decode().splitlines()
    names = {line.partition("=")[0] for line in lines}
    assert {"HOME=/home/of/somebody", "LC_TIME=C"} <= set(lines)
    assert "PATH" in names
    allowed = {"PATH", "HOME", "TMPDIR", "TZ", "LANG", "LANGUAGE", RUN_VARIABLE}
    assert all(name in allowed or name.startswith("LC_") for name in names)


def test_descriptors_of_the_host_are_closed_in_it(tmp_path: Path) -> None:
    path = script(
        tmp_path,
        "import os, sys\ntry: os.fstat(int(sys.argv[1]))\nexcept OSError: print('closed')",
        sys.executable,
    )
    with (tmp_path / "open").open("w") as held:
        os.set_inheritable(held.fileno(), True)
        assert run(path, [str(held.fileno())])[2] == b"closed\n"


def test_both_streams_are_read_at_the_same_time(tmp_path: Path) -> None:
    path = script(
        tmp_path,
        "import os\nfor fd in (2, 1, 2, 1): os.write(fd, bytes([48 + fd]) * 1_000_000)",
        sys.executable,
    )
    status, error, stdout, stderr = run(path)
    assert (status, error) == (0, "")
    assert stdout == b"1" * 2_000_000
    assert stderr == b"2" * 2_000_000


def test_a_binary_that_closes_its_outputs_is_waited_for(tmp_path: Path, lifeline: Lifeline) -> None:
    path = script(tmp_path, holding(lifeline, "exec >&- 2>&-; echo started >&3; sleep 0.1; exit 7"))
    assert run(path) == (7, "", b"", b"")


@pytest.mark.parametrize(
    ("name", "number"), [("SEGV", signal.SIGSEGV), ("KILL", signal.SIGKILL), ("TERM", 15)]
)
def test_a_binary_killed_by_a_signal_says_which(tmp_path: Path, name: str, number: int) -> None:
    path = script(tmp_path, f"echo before; kill -{name} $$")
    code, error, stdout, _ = run(path)
    assert code == KILLED == 100_000
    assert error == f"{path}: killed by signal {int(number)} ({signal.strsignal(number)})"
    assert stdout == b"before\n"


@pytest.mark.skipif(sys.platform != "linux", reason="others have no signal 32")
def test_a_signal_without_a_name_has_its_number(tmp_path: Path) -> None:
    path = script(tmp_path, "import os; os.kill(os.getpid(), 32)", sys.executable)
    name = signal.strsignal(32) or "unknown"
    assert run(path)[:2] == (KILLED, f"{path}: killed by signal 32 ({name})")


def test_nothing_is_started_whose_status_would_not_be_known(tmp_path: Path) -> None:
    path = script(tmp_path, f"touch '{tmp_path}/started'; exit 3")
    before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    try:
        code, error, _, _ = run(path)
    finally:
        signal.signal(signal.SIGCHLD, before)
    assert code == NOT_STARTED
    assert error == (
        f"{path}: cannot be started: this process ignores SIGCHLD, which hides the status of others"
    )
    assert not (tmp_path / "started").exists()


def test_a_missing_binary_is_not_started(tmp_path: Path) -> None:
    path = tmp_path / "missing"
    error = f"{path}: cannot be started: No such file or directory"
    assert run(path) == (100_001, error, b"", b"")


def test_a_binary_without_permission_is_not_started(tmp_path: Path) -> None:
    path = script(tmp_path, "")
    path.chmod(0o644)
    error = f"{path}: cannot be started: Permission denied"
    assert run(path) == (NOT_STARTED, error, b"", b"")


def test_a_directory_is_not_started(tmp_path: Path) -> None:
    error = f"{tmp_path}: cannot be started: Permission denied (it is a directory)"
    assert run(tmp_path) == (NOT_STARTED, error, b"", b"")


def test_a_script_without_its_interpreter_says_that_the_interpreter_is_missing(
    tmp_path: Path,
) -> None:
    path = script(tmp_path, "", "/no/such/interpreter")
    code, error, _, _ = run(path)
    assert code == NOT_STARTED
    assert "No such file or directory (the interpreter that its first line names)" in error


def test_a_file_that_is_no_program_is_not_started(tmp_path: Path) -> None:
    path = tmp_path / "garbage"
    path.write_bytes(b"\x00\x01\x02")
    path.chmod(0o755)
    code, error, _, _ = run(path)
    assert code == NOT_STARTED
    assert error == f"{path}: cannot be started: Exec format error"


@pytest.mark.parametrize(
    ("argument", "reason"),
    [
        ("a\0b", "embedded null byte in an argument"),
        ("x" * 2**24, "Argument list too long"),
        ("\ud800", "surrogates not allowed in an argument"),
    ],
)
def test_arguments_that_cannot_be_passed_are_refused(
    tmp_path: Path, argument: str, reason: str
) -> None:
    code, error, _, _ = run(script(tmp_path, ""), [argument])
    assert code == NOT_STARTED
    assert error.endswith(reason)


def test_a_binary_that_runs_too_long_is_killed(tmp_path: Path) -> None:
    path = script(tmp_path, "echo before; sleep 600")
    code, error, stdout, _ = run(path, limits=MountedBinaryLimits(seconds=1.0))
    assert (code, stdout) == (KILLED, b"before\n")
    assert error == f"{path}: killed: it ran longer than its limit of 1 s"


def test_a_binary_that_closed_its_outputs_is_killed_in_time_too(tmp_path: Path) -> None:
    path = script(tmp_path, "exec >&- 2>&-; sleep 600")
    code, error, _, _ = run(path, limits=MountedBinaryLimits(seconds=0.2))
    assert code == KILLED
    assert error.endswith("it ran longer than its limit of 0.2 s")


def test_without_a_time_limit_only_its_own_end_counts(tmp_path: Path) -> None:
    path = script(tmp_path, "sleep 0.1; echo end")
    assert run(path, limits=MountedBinaryLimits(seconds=None)) == (0, "", b"end\n", b"")


@pytest.mark.parametrize("redirection", ["", ">&2"])
def test_a_binary_that_prints_without_end_is_killed_at_the_bound(
    tmp_path: Path, redirection: str
) -> None:
    path = script(tmp_path, f"while :; do echo line {redirection}; done")
    limits = MountedBinaryLimits(seconds=60, output_bytes=100_000)
    code, error, stdout, stderr = run(path, limits=limits)
    assert code == KILLED
    assert error == f"{path}: killed: it printed more than its limit of 100000 bytes"
    assert stdout + stderr == b"line\n" * 20_000


def test_output_of_exactly_the_bound_is_allowed(tmp_path: Path) -> None:
    path = script(tmp_path, "printf 12; printf 345 >&2")
    assert run(path, limits=MountedBinaryLimits(output_bytes=5)) == (0, "", b"12", b"345")
    assert run(path, limits=MountedBinaryLimits(output_bytes=4))[0] == KILLED


def test_cancelling_ends_a_binary_that_ignores_signals(tmp_path: Path, lifeline: Lifeline) -> None:
    path = script(
        tmp_path,
        holding(lifeline, "trap '' TERM INT HUP; echo started >&3; while :; do sleep 600; done"),
    )
    cancelled = threading.Event()
    with ThreadPoolExecutor() as pool:
        result = pool.submit(run, path, cancelled=cancelled)
        lifeline.wait_for(b"started\n")
        cancelled.set()
        code, error, _, _ = result.result(timeout=30)
    assert (code, error) == (KILLED, f"{path}: killed: the call was interrupted")
    lifeline.wait_for(b"")


def test_cancelling_ends_the_wait_for_what_a_binary_that_has_ended_left_behind(
    tmp_path: Path, lifeline: Lifeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounded_process, "_LAST_OUTPUT_SECONDS", 60.0)
    left_behind = "while kill -0 $$; do :; done 2>&-; echo alone >&3; sleep 600"
    path = script(tmp_path, holding(lifeline, f"({left_behind}) & exit 4"))
    cancelled = threading.Event()
    with ThreadPoolExecutor() as pool:
        result = pool.submit(run, path, cancelled=cancelled)
        lifeline.wait_for(b"alone\n")
        cancelled.set()
        assert result.result(timeout=30) == (4, "", b"", b"")
    lifeline.wait_for(b"")


def test_a_cancelled_call_starts_nothing(tmp_path: Path) -> None:
    cancelled = threading.Event()
    cancelled.set()
    path = script(tmp_path, f"touch '{tmp_path}/started'")
    code, error, _, _ = run(path, cancelled=cancelled)
    assert (code, error) == (NOT_STARTED, f"{path}: not started: the call was interrupted")
    assert not (tmp_path / "started").exists()


def test_a_background_process_that_holds_the_output_neither_hangs_us_nor_stays(
    tmp_path: Path, lifeline: Lifeline
) -> None:
    path = script(tmp_path, holding(lifeline, "echo started >&3; sleep 600 & echo done"))
    assert run(path) == (0, "", b"done\n", b"")
    lifeline.wait_for(b"started\n")
    lifeline.wait_for(b"")


def test_a_background_process_without_the_output_does_not_stay(
    tmp_path: Path, lifeline: Lifeline
) -> None:
    path = script(tmp_path, holding(lifeline, "echo started >&3; sleep 600 >&- 2>&- & echo done"))
    assert run(path) == (0, "", b"done\n", b"")
    lifeline.wait_for(b"started\n")
    lifeline.wait_for(b"")


def test_what_background_processes_print_just_after_the_end_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounded_process, "_LAST_OUTPUT_SECONDS", 30.0)
    path = script(tmp_path, "(sleep 0.05; echo late) & echo done")
    assert run(path)[2] == b"done\nlate\n"


def test_a_process_that_left_the_group_with_the_output_does_not_hang_us(tmp_path: Path) -> None:
    """The background process in a session of its own lives until the test closes a pipe."""
    path = script(
        tmp_path,
        "import os, sys\n"
        "until = os.open(sys.argv[1], os.O_RDONLY)\n"
        "ready, left = os.pipe()\n"
        "if os.fork() == 0:\n"
        "    os.setsid(); os.write(left, b'x'); os.read(until, 1); os._exit(0)\n"
        "os.read(ready, 1); print('done')",
        sys.executable,
    )
    until = tmp_path / "until"
    os.mkfifo(until)
    held = os.open(until, os.O_RDWR)
    try:
        assert run(path, [str(until)]) == (0, "", b"done\n", b"")
    finally:
        os.close(held)


def test_a_binary_that_cannot_be_killed_is_reported_and_does_not_hang_us(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As with a binary that became another user's process."""

    def refuse(*_: int) -> None:
        raise PermissionError

    path = script(tmp_path, 'read line < "$1"')
    until = tmp_path / "until"
    os.mkfifo(until)
    held = os.open(until, os.O_RDWR)
    try:
        with monkeypatch.context() as patch:
            patch.setattr(os, "killpg", refuse)
            patch.setattr(bounded_process, "_KILL_SECONDS", 0.05)
            code, error, _, _ = run(path, [str(until)], limits=MountedBinaryLimits(seconds=0.1))
    finally:
        os.close(held)
    assert code == KILLED
    assert error.endswith("its limit of 0.1 s; it does not end and may still run")


def test_a_keyboard_interrupt_ends_the_binary(tmp_path: Path, lifeline: Lifeline) -> None:
    path = script(tmp_path, holding(lifeline, "echo started >&3; sleep 600"))
    main = threading.main_thread().ident
    assert main is not None

    def interrupt() -> None:
        lifeline.wait_for(b"started\n")
        signal.pthread_kill(main, signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    with pytest.raises(KeyboardInterrupt):
        run(path)
    thread.join()
    lifeline.wait_for(b"")


def test_a_keyboard_interrupt_while_the_binary_starts_ends_it_too(
    tmp_path: Path, lifeline: Lifeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = script(tmp_path, holding(lifeline, "echo started >&3; sleep 600"))
    start = bounded_process._start

    def interrupted_start(
        command: Sequence[bytes], environment: Mapping[str, str]
    ) -> subprocess.Popen[bytes]:
        process = start(command, environment)
        lifeline.wait_for(b"started\n")
        signal.raise_signal(signal.SIGINT)
        return process

    monkeypatch.setattr(bounded_process, "_start", interrupted_start)
    with pytest.raises(KeyboardInterrupt):
        run(path)
    lifeline.wait_for(b"")
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_ending_the_session_ends_all_binaries(tmp_path: Path, lifeline: Lifeline) -> None:
    path = script(tmp_path, holding(lifeline, "echo started >&3; sleep 600"))
    with ThreadPoolExecutor() as pool:
        runs = [pool.submit(run, path) for _ in range(2)]
        for _ in runs:
            lifeline.wait_for(b"started\n")
        end_all_processes()
        results = [result.result(timeout=30) for result in runs]
    assert [code for code, *_ in results] == [KILLED, KILLED]
    assert all("killed by signal 9" in error for _, error, *_ in results)
    lifeline.wait_for(b"")


def test_the_end_of_the_program_ends_all_binaries(tmp_path: Path, lifeline: Lifeline) -> None:
    path = script(tmp_path, holding(lifeline, "echo started >&3; sleep 600"))
    program = (
        "import threading, sys\n"
        "from pathlib import Path\n"
        "from runtime.host.mounted_binary import MountedBinaryLimits, run_mounted_binary\n"
        "limits = MountedBinaryLimits(seconds=None)\n"
        "def run(): run_mounted_binary("
        "Path(sys.argv[1]), [], limits=limits, cancelled=threading.Event())\n"
        "threading.Thread(target=run, daemon=True).start()\n"
        "sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, path],
        stdin=subprocess.PIPE,
        cwd=Path(__file__).parents[3],
    ) as process:
        lifeline.wait_for(b"started\n")
        process.communicate(timeout=30)
    assert process.returncode == 0
    lifeline.wait_for(b"")


def test_a_module_imports_it_with_an_array_of_strings(tmp_path: Path) -> None:
    path = script(tmp_path, 'printf "$1"')
    function = mounted_binary_function("echo", path, limits=GENEROUS, cancelled=threading.Event())
    assert function.name == "echo"
    assert function.result is MOUNTED_BINARY_RESULT
    assert [field.name for field in MOUNTED_BINARY_RESULT.fields] == [
        "ret_code",
        "error",
        "stdout",
        "stderr",
    ]
    assert str(raw_signature(function)) == "(i32, i32) -> ()"
    assert function.implementation(["text"]) == (0, "", b"text", b"")


@pytest.mark.parametrize(
    ("values", "code", "error"),
    [
        ([], WRONG_ARGUMENT_COUNT, "mounted binary 'echo': expected 1 argument, got 0"),
        ([["a"], "b"], 100_002, "mounted binary 'echo': expected 1 argument, got 2"),
        (["a"], COMMAND_IS_NO_ARRAY, "mounted binary 'echo': expected an array, got str"),
        ([5], 100_003, "mounted binary 'echo': expected an array, got int"),
        (
            [["a", 5]],
            COMMAND_HOLDS_NO_STRINGS,
            "mounted binary 'echo': expected an array of strings only",
        ),
        ([[b"a"]], 100_004, "mounted binary 'echo': expected an array of strings only"),
    ],
)
def test_arguments_of_the_wrong_shape_have_codes_of_their_own(
    tmp_path: Path, values: list[object], code: int, error: str
) -> None:
    path = script(tmp_path, "")
    function = mounted_binary_function("echo", path, limits=GENEROUS, cancelled=threading.Event())
    assert function.implementation(*values) == (code, error, b"", b"")
