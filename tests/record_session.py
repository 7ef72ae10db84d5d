"""Records the session that the README shows: `python -m tests.record_session`."""

import tempfile
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.support.paths import FIXTURES, PROJECT
from tests.support.screen_svg import Frame, animation, frame_of
from tests.support.terminal import ENTER, TAB, Terminal

RECORDING = PROJECT / "mrepl" / "guide" / "session.svg"

_CONFIG = FIXTURES / "benchmarks" / "Config.toml"
_KEY_SECONDS = 0.1
_GLANCE, _LOOK, _READ = 0.7, 1.6, 4.0


@dataclass(frozen=True)
class Step:
    """What is typed at once, and what then is waited for.

    Attributes:
        keys: what is typed.
        shown: what the last line that is drawn then holds.
        seconds: how long that is shown.
    """

    keys: str
    shown: str
    seconds: float


def _typed(text: str, seconds: float = _GLANCE) -> list[Step]:
    """Typed key by key."""
    steps = [Step(key, text[: end + 1].rstrip(), _KEY_SECONDS) for end, key in enumerate(text)]
    return [*steps[:-1], Step(text[-1], text.rstrip(), seconds)]


STEPS = (
    *_typed("i relay_1"),
    Step(ENTER, "2>", _LOOK),
    *_typed("call rel"),
    Step(TAB, "relay_3  1 function", _LOOK),
    Step(TAB, "relay_3  1 function", _GLANCE),
    *_typed("greeti"),
    Step(TAB, "call relay_1 greeting", _GLANCE),
    Step(TAB, 'greeting [""]', _LOOK),
    Step("7", '["7"]', _KEY_SECONDS),
    Step(ENTER, "3>", _LOOK),
    *_typed('call target echo_contacts [[{"number": -1'),
    Step("", "-1", _READ),
    Step("\x15", "3>", _KEY_SECONDS),
    *_typed("trace relay_1 greeting [_] --depth 1"),
    Step(ENTER, "4>", _READ),
    *_typed('bench relay_1 greeting ["you"] --vs interp --time 3'),
    Step(ENTER, "Ctrl-C ends it", _LOOK),
    Step("", "5>", _READ),
)


def record() -> list[Frame]:
    """Runs the session, and gives what the terminal showed."""
    with (
        tempfile.TemporaryDirectory() as directory,
        Terminal("-q", str(_CONFIG), state=Path(directory)) as terminal,
    ):
        terminal.wait_for_line("1>")
        frames = [frame_of(terminal.screen, 1)]
        for step in STEPS:
            terminal.type(step.keys)
            terminal.wait_until(partial(_last_holds, step.shown))
            frames.append(frame_of(terminal.screen, step.seconds))
    return frames


def _last_holds(text: str, lines: list[str]) -> bool:
    return text in lines[-1]


if __name__ == "__main__":
    RECORDING.write_text(animation(record(), "A session with mrepl"), encoding="utf-8")
    print(f"{RECORDING}: {RECORDING.stat().st_size:,} bytes")
