"""The documents' code blocks, and what really happens when their commands are run."""

import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tests.support.paths import PROJECT
from tests.support.program import environment
from tests.support.terminal import ENTER, Terminal

README = PROJECT / "README.md"
DOCUMENTS = (README, *sorted((PROJECT / "mrepl" / "guide").glob("*.md")))

_CHANGING = (
    (re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"), "<id>"),
    (re.compile(r'("elapsed_ns": )\d+'), r"\1<time>"),
    (re.compile(r"(elapsed time:? )[\d.]+(ns|µs|ms|s)\b"), r"\1<time>"),
    (re.compile(r"\b[\d.,]+ (ns|µs|ms|s)\b"), "<time>"),
    # Under load an empty call may take as long as the one that is measured.
    (re.compile(r"of which <time> is what any call takes"), "<empty call>"),
    (re.compile(r"what any call takes \(<time>\)"), "<empty call>"),
    (re.compile(r" \d+%"), " <share>"),
    (re.compile(r"^( *(?:outliers|calls/s)) .*$", re.MULTILINE), r"\1 <numbers>"),
    (re.compile(r"^( *\d+(?: +<time>){2}(?: ± <time>)?.*) [\d,]+$", re.MULTILINE), r"\1 <number>"),
    (re.compile(r"\b[\d,]+ (samples|pairs|calls)\b"), r"<number> \1"),
    (re.compile(r" in [\d.]+s\b"), " in <time>"),
    (re.compile(r"[\d.]+ × as (fast|slow)(.*?) \([\d. …]+\)"), r"<ratio> × as \1\2 <interval>"),
    (re.compile(r" at 0x[0-9a-f]+"), " at <offset>"),
    (re.compile(r" +"), " "),
)
"""What differs from run to run: ids, times and how they are aligned, places in code."""

_NOT_ALWAYS_THERE = re.compile(
    r".*█.*|.*[▏▎▍▌▋▊▉] \d+| *<time> \d+| *(above|below) \d+"
    r"|.*(many outliers|the first sample was slow).*"
)
"""Lines of measurements that depend on the machine's mood."""

_HOME = "/home/you"
"""In transcripts, the directory in which the commands are run."""

_PROMPT = re.compile(r"^\d+> (.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A fenced block of a document.

    Attributes:
        document: where it stands.
        language: the word after the fence.
        file: the second word: the block is a file that the document's transcripts use.
        text: what is in it.
    """

    document: Path
    language: str
    file: str | None
    text: str


def blocks(language: str, documents: Iterable[Path] = DOCUMENTS) -> list[Block]:
    """The documents' blocks in a language, in order."""
    return [
        Block(document, name, file or None, body)
        for document in documents
        for name, file, body in re.findall(
            r"^```(\w+)(?: ([\w.-]+))?\n(.*?)^```$", document.read_text("utf-8"), re.M | re.S
        )
        if name == language
    ]


def shown_files(document: Path) -> dict[str, str]:
    """The files that a document shows, by their names."""
    return {
        block.file: block.text
        for language in ("python", "toml")
        for block in blocks(language, [document])
        if block.file is not None
    }


def steady(text: str) -> str:
    """The text without what differs from run to run, and without empty lines."""
    for changing, name in _CHANGING:
        text = changing.sub(name, text)
    lines = (line.rstrip() for line in text.splitlines())
    return "\n".join(line for line in lines if line and not _NOT_ALWAYS_THERE.fullmatch(line))


def replay(transcript: Block) -> str:
    """What the transcript's commands print when they are run now.

    Each transcript has a directory of its own, in which `fixtures` is there too, and the files that
    the same document shows.
    """
    if _PROMPT.search(transcript.text):
        return _replay_session(transcript.text)
    printed = []
    with tempfile.TemporaryDirectory() as directory:
        (Path(directory) / "fixtures").symlink_to(PROJECT / "fixtures")
        for name, text in shown_files(transcript.document).items():
            (Path(directory) / name).write_text(text, encoding="utf-8")
        for line in transcript.text.splitlines():
            if line.startswith("$ "):
                output = _run(line.removeprefix("$ "), directory)
                printed.append(f"{line}\n{output.replace(directory, _HOME)}".rstrip())
    return "\n\n".join(printed)


def _run(command_line: str, directory: str) -> str:
    programs = Path(sys.executable).parent  # where `mrepl` and `marine` are installed
    done = subprocess.run(
        command_line,
        shell=True,
        cwd=directory,
        env=environment(
            NO_COLOR="1",
            PATH=f"{programs}{os.pathsep}{os.environ['PATH']}",
            PYTHONPATH=str(PROJECT),
            PYTEST_ADDOPTS="-p no:cacheprovider",
        ),
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
