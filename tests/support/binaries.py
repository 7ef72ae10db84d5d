"""Scripts that stand for mounted binaries, and a pipe that tells whether their processes live."""

import contextlib
import os
import selectors
import threading
import time
from pathlib import Path

import pytest

from runtime.host.mounted_binary import run_mounted_binary
from runtime.host.mounted_binary_limits import MountedBinaryLimits

GENEROUS = MountedBinaryLimits(seconds=60.0)


class Lifeline:
    """A named pipe that tells whether processes live: they hold its writing end while they do."""

    def __init__(self, path: Path) -> None:
        os.mkfifo(path)
        self.path = path
        self._descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)

    def wait_for(self, expected: bytes) -> None:
        """Wait until a process has written this; b"" for: until no process holds the pipe."""
        deadline = time.monotonic() + 30
        with selectors.DefaultSelector() as selector:
            selector.register(self._descriptor, selectors.EVENT_READ)
            while time.monotonic() < deadline:
                selector.select(1)
                with contextlib.suppress(BlockingIOError):
                    if os.read(self._descriptor, len(expected) or 1) == expected:
                        return
        pytest.fail(f"no {expected!r} within 30 s")

    def close(self) -> None:
        """Close the reading end."""
        os.close(self._descriptor)


def script(directory: Path, text: str, interpreter: str = "/bin/sh") -> Path:
    """An executable script in the directory."""
    path = directory / "binary"
    path.write_text(f"#!{interpreter}\n{text}\n")
    path.chmod(0o755)
    return path


def holding(lifeline: Lifeline, text: str) -> str:
    """The text of a shell script whose processes hold the lifeline, as descriptor 3."""
    return f"exec 3>'{lifeline.path}'; {text}"


def run(
    path: Path,
    arguments: list[str] | None = None,
    limits: MountedBinaryLimits = GENEROUS,
    cancelled: threading.Event | None = None,
) -> tuple[int, str, bytes, bytes]:
    """Run a mounted binary."""
    return run_mounted_binary(
        path, arguments or [], limits=limits, cancelled=cancelled or threading.Event()
    )
