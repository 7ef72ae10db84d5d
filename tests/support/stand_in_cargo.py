"""Stand-ins for `cargo` and `rustc`: scripts that answer as told and note how they were called."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

# Of shell built-ins and `cat` alone: nothing else can be found by the tests' PATH.
_CARGO = """\
#!/bin/sh
for argument in "$@"; do echo "$argument" >> {calls}; done
echo --- >> {calls}
case " $* " in
    *" locate-project "*) echo {project}/Cargo.toml ;;
    *) echo '   Compiling' >&2; /bin/cat {messages}; exit {status} ;;
esac
"""

_RUSTC = """\
#!/bin/sh
case " $* " in
    *" --print=target-list "*) printf '%s\\n' {targets} ;;
    *" --print=target-libdir "*)
        for last; do :; done
        echo {sysroot}/${{last#--target=}}/lib ;;
esac
"""


@dataclass(frozen=True)
class StandInCargo:
    """A project in `project`, and stand-ins in `programs`, which is all that PATH names.

    `calls` has a line for each argument of each call of cargo, and the line `---` after each call.
    """

    project: Path
    programs: Path
    calls: Path

    def answer(self, *artifacts: Path, other: Sequence[str] = (), status: int = 0) -> None:
        """Lets `cargo build` name the files as built, after `other` lines, and exit so."""
        messages = self.project / "messages"
        lines = [*other, *(_artifact_message(self.project, artifact) for artifact in artifacts)]
        finished = json.dumps({"reason": "build-finished", "success": status == 0})
        messages.write_text("".join(f"{line}\n" for line in (*lines, finished)))
        script = _CARGO.format(
            calls=self.calls, project=self.project, messages=messages, status=status
        )
        _write_script(self.programs / "cargo", script)

    def compiler(self, *, knows: Sequence[str], installed: Sequence[str]) -> None:
        """Lets `rustc` know these targets and have the libraries of some."""
        sysroot = self.project / "sysroot"
        for target in installed:
            (sysroot / target / "lib").mkdir(parents=True)
        script = _RUSTC.format(targets=" ".join(knows), sysroot=sysroot)
        _write_script(self.programs / "rustc", script)

    def lock(self, *sdk_versions: str) -> None:
        """Writes a Cargo.lock with these versions of the SDK."""
        packages = ['[[package]]\nname = "serde"\nversion = "1.0.229"\n']
        packages += [
            f'[[package]]\nname = "marine-rs-sdk"\nversion = "{version}"\n'
            for version in sdk_versions
        ]
        (self.project / "Cargo.lock").write_text("version = 4\n\n" + "\n".join(packages))

    def build_arguments(self) -> list[str]:
        """The arguments of the only `cargo build`."""
        calls = [call.splitlines() for call in self.calls.read_text().split("---\n")]
        (build,) = (call for call in calls if "build" in call)
        return build


def stand_in_cargo(directory: Path, monkeypatch: pytest.MonkeyPatch) -> StandInCargo:
    """A current Rust with its Wasm target, as far as `marine build` can tell; PATH has no other.

    The current directory becomes that of an empty project.
    """
    project, programs = directory / "project", directory / "programs"
    project.mkdir()
    programs.mkdir()
    cargo = StandInCargo(project, programs, directory / "calls")
    cargo.answer()
    cargo.compiler(knows=["wasm32-wasip1", "wasm32-wasip2"], installed=["wasm32-wasip1"])
    cargo.lock("0.14.0")
    monkeypatch.chdir(project)
    monkeypatch.setenv("PATH", str(programs))
    monkeypatch.delenv("RUSTC", raising=False)
    return cargo


def _write_script(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o755)


def _artifact_message(project: Path, artifact: Path) -> str:
    message = {
        "reason": "compiler-artifact",
        "manifest_path": str(project / "member" / "Cargo.toml"),
        "target": {"kind": ["bin"], "name": artifact.stem},
        "filenames": [str(artifact)],
        "fresh": False,
    }
    return json.dumps(message)
