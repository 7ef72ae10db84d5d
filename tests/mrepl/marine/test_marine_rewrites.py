"""`marine set` and `marine embed`: what they change in a file, and what they never do."""

import json
import os
import resource
import stat
import subprocess
from pathlib import Path

import pytest

from runtime.interface.custom_sections import custom_sections, with_custom_section
from runtime.interface.generation import generate_section
from runtime.interface.metadata import INTERFACE_SECTION, SDK_VERSION_SECTION, read_metadata
from runtime.interface.sdk_metadata import SECTION_PREFIXES, parse_sdk_items
from runtime.interface.section_codec import decode_section, encode_section
from tests.support.marine import MARINE, marine, marine_process
from tests.support.modules import function_item, vector
from tests.support.paths import FIXTURES, PROJECT
from tests.support.program import environment
from tests.support.running import GREETING

MODULES = sorted(
    path
    for path in FIXTURES.glob("*/artifacts/*.wasm")
    if path.parts[-3] not in {"faults", "hostile", "hostile-names"}
)
EMPTY_MODULE = b"\0asm\1\0\0\0"
COMPONENT = b"\0asm\x0d\0\1\0"


@pytest.fixture
def greeting(tmp_path: Path) -> Path:
    """A copy of the module, to be changed."""
    path = tmp_path / "greeting.wasm"
    path.write_bytes(GREETING.read_bytes())
    return path


def _names(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


def _without(wasm: bytes, name: str) -> bytes:
    for section in reversed(custom_sections(wasm)):
        if section.name == name:
            wasm = wasm[: section.start] + wasm[section.end :]
    return wasm


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
class TestEveryFixture:
    def test_its_types_set_again_from_their_text_are_the_same_bytes(
        self, path: Path, tmp_path: Path
    ) -> None:
        out = tmp_path / "out.wasm"
        text = marine("it", path).stdout
        done = marine("set", "it", "-i", path, "-w", "-", "-o", out, stdin=text.encode())
        assert (done.status, done.stdout, done.stderr) == (0, "", "")
        assert read_metadata(out.read_bytes()) == read_metadata(path.read_bytes())
        assert _without(out.read_bytes(), INTERFACE_SECTION) == _without(
            path.read_bytes(), INTERFACE_SECTION
        )

    def test_its_types_are_those_that_embed_makes(self, path: Path, tmp_path: Path) -> None:
        bare, out = tmp_path / "bare.wasm", tmp_path / "out.wasm"
        bare.write_bytes(_without(path.read_bytes(), INTERFACE_SECTION))
        assert marine("embed", bare, "-o", out).status == 0
        assert read_metadata(out.read_bytes()) == read_metadata(path.read_bytes())


class TestSetIt:
    def test_a_changed_text_changes_the_section_and_nothing_else(
        self, greeting: Path, tmp_path: Path
    ) -> None:
        text = tmp_path / "greeting.it"
        text.write_text(marine("it", greeting).stdout.replace("$name: string", "$whom: string"))
        assert marine("set", "it", "-i", greeting, "-w", text).status == 0
        assert "$whom: string" in marine("it", greeting).stdout
        assert _without(greeting.read_bytes(), INTERFACE_SECTION) == _without(
            GREETING.read_bytes(), INTERFACE_SECTION
        )

    def test_the_changed_module_runs(self, greeting: Path) -> None:
        text = marine("it", greeting).stdout.replace("$name: string", "$whom: string")
        assert marine("set", "it", "-i", greeting, "-w", "-", stdin=text.encode()).status == 0
        load = f"load greeting {greeting}"
        done = marine_process("repl", "-q", "-c", load, "-c", 'call greeting greeting {"whom":"x"}')
        assert 'result: "Hi, x"' in done.stdout

    def test_a_wrong_text_is_told_with_its_place_and_changes_nothing(
        self, greeting: Path, tmp_path: Path
    ) -> None:
        text = tmp_path / "greeting.it"
        text.write_text('(@interface it_version "0.27.0")\n(@interface tipe)\n')
        done = marine("set", "it", "-i", greeting, "-w", text)
        assert (done.status, done.stdout) == (1, "")
        assert done.stderr.startswith(f"error: {text}: line 2, column 13: found ")
        assert done.stderr.endswith("^\n")
        assert greeting.read_bytes() == GREETING.read_bytes()

    @pytest.mark.parametrize(
        ("replaced", "by", "message"),
        [
            ("call-core 6", "call-core 60", "found function 60 where there are 7 exports"),
            ("  string.size\n", "", "found string, i32 on the stack, expected i32, i32"),
            ('export "greeting"', 'export "other"', "'other'"),
        ],
    )
    def test_types_that_do_not_fit_the_module_are_refused_unless_forced(
        self, greeting: Path, replaced: str, by: str, message: str
    ) -> None:
        text = marine("it", greeting).stdout.replace(replaced, by, 1).encode()
        done = marine("set", "it", "-i", greeting, "-w", "-", stdin=text)
        assert done.status == 1
        assert message in done.stderr
        assert greeting.read_bytes() == GREETING.read_bytes()
        assert marine("set", "it", "--no-check", "-i", greeting, "-w", "-", stdin=text).status == 0
        assert marine("it", greeting).stdout.encode() == text

    def test_the_text_is_not_overwritten_and_a_dash_is_no_module(
        self, greeting: Path, tmp_path: Path
    ) -> None:
        text = tmp_path / "greeting.it"
        text.write_text(marine("it", greeting).stdout)
        done = marine("set", "it", "-i", greeting, "-w", text, "-o", text)
        assert "is the text: expected another file" in done.stderr
        assert "- is no file for a module" in marine("it", "-").stderr
        assert marine("set", "version", "-i", greeting, "-v", "0.14.0", "-o", "-").status == 1
        assert text.read_text() == marine("it", greeting).stdout

    def test_a_new_file_gets_no_more_rights_than_the_user_gives_away(
        self, greeting: Path, tmp_path: Path
    ) -> None:
        greeting.chmod(0o4755)
        before = os.umask(0o077)
        try:
            output = tmp_path / "new.wasm"
            done = marine("set", "version", "-i", greeting, "-v", "0.14.0", "-o", output)
            assert done.status == 0
            assert stat.S_IMODE(output.stat().st_mode) == 0o700
        finally:
            os.umask(before)

    @pytest.mark.parametrize(
        ("data", "message"),
        [
            (b"\xff", "error: standard input: it is not UTF-8 text: invalid start byte at byte 0"),
            (b"\n", "error: standard input is empty: expected interface types"),
            (b'(@interface it_version "0.27")', "error: standard input: it_version '0.27' is no "),
            (
                f'(@interface it_version "{"1" * 300}")'.encode(),
                "error: standard input: line 1, column 24: found a string of 300 bytes, expected ",
            ),
        ],
    )
    def test_what_is_no_such_text_is_told(self, greeting: Path, data: bytes, message: str) -> None:
        done = marine("set", "it", "-i", greeting, "-w", "-", stdin=data)
        assert done.status == 1
        assert done.stderr.startswith(message)
        assert greeting.read_bytes() == GREETING.read_bytes()

    def test_a_text_that_cannot_be_read_is_told(self, greeting: Path, tmp_path: Path) -> None:
        done = marine("set", "it", "-i", greeting, "-w", tmp_path)
        assert done.stderr == f"error: cannot read {tmp_path}: Is a directory\n"
        endless = marine("set", "it", "-i", greeting, "-w", "/dev/zero")
        assert "expected a text of at most" in endless.stderr


class TestSetVersion:
    def test_it_is_the_sdk_version_that_info_shows(self, greeting: Path) -> None:
        assert marine("set", "version", "-i", greeting, "-v", "0.18.2").status == 0
        assert "sdk version: 0.18.2\n" in marine("info", greeting).stdout
        assert _without(greeting.read_bytes(), SDK_VERSION_SECTION) == _without(
            GREETING.read_bytes(), SDK_VERSION_SECTION
        )

    def test_several_become_one(self, greeting: Path) -> None:
        wasm = greeting.read_bytes()
        (section,) = (s for s in custom_sections(wasm) if s.name == SDK_VERSION_SECTION)
        greeting.write_bytes(wasm + wasm[section.start : section.end])
        assert marine("info", greeting).status == 1
        assert marine("set", "version", "-i", greeting, "-v", "0.18.2").status == 0
        assert "sdk version: 0.18.2\n" in marine("info", greeting).stdout


class TestEmbed:
    def test_without_metadata_it_says_what_is_expected(self, tmp_path: Path) -> None:
        path = tmp_path / "plain.wasm"
        path.write_bytes(EMPTY_MODULE)
        done = marine("embed", path)
        assert done.status == 1
        assert done.stderr.startswith(f"error: {path}: the module has no SDK metadata ")
        assert path.read_bytes() == EMPTY_MODULE

    def test_the_version_can_be_given(self, greeting: Path) -> None:
        assert marine("embed", greeting, "--it-version", "0.26.1").status == 0
        assert marine("info", greeting).stdout.startswith("it version:  0.26.1\n")

    @pytest.mark.parametrize("prefix", SECTION_PREFIXES)
    def test_both_names_of_metadata_are_known(self, tmp_path: Path, prefix: str) -> None:
        path = tmp_path / "f.wasm"
        item = function_item("f", [("x", "I32")], "I32").encode()
        path.write_bytes(with_custom_section(EMPTY_MODULE, f"{prefix}f", item))
        assert marine("embed", path).status == 0
        (section,) = read_metadata(path.read_bytes()).interface_sections
        assert section == encode_section(generate_section(parse_sdk_items([item])))

    @pytest.mark.parametrize(
        ("levels", "message"),
        [
            (1_024, None),
            (1_025, "nests 1025 deep, expected at most 1024"),
            (3_000, "nested"),
            (100_000, "nested too deeply"),
        ],
    )
    def test_arrays_nest_as_deep_as_the_runtime_takes_them(
        self, tmp_path: Path, levels: int, message: str | None
    ) -> None:
        element = json.dumps({"I32": "ByValue"})
        nested = '{"Vector":[' * levels + element + ',"ByValue"]}' * levels
        item = function_item("f", [("x", "MARK")]).replace('{"MARK": "ByValue"}', nested)
        path = tmp_path / "f.wasm"
        path.write_bytes(
            with_custom_section(EMPTY_MODULE, f"{SECTION_PREFIXES[0]}f", item.encode())
        )
        done = marine("embed", path)
        if message is None:
            assert (done.status, done.stderr) == (0, "")
            (section,) = read_metadata(path.read_bytes()).interface_sections
            assert decode_section(section).types
        else:
            assert done.status == 1
            assert message in done.stderr

    def test_a_missing_record_is_named(self, tmp_path: Path) -> None:
        item = function_item("f", [("x", vector({"Record": ["Gone", "ByValue"]}))])
        path = tmp_path / "f.wasm"
        path.write_bytes(
            with_custom_section(EMPTY_MODULE, f"{SECTION_PREFIXES[0]}f", item.encode())
        )
        done = marine("embed", path)
        assert done.status == 1
        assert "Gone" in done.stderr


def _set_version(path: Path, *options: object) -> tuple[int, str]:
    done = marine("set", "version", "-i", path, "-v", "0.18.2", *options)
    return done.status, done.stderr


class TestFiles:
    def test_another_output_leaves_the_input_alone(self, greeting: Path, tmp_path: Path) -> None:
        greeting.chmod(0o640)
        out = tmp_path / "out.wasm"
        assert _set_version(greeting, "-o", out) == (0, "")
        assert greeting.read_bytes() == GREETING.read_bytes()
        assert read_metadata(out.read_bytes()).sdk_version == "0.18.2"
        assert stat.S_IMODE(out.stat().st_mode) == 0o640

    def test_the_output_may_be_the_input(self, greeting: Path) -> None:
        assert _set_version(greeting, "-o", greeting) == (0, "")
        assert read_metadata(greeting.read_bytes()).sdk_version == "0.18.2"

    @pytest.mark.parametrize("mode", [0o600, 0o755, 0o664])
    def test_a_file_keeps_its_mode(self, greeting: Path, mode: int) -> None:
        greeting.chmod(mode)
        assert _set_version(greeting) == (0, "")
        assert stat.S_IMODE(greeting.stat().st_mode) == mode

    def test_a_link_stays_a_link(self, greeting: Path, tmp_path: Path) -> None:
        link = tmp_path / "link.wasm"
        link.symlink_to(greeting.name)
        assert _set_version(link) == (0, "")
        assert link.is_symlink()
        assert read_metadata(greeting.read_bytes()).sdk_version == "0.18.2"

    def test_nothing_else_is_left_in_the_directory(self, greeting: Path) -> None:
        assert _set_version(greeting) == (0, "")
        assert _names(greeting.parent) == [greeting.name]

    @pytest.mark.parametrize(
        ("content", "message"),
        [
            (COMPONENT, "the file is a WebAssembly component, expected a core module"),
            (b"(module)", "the file is WebAssembly text, expected the binary format"),
            (b"", "the file is empty, expected a WebAssembly module"),
            (b"\x7fELF", "not a WebAssembly file"),
            (EMPTY_MODULE + b"\1", "truncated WebAssembly file"),
        ],
    )
    def test_what_is_no_core_module_is_refused_and_left_alone(
        self, tmp_path: Path, content: bytes, message: str
    ) -> None:
        path = tmp_path / "x.wasm"
        path.write_bytes(content)
        status, said = _set_version(path)
        assert status == 1
        assert said.startswith(f"error: {path}: {message}")
        assert path.read_bytes() == content
        assert _names(tmp_path) == ["x.wasm"]

    def test_directories_and_pipes_are_refused(self, greeting: Path, tmp_path: Path) -> None:
        pipe = tmp_path / "pipe"
        os.mkfifo(pipe)
        for path, kind in ((tmp_path, "a directory"), (pipe, "a device, pipe or socket")):
            assert _set_version(path) == (
                1,
                f"error: cannot read {path}: {kind}, expected a file\n",
            )
            assert _set_version(greeting, "-o", path) == (
                1,
                f"error: cannot write {path}: {kind}, expected a file\n",
            )
        assert stat.S_ISFIFO(pipe.stat().st_mode)
        assert _set_version(greeting, "-o", "/dev/null")[0] == 1
        assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)

    @pytest.mark.parametrize("name", ["no/such/directory/x.wasm", "loop.wasm", "x" * 300])
    def test_an_output_that_cannot_be_made_is_told(
        self, greeting: Path, tmp_path: Path, name: str
    ) -> None:
        (tmp_path / "loop.wasm").symlink_to("loop.wasm")
        out = tmp_path / name
        status, said = _set_version(greeting, "-o", out)
        assert status == 1
        assert said.startswith(f"error: cannot write {out}: ")
        assert _names(tmp_path) == ["greeting.wasm", "loop.wasm"]
        assert (tmp_path / "loop.wasm").is_symlink()

    def test_a_failed_write_leaves_the_old_file_and_no_temporary(self, greeting: Path) -> None:
        size = len(greeting.read_bytes())
        done = subprocess.run(
            [*MARINE, "set", "version", "-i", str(greeting), "-v", "0.18.2"],
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size // 2, size // 2)),
            capture_output=True,
            text=True,
            cwd=PROJECT,
            env={**environment(), "PYTHONDONTWRITEBYTECODE": "1"},
            check=False,
        )
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr == f"error: cannot write {greeting}: File too large\n"
        assert greeting.read_bytes() == GREETING.read_bytes()
        assert _names(greeting.parent) == [greeting.name]
