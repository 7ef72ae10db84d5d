import io

import pytest

from mrepl.guest_output import GuestWriter


class _Stream(io.TextIOWrapper):
    """A terminal or a file, whose content can be read."""

    def __init__(self, *, terminal: bool) -> None:
        super().__init__(io.BytesIO(), encoding="utf-8", newline="\n")
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal

    def content(self) -> bytes:
        self.flush()
        assert isinstance(self.buffer, io.BytesIO)
        return self.buffer.getvalue()


class _BrokenStream(_Stream):
    def write(self, _text: str) -> int:
        raise BrokenPipeError

    def flush(self) -> None:
        raise BrokenPipeError


def test_a_file_gets_every_byte_as_it_is() -> None:
    stdout, stderr = _Stream(terminal=False), _Stream(terminal=False)
    stderr.write("before ")
    writer = GuestWriter(stdout, stderr)
    writer("m", 1, b"\x1b[31m\xff\x00")
    writer("m", 2, b"err\xfe")
    assert stdout.content() == b"\x1b[31m\xff\x00"
    assert stderr.content() == b"before err\xfe"


def test_a_terminal_gets_control_characters_escaped() -> None:
    stream = _Stream(terminal=True)
    GuestWriter(stream, stream)("m", 1, b"a\x1b[31m\n\tb\r\xff\n")
    assert stream.content() == b"a\\u001b[31m\n\tb\\r\\xff\n"


def test_a_character_may_come_in_two_pieces() -> None:
    stream = _Stream(terminal=True)
    writer = GuestWriter(stream, stream)
    writer("m", 1, "ü".encode()[:1])
    writer("other", 1, b"|")
    writer("m", 1, "ü".encode()[1:])
    assert stream.content().decode() == "|ü"


@pytest.mark.parametrize(("written", "shown"), [(b"no end", b"no end\n"), (b"end\n", b"end\n")])
def test_an_open_line_is_ended_once(written: bytes, shown: bytes) -> None:
    stream = _Stream(terminal=True)
    writer = GuestWriter(stream, stream)
    writer("m", 1, written)
    writer.end_line()
    writer.end_line()
    assert stream.content() == shown


def test_a_character_that_stays_unfinished_is_shown_at_the_end() -> None:
    stream = _Stream(terminal=True)
    writer = GuestWriter(stream, stream)
    writer("m", 1, b"ok \xc3")
    assert stream.content() == b"ok "
    writer.end_output()
    writer.end_output()
    assert stream.content() == b"ok \\xc3\n"
    writer("m", 1, b"\xbc")
    assert stream.content() == b"ok \\xc3\n\\xbc"


@pytest.mark.parametrize("terminal", [True, False])
def test_a_module_does_not_notice_that_nobody_reads(terminal: bool) -> None:
    stream = _BrokenStream(terminal=terminal)
    writer = GuestWriter(stream, stream)
    writer("m", 1, b"lost \xc3")
    writer.end_output()
