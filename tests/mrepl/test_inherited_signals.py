"""What the program that started this one ignored does not change what users see."""

import sys
from pathlib import Path

from tests.support.paths import FIXTURES
from tests.support.program import run_process

ADAPTER = FIXTURES / "url-downloader" / "artifacts" / "curl_adapter.wasm"

IGNORING = """
import os, signal, sys
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
os.execv(sys.argv[1], sys.argv[1:])
"""


def test_a_mounted_program_that_fails_is_told_so_where_ended_programs_were_ignored(
    tmp_path: Path,
) -> None:
    curl = tmp_path / "curl"
    curl.write_text("#!/bin/sh\necho 'no such page' >&2; exit 22\n")
    curl.chmod(0o755)
    (tmp_path / "curl_adapter.wasm").write_bytes(ADAPTER.read_bytes())
    (tmp_path / "Config.toml").write_text(
        'modules_dir = "."\n[[module]]\nname = "curl_adapter"\nmounted_binaries.curl = "curl"\n'
    )
    call = 'call curl_adapter download ["u"]'
    command = [sys.executable, "-m", "mrepl", "-q", str(tmp_path / "Config.toml"), "-c", call]
    done = run_process(sys.executable, "-c", IGNORING, *command)
    assert (done.returncode, done.stderr) == (0, "")
    assert "download failed: no such page" in done.stdout
