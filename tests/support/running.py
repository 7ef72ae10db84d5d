"""A service to try bad input on, with two sound modules that tell whether it still answers."""

from dataclasses import dataclass
from pathlib import Path

from runtime import Service
from tests.support.paths import FIXTURES

GREETING = FIXTURES / "greeting" / "artifacts" / "greeting.wasm"
FAULTS = FIXTURES / "faults" / "artifacts"


@dataclass(frozen=True)
class RunningService:
    """A service with the modules `greeting` and `faults`, and a directory for files."""

    service: Service
    directory: Path

    def load(self, name: str, wasm: bytes) -> None:
        path = self.directory / f"{name}.wasm"
        path.write_bytes(wasm)
        self.service.load(name, path)
