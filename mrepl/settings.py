"""What a session is set to, as plain data; `settings_table` says what `set` can change of it."""

from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from mrepl.text.result_styles import ResultStyle
from runtime import Engine, HostFunctions


class Editing(Enum):
    """Whose keys edit the line; the value is the name that `set editing` takes."""

    EMACS = "emacs"
    VI = "vi"


@dataclass(frozen=True, slots=True)
class Settings:
    """What the command line says about the session, and `set` since then.

    Attributes:
        engine: what runs the adapters.
        style: how results print.
        working_dir: where a service's relative directories are rooted.
        strict: whether the warnings of a config are errors.
        timeout: of one call, in seconds; None for no limit.
        wasm_log: the value of `WASM_LOG`, if it is set.
        warm_up: whether calls of nothing come before each timed call, as befits a prompt.
        result_lines: how many lines of a result are shown before it is cut; None for all.
        timing: whether commands say how long they took.
        editing: whose keys edit the line.
        host_files: the paths of the files of Python that define `host_functions`, as typed.
        host_functions: what services offer to their modules besides the runtime's own.
    """

    engine: Engine = Engine.FUSED
    style: ResultStyle = ResultStyle.JSON
    working_dir: Path = Path()
    strict: bool = False
    timeout: float | None = None
    wasm_log: str | None = None
    warm_up: bool = False
    result_lines: int | None = None
    timing: bool = True
    editing: Editing = Editing.EMACS
    host_files: tuple[str, ...] = ()
    host_functions: HostFunctions = ()
