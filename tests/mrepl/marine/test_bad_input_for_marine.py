"""Whatever is done to a module's bytes, every command gives a result or says what is wrong."""

import json
import re
import tempfile
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runtime.interface.custom_sections import custom_sections, with_custom_section
from runtime.interface.metadata import INTERFACE_SECTION, read_metadata
from tests.support.marine import Done, marine
from tests.support.paths import FIXTURES

MODULES = sorted(FIXTURES.glob("*/artifacts/*.wasm"))
SOUND_MODULES = [path for path in MODULES if "faults" not in path.parts]
LOOKS = ("it", "info", "aqua")


@cache
def _bytes(path: Path) -> bytes:
    return path.read_bytes()


def _check(done: Done) -> None:
    """Nothing but a result, or a message on standard error and status 1."""
    _check_result_or(done, done.stdout == "" and done.stderr.startswith("error: "))


def _check_info(done: Done) -> None:
    """As `_check`, but what can be read is shown all the same."""
    shown = done.stdout == "" or "unreadable (custom section '" in done.stdout
    _check_result_or(done, shown and done.stderr.startswith("error: "))


def _check_json(done: Done) -> None:
    """A result as JSON, or an error as JSON and status 1."""
    result = json.loads(done.stdout)
    _check_result_or(done, done.stderr == "" and ("error" in result or "unreadable" in result))


def _check_result_or(done: Done, is_told: bool) -> None:
    if done.status == 0:
        assert all(line.startswith("warning: ") for line in done.stderr.splitlines())
    else:
        assert done.status == 1
        assert is_told
    assert "Traceback" not in done.stderr
    assert "internal error" not in done.stderr


def _try_every_command(wasm: bytes) -> None:
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "Bad.wasm"
        out = Path(directory) / "out.wasm"
        path.write_bytes(wasm)
        for command in LOOKS:
            check = _check_info if command == "info" else _check
            check(marine(command, path))
            _check_json(marine(command, "--json", path))
        listing = marine("it", path)
        if listing.status == 0:
            text = listing.stdout.encode()
            # The check compiles the module, which takes longer than all else here.
            done = marine("set", "it", "--no-check", "-i", path, "-o", out, "-w", "-", stdin=text)
            _check(done)
            if done.status == 0:  # a version of interface types may be none
                assert (
                    read_metadata(out.read_bytes()).interface_sections
                    == read_metadata(wasm).interface_sections
                )
        _check(marine("embed", path, "-o", out))
        _check(marine("set", "version", "-i", path, "-v", "0.18.2", "-o", out))
        assert path.read_bytes() == wasm


@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_truncated_modules(data: st.DataObject) -> None:
    wasm = _bytes(data.draw(st.sampled_from(MODULES)))
    _try_every_command(wasm[: data.draw(st.integers(0, len(wasm)))])


@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_modules_with_flipped_bytes(data: st.DataObject) -> None:
    wasm = bytearray(_bytes(data.draw(st.sampled_from(MODULES))))
    for _ in range(data.draw(st.integers(1, 4))):
        # What these commands read stands mostly at the end, in custom sections.
        position = len(wasm) - 1 - data.draw(st.integers(0, len(wasm) - 1))
        wasm[position] ^= data.draw(st.integers(1, 255))
    _try_every_command(bytes(wasm))


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_custom_sections_with_flipped_bytes(data: st.DataObject) -> None:
    wasm = _bytes(data.draw(st.sampled_from(SOUND_MODULES)))
    section = data.draw(st.sampled_from([s for s in custom_sections(wasm) if s.payload]))
    payload = bytearray(section.payload)
    for _ in range(data.draw(st.integers(1, 3))):
        payload[data.draw(st.integers(0, len(payload) - 1))] ^= data.draw(st.integers(1, 255))
    _try_every_command(with_custom_section(wasm, section.name, bytes(payload)))


@given(data=st.data())
@settings(max_examples=15, deadline=None)
def test_types_are_checked_against_modules_with_flipped_bytes(data: st.DataObject) -> None:
    greeting = _bytes(FIXTURES / "greeting" / "artifacts" / "greeting.wasm")
    wasm = bytearray(greeting)
    wasm[data.draw(st.integers(8, len(wasm) - 1))] ^= data.draw(st.integers(1, 255))
    with tempfile.TemporaryDirectory() as directory:
        good, bad = Path(directory) / "good.wasm", Path(directory) / "bad.wasm"
        good.write_bytes(greeting)
        bad.write_bytes(wasm)
        text = marine("it", good).stdout.encode()
        _check(marine("set", "it", "-i", bad, "-w", "-", stdin=text))


@pytest.mark.parametrize("length", range(0, 300, 7))
def test_a_truncated_section_is_an_error_with_the_offset(length: int, tmp_path: Path) -> None:
    wasm = _bytes(FIXTURES / "greeting" / "artifacts" / "greeting.wasm")
    (section,) = read_metadata(wasm).interface_sections
    path = tmp_path / "cut.wasm"
    path.write_bytes(with_custom_section(wasm, INTERFACE_SECTION, section[:length]))
    done = marine("it", path)
    if done.status == 0:  # cut between two blocks
        assert done.stderr == ""
    else:
        assert re.search(r"corrupted interface-types section at byte \d+: ", done.stderr)
