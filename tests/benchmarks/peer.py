"""Marine-JS, the runtime in Node: a process that times its own calls as we time ours."""

import json
import shutil
import subprocess
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from runtime import ServiceConfig
from tests.benchmarks.cases import CallCase, Case, LoadCase, LoopCase, Process, PythonCase
from tests.benchmarks.measuring import CannotRun, Sampler, sampler_of_loop

VERSION = "0.13.0"
PACKAGE = Path("node_modules/@fluencelabs/marine-js")
SCRIPT = Path(__file__).with_name("marine_js.mjs")


class PeerMissing(Exception):
    """Raised when there is no Node or no Marine-JS; the message says how to get them."""


@dataclass(frozen=True)
class Node:
    """A process that runs `marine_js.mjs`; see there for its commands.

    Attributes:
        process: the running program.
        versions: of Node and of Marine-JS.
    """

    process: subprocess.Popen[str]
    versions: dict[str, str]

    @classmethod
    def start(cls, directory: Path) -> Self:
        """Start it.

        Args:
            directory: where the package was installed.

        Raises:
            PeerMissing: there is no Node, or the package is not there in the right version.
        """
        node = shutil.which("node")
        manifest = directory / PACKAGE / "package.json"
        if node is None or not manifest.exists():
            absent = "there is no `node`" if node is None else f"there is no {manifest.parent}"
            raise PeerMissing(
                f"{absent}: install Node, run `npm install @fluencelabs/marine-js@{VERSION}` in "
                "a directory, and give it with --peer"
            )
        version = json.loads(manifest.read_text(encoding="utf-8"))["version"]
        process = subprocess.Popen(
            [node, str(SCRIPT), str(manifest.parent.resolve())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        started = cls(process, {})
        node_version = str(started.request("version")["version"])
        return cls(process, {"Node": node_version, "Marine-JS": version})

    def request(self, command: str, **operands: object) -> dict[str, object]:
        """Send one command and wait for the reply.

        Raises:
            CannotRun: the command failed there, or the process ended.
        """
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps({"command": command, **operands}) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise CannotRun("Node ended")
        reply: dict[str, object] = json.loads(line)
        if "error" in reply:
            raise CannotRun(str(reply["error"]))
        return reply

    def close(self) -> None:
        """End the process."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait()


@dataclass(frozen=True)
class MarineJs:
    """A contestant: Marine-JS.

    Attributes:
        node: the process that the cases run in, but for those that ask for a new one.
        directory: where the package was installed.
        entry: `call`, the package's own function, from JavaScript's values to such, with JSON in
            between; or `text`, what that calls with JSON text, which is not public.
    """

    node: Node
    directory: Path
    entry: str

    @property
    def name(self) -> str:
        """The package's name."""
        return "marine-js"

    def sampler(self, case: Case) -> Sampler:
        """Make a case ready.

        Raises:
            CannotRun: Marine-JS refuses the modules or the call, or has nothing of the kind.
        """
        match case:
            case CallCase():
                return self._sampler_of_call(case)
            case PythonCase():
                raise CannotRun("it is not called from Python")
            case LoopCase():
                return sampler_of_loop(case, self)
            case LoadCase(process=Process.SAME):
                return _sampler(self.node, "load", modules=_modules(case.config))
            case LoadCase(process=Process.NEW):
                self._load_in_new_process(case)  # so that it is known now whether it works
                return Sampler(lambda _seconds: self._load_in_new_process(case))
            case LoadCase():
                raise CannotRun("it has no cache: see the row of a new process")
            case _:
                raise CannotRun("it has no shell")

    def _sampler_of_call(self, case: CallCase) -> Sampler:
        return _sampler(
            self.node,
            "call",
            modules=_modules(case.config),
            function=case.function,
            arguments=case.arguments,
            entry=self.entry,
        )

    def _load_in_new_process(self, case: LoadCase) -> float:
        with closing(Node.start(self.directory)) as node:
            return _seconds(node.request("load", modules=_modules(case.config)))


def _sampler(node: Node, command: str, **operands: object) -> Sampler:
    reply = node.request(command, **operands)
    operation = reply["operation"]

    def sample(seconds: float) -> float:
        return _seconds(node.request("measure", operation=operation, seconds=seconds))

    def close() -> None:
        node.request("forget", operation=operation)

    return Sampler(sample, result=reply.get("result"), close=close)


def _seconds(reply: dict[str, object]) -> float:
    seconds = reply["seconds"]
    assert isinstance(seconds, float)
    return seconds


def _modules(config: ServiceConfig) -> list[list[str]]:
    return [[module.name, str(module.path.resolve())] for module in config.modules]
