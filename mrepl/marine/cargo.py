"""Runs `cargo` for Wasm modules and reads what it says of them (spec mrepl.md, "marine")."""

import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from runtime.errors import MarineError
from runtime.system_errors import reason_of

SDK_PACKAGE = "marine-rs-sdk"

_TARGETS = ("wasm32-wasip1", "wasm32-wasi")
"""One target, its name since Rust 1.78 first and its only name before that after it."""

_NO_CARGO = """\
cannot run cargo, which compiles modules: {reason}
install Rust and its target for modules, for instance with one of
  rustup target add wasm32-wasip1
  apt-get install cargo libstd-rust-dev-wasm32 wasi-libc lld"""

_NO_TARGET = """\
the target {target} seems not to be installed for the Rust compiler in use
install it, for instance with one of
  rustup target add {target}{toolchain}
  apt-get install libstd-rust-dev-wasm32 wasi-libc lld"""


@dataclass(frozen=True, slots=True)
class Artifact:
    """A Wasm file that cargo built, or found up to date.

    Attributes:
        file: where it is.
        manifest: the Cargo.toml of its package; None where cargo did not name it.
    """

    file: Path
    manifest: Path | None


@dataclass(frozen=True, slots=True)
class CargoBuild:
    """How a build ended.

    Attributes:
        succeeded: whether cargo says so.
        artifacts: the Wasm files of the project, each once, by their paths' order.
    """

    succeeded: bool
    artifacts: tuple[Artifact, ...]


@dataclass(frozen=True, slots=True)
class Cargo:
    """The `cargo` to run.

    Attributes:
        toolchain: as rustup's shorthand, such as `+nightly`, or none: the default one.
    """

    toolchain: tuple[str, ...] = ()

    def build(self, arguments: Sequence[str]) -> CargoBuild:
        """Runs `cargo build` for Wasm; its progress and the compiler's messages go to stderr.

        Args:
            arguments: passed on after those that name the target and ask for messages as JSON. A
                `--target` among them replaces the target.

        Raises:
            MarineError: there is no cargo, or the build failed for want of the target.
        """
        target = None if _name_target(arguments) else self._target()
        command = ["build", *([f"--target={target}"] if target else [])]
        command += ["--message-format=json-render-diagnostics", *arguments]
        artifacts: dict[Path, Artifact] = {}
        with self._started(command) as process:
            assert process.stdout is not None
            for artifact in _artifacts(process.stdout):
                artifacts.setdefault(artifact.file, artifact)
        succeeded = process.returncode == 0
        if not succeeded and target is not None and self._is_missing(target):
            toolchain = "".join(f" --toolchain {name.removeprefix('+')}" for name in self.toolchain)
            raise MarineError(_NO_TARGET.format(target=target, toolchain=toolchain))
        return CargoBuild(succeeded, tuple(artifacts[file] for file in sorted(artifacts)))

    def sdk_version(self, manifest: Path) -> str | None:
        """The version of the SDK that a package is built with, by the Cargo.lock that rules it.

        Args:
            manifest: the package's Cargo.toml.

        Returns:
            None where Cargo.lock lists no SDK, or several and so does not tell.

        Raises:
            MarineError: Cargo.lock is malformed or cannot be read.
        """
        lock = self._workspace(manifest).with_name("Cargo.lock")
        try:
            content = tomllib.loads(lock.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except OSError as error:
            raise MarineError(f"cannot read {lock}: {reason_of(error)}") from error
        except ValueError as error:  # no TOML, or no UTF-8
            raise MarineError(f"{lock} is malformed: {error}") from error
        versions = _locked_versions(content, SDK_PACKAGE)
        return versions[0] if len(versions) == 1 else None

    def _workspace(self, manifest: Path) -> Path:
        """The Cargo.toml beside which the Cargo.lock lies: that of the workspace, if in one."""
        arguments = ["--workspace", "--message-format=plain", f"--manifest-path={manifest}"]
        located = _output(["cargo", *self.toolchain, "locate-project", *arguments])
        return manifest if located is None else Path(located)

    def _started(self, arguments: Sequence[str]) -> subprocess.Popen[str]:
        try:
            return subprocess.Popen(
                ["cargo", *self.toolchain, *arguments],
                stdout=subprocess.PIPE,
                encoding="utf-8",
                errors="surrogateescape",
            )
        except OSError as error:
            raise MarineError(_NO_CARGO.format(reason=reason_of(error))) from error

    def _target(self) -> str:
        """The name that the compiler has for the target: preferably one that is installed."""
        listed = self._rustc("--print=target-list")
        known = [target for target in _TARGETS if target in (listed or "").split()]
        installed = (target for target in known if not self._is_missing(target))
        return next(installed, (known or _TARGETS)[0])

    def _is_missing(self, target: str) -> bool:
        """Whether the compiler says where the target's libraries belong, and they are not there."""
        directory = self._rustc("--print=target-libdir", f"--target={target}")
        return directory is not None and not Path(directory).is_dir()

    def _rustc(self, *arguments: str) -> str | None:
        return _output([os.environ.get("RUSTC", "rustc"), *self.toolchain, *arguments])


def _output(command: Sequence[str]) -> str | None:
    """What a command prints, without the last line end; None if it fails."""
    try:
        done = subprocess.run(
            command, capture_output=True, encoding="utf-8", errors="surrogateescape", check=False
        )
    except OSError:
        return None
    return done.stdout.rstrip("\r\n") if done.returncode == 0 else None


def _name_target(arguments: Sequence[str]) -> bool:
    return any(argument == "--target" or argument.startswith("--target=") for argument in arguments)


def _artifacts(stdout: IO[str]) -> Iterator[Artifact]:
    """The Wasm files that cargo's messages name, one message a line.

    Other text is not cargo's own, but of a macro for instance, and is shown.
    """
    for line in stdout:
        try:
            message: object = json.loads(line)
        except ValueError:
            sys.stderr.write(line)
            continue
        if not isinstance(message, dict) or message.get("reason") != "compiler-artifact":
            continue
        manifest, files = message.get("manifest_path"), message.get("filenames")
        for file in files if isinstance(files, list) else ():
            if isinstance(file, str) and file.endswith(".wasm"):
                yield Artifact(Path(file), Path(manifest) if isinstance(manifest, str) else None)


def _locked_versions(lock: Mapping[str, object], package: str) -> list[str]:
    packages = lock.get("package")
    return [
        version
        for entry in (packages if isinstance(packages, list) else [])
        if isinstance(entry, dict) and entry.get("name") == package
        for version in [entry.get("version")]
        if isinstance(version, str)
    ]
