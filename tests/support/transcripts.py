"""The README's code blocks, and what really happens when their commands are run."""

import os
import re
import shlex
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.support.paths import PROJECT
from tests.support.terminal import ENTER, Terminal

README = PROJECT / "README.md"

_CHANGING = (
    (re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"), "<id>"),
    (re.compile(r'("elapsed_ns": )\d+'), r"\1<time>"),
    (re.compile(r"(elapsed time:? )[\d.]+(ns|µs|ms|s)\b"), r"\1<time>"),
    (re.compile(r" at 0x[0-9a-f]+"), " at <offset>"),
)
"""What differs from run to run: ids, times, places in code."""

_PROMPT = re.compile(r"^\d+> (.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A fenced block of the README."""

    language: str
    text: str


def blocks(language: str) -> list[Block]:
    """The README's blocks in a language, in order."""
    text = README.read_text(encoding="utf-8")
    found = re.findall(r"^```(\w+)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return [Block(name, body) for name, body in found if name == language]


def steady(text: str) -> str:
    """The text without what differs from run to run, and without empty lines."""
    for changing, name in _CHANGING:
        text = changing.sub(name, text)
    return "\n".join(line.rstrip() for line in text.splitlines() if line.strip())


def replay(transcript: str) -> str:
    """What the transcript's commands print when they are run now."""
    if _PROMPT.search(transcript):
        return _replay_session(transcript)
    printed = []
    for line in transcript.splitlines():
        if line.startswith("$ "):
            printed.append(f"{line}\n{_run(line.removeprefix('$ '))}")
    return "\n".join(printed)


def _run(command_line: str) -> str:
    words = shlex.split(command_line)
    environment = {**os.environ, "NO_COLOR": "1"}
    while "=" in words[0]:
        name, _, value = words.pop(0).partition("=")
        environment[name] = value
    tool = words.pop(0)
    with tempfile.TemporaryDirectory() as working_dir:
        command = {
            "mrepl": ["mrepl", "-w", working_dir],
            "marine": ["mrepl.marine"],
        }[tool]
        done = subprocess.run(
            [sys.executable, "-m", *command, *words],
            cwd=PROJECT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=60,
        )
    return done.stdout


def _replay_session(transcript: str) -> str:
    first, _, _ = transcript.partition("\n")
    words = shlex.split(first.removeprefix("$ "))[1:]
    commands = _PROMPT.findall(transcript)
    with (
        tempfile.TemporaryDirectory() as directory,
        Terminal("-w", directory, *words, state=Path(directory), NO_COLOR="1") as terminal,
    ):
        for number, command in enumerate(commands, start=1):
            terminal.wait_for_line(f"{number}>")
            terminal.type(command + ENTER)
        terminal.wait_for_end()
        return "\n".join([first, *terminal.lines])
