"""Inputs that a target failed for: kept as files, each of which is a test since."""

import hashlib
import traceback
from pathlib import Path

from tests.support.paths import PROJECT

FINDINGS = Path(__file__).parent / "findings"

_SHOWN_FRAMES = 4


def keep_finding(directory: Path, target: str, data: bytes) -> Path:
    """Write an input to a file under its hash, in the target's directory, and give the file."""
    path = directory / target / hashlib.sha256(data).hexdigest()[:16]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def kept_findings(target: str) -> list[Path]:
    """The files of a target's findings."""
    return sorted((FINDINGS / target).glob("*"))


def place_of(error: BaseException) -> str:
    """Where an exception was raised, as a key: findings of one place are one fault, probably."""
    frames = [
        f"{Path(frame.filename).name}:{frame.lineno}"
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename.startswith(str(PROJECT))
    ]
    return " ".join([type(error).__name__, *frames[-_SHOWN_FRAMES:]])
