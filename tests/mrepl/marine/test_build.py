"""`marine build` with stand-ins for cargo and the compiler."""

import json
import os
from pathlib import Path

import pytest

from runtime.interface.custom_sections import custom_sections, with_custom_section
from runtime.interface.metadata import INTERFACE_SECTION, SDK_VERSION_SECTION, read_metadata
from runtime.interface.sdk_metadata import SECTION_PREFIXES
from tests.support.marine import marine
from tests.support.paths import FIXTURES
from tests.support.stand_in_cargo import StandInCargo, stand_in_cargo

BUILT = (FIXTURES / "greeting" / "artifacts" / "greeting.wasm").read_bytes()
NO_MODULE = b"\0asm\1\0\0\0"


def without(wasm: bytes, *names: str) -> bytes:
    for section in reversed(custom_sections(wasm)):
        if section.name in names:
            wasm = wasm[: section.start] + wasm[section.end :]
    return wasm


COMPILED = without(BUILT, INTERFACE_SECTION, SDK_VERSION_SECTION)
"""A module as the compiler leaves it, with SDK metadata and no more."""


@pytest.fixture
def cargo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> StandInCargo:
    return stand_in_cargo(tmp_path, monkeypatch)


def write(cargo: StandInCargo, name: str, wasm: bytes) -> Path:
    path = cargo.project / "target" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(wasm)
    return path


def test_cargo_builds_for_wasm_with_the_arguments_that_are_given(
    cargo: StandInCargo, capfd: pytest.CaptureFixture[str]
) -> None:
    cargo.answer(write(cargo, "a.wasm", COMPILED))
    assert marine("build", "--release", "-p", "a", "--config", "a = 'b  c'").status == 0
    assert cargo.build_arguments() == [
        "build",
        "--target=wasm32-wasip1",
        "--message-format=json-render-diagnostics",
        "--release",
        "-p",
        "a",
        "--config",
        "a = 'b  c'",
    ]
    assert capfd.readouterr().err == "   Compiling\n"


def test_types_and_the_sdks_version_go_into_every_module_and_nothing_else_changes(
    cargo: StandInCargo,
) -> None:
    second = with_custom_section(COMPILED, "more", b"data")
    paths = [write(cargo, "b.wasm", COMPILED), write(cargo, "a.wasm", second)]
    cargo.answer(*paths)
    done = marine("build")
    assert done.status == 0
    assert done.stdout == (
        "target/a.wasm: interface types embedded, SDK version 0.14.0\n"
        "target/b.wasm: interface types embedded, SDK version 0.14.0\n"
    )
    assert done.stderr == ""
    assert paths[0].read_bytes() == BUILT
    assert paths[1].read_bytes() == second + BUILT[len(COMPILED) :]


def test_building_again_gives_the_same_bytes(cargo: StandInCargo) -> None:
    path = write(cargo, "a.wasm", COMPILED)
    cargo.answer(path)
    assert marine("build").status == marine("build").status == 0
    assert path.read_bytes() == BUILT


def test_the_copy_that_cargo_keeps_of_an_artifact_stays_as_it_was(cargo: StandInCargo) -> None:
    kept, path = write(cargo, "a-4e5d.wasm", COMPILED), cargo.project / "target" / "a.wasm"
    os.link(kept, path)  # as cargo does
    cargo.answer(path)
    assert marine("build").status == 0
    assert path.read_bytes() == BUILT
    assert kept.read_bytes() == COMPILED


def test_wasm_files_without_sdk_metadata_are_named_and_skipped(cargo: StandInCargo) -> None:
    path = write(cargo, "plain.wasm", NO_MODULE)
    cargo.answer(path, write(cargo, "a.wasm", COMPILED))
    done = marine("build")
    assert done.status == 0
    assert done.stderr == (
        "warning: skipped target/plain.wasm: it has no SDK metadata "
        f"(custom sections {SECTION_PREFIXES[0]}…)\n"
    )
    assert done.stdout == "target/a.wasm: interface types embedded, SDK version 0.14.0\n"
    assert path.read_bytes() == NO_MODULE


def test_files_of_other_kinds_are_not_looked_at(cargo: StandInCargo) -> None:
    cargo.answer(cargo.project / "libserde.rlib", cargo.project / "libmacro.so")
    done = marine("build")
    assert (done.status, done.stdout) == (0, "")
    assert done.stderr == (
        "warning: no Wasm file was built: a module is a package with a src/main.rs\n"
    )


def test_what_macros_print_is_shown_and_not_taken_for_messages(cargo: StandInCargo) -> None:
    path = write(cargo, "a.wasm", COMPILED)
    cargo.answer(path, other=["a macro says hello", "{ it opens a brace", "[1]"])
    done = marine("build")
    assert done.status == 0
    assert done.stderr == "a macro says hello\n{ it opens a brace\n"
    assert path.read_bytes() == BUILT


@pytest.mark.parametrize(
    ("knows", "installed", "expected"),
    [
        (["wasm32-wasi"], ["wasm32-wasi"], "wasm32-wasi"),
        (["wasm32-wasi"], [], "wasm32-wasi"),
        (["wasm32-wasi", "wasm32-wasip1"], ["wasm32-wasi"], "wasm32-wasi"),
        (["wasm32-wasi", "wasm32-wasip1"], ["wasm32-wasi", "wasm32-wasip1"], "wasm32-wasip1"),
        (["wasm32-wasi", "wasm32-wasip1"], [], "wasm32-wasip1"),
    ],
)
def test_the_target_has_its_old_name_for_an_old_compiler(
    knows: list[str],
    installed: list[str],
    expected: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cargo = stand_in_cargo(tmp_path, monkeypatch)
    (cargo.project / "sysroot" / "wasm32-wasip1" / "lib").rmdir()
    cargo.compiler(knows=knows, installed=installed)
    assert marine("build").status == 0
    assert cargo.build_arguments()[1] == f"--target={expected}"


def test_a_target_that_is_given_replaces_the_usual_one(cargo: StandInCargo) -> None:
    assert marine("build", "--target", "wasm32-wasip1-threads").status == 0
    assert cargo.build_arguments() == [
        "build",
        "--message-format=json-render-diagnostics",
        "--target",
        "wasm32-wasip1-threads",
    ]


def test_a_toolchain_comes_first_as_rustup_wants_it(cargo: StandInCargo) -> None:
    assert marine("build", "+nightly", "--release").status == 0
    arguments = cargo.build_arguments()
    assert arguments[:2] == ["+nightly", "build"]
    assert arguments[-1] == "--release"


def test_when_cargo_fails_nothing_is_embedded(cargo: StandInCargo) -> None:
    path = write(cargo, "a.wasm", COMPILED)
    cargo.answer(path, status=101)
    done = marine("build")
    assert (done.status, done.stdout, done.stderr) == (1, "", "")
    assert path.read_bytes() == COMPILED


def test_without_cargo_it_says_what_to_install(cargo: StandInCargo) -> None:
    (cargo.programs / "cargo").unlink()
    done = marine("build")
    assert done.status == 1
    assert done.stderr.startswith("error: cannot run cargo, which compiles modules: No such file")
    assert "\n  rustup target add wasm32-wasip1\n  apt-get install cargo " in done.stderr


@pytest.mark.parametrize(
    ("toolchain", "command"),
    [
        ((), "rustup target add wasm32-wasip1"),
        (("+nightly",), "rustup target add wasm32-wasip1 --toolchain nightly"),
    ],
)
def test_when_cargo_fails_without_the_target_it_says_what_to_install(
    toolchain: tuple[str, ...], command: str, cargo: StandInCargo
) -> None:
    (cargo.project / "sysroot" / "wasm32-wasip1" / "lib").rmdir()
    cargo.answer(status=101)
    done = marine("build", *toolchain)
    assert done.status == 1
    assert done.stderr.startswith(
        "error: the target wasm32-wasip1 seems not to be installed for the Rust compiler in use\n"
    )
    assert f"\n  {command}\n" in done.stderr


def test_a_target_that_only_cargo_can_tell_of_is_not_called_missing(cargo: StandInCargo) -> None:
    (cargo.programs / "rustc").unlink()
    cargo.answer(status=101)
    done = marine("build")
    assert (done.status, done.stderr) == (1, "")
    assert cargo.build_arguments()[1] == "--target=wasm32-wasip1"


@pytest.mark.parametrize("argument", ["--message-format", "--message-format=short"])
def test_cargos_messages_cannot_have_another_format(argument: str, cargo: StandInCargo) -> None:
    done = marine("build", argument, "short")
    assert done.status == 1
    assert done.stderr == (
        "error: `marine build` reads cargo's messages itself: expected no --message-format\n"
    )
    assert not cargo.calls.exists()


@pytest.mark.parametrize("arguments", [("-h",), ("--help",), ("--release", "--help")])
def test_help_is_that_of_marine_and_starts_no_cargo(
    arguments: tuple[str, ...], cargo: StandInCargo
) -> None:
    done = marine("build", *arguments)
    assert done.status == 0
    assert done.stdout.startswith("usage: marine build [-h] [+TOOLCHAIN] [CARGO_ARGUMENT ...]")
    assert "examples:" in done.stdout
    assert not cargo.calls.exists()


def test_a_module_with_malformed_metadata_is_an_error_and_the_others_are_done(
    cargo: StandInCargo,
) -> None:
    malformed = with_custom_section(NO_MODULE, SECTION_PREFIXES[0] + "x", b"{}")
    bad, good = write(cargo, "a.wasm", malformed), write(cargo, "b.wasm", COMPILED)
    cargo.answer(bad, good)
    done = marine("build")
    assert done.status == 1
    assert done.stderr == f"error: {bad}: SDK metadata, document 1: `ast_type` is missing\n"
    assert bad.read_bytes() == malformed
    assert good.read_bytes() == BUILT


@pytest.mark.parametrize("content", [b"(module)", b"\0asm\x0d\0\1\0", b""])
def test_an_artifact_that_is_no_core_module_is_an_error_that_names_it(
    content: bytes, cargo: StandInCargo
) -> None:
    path = write(cargo, "a.wasm", content)
    cargo.answer(path)
    done = marine("build")
    assert done.status == 1
    assert done.stderr.startswith(f"error: {path}: ")
    assert path.read_bytes() == content


def test_an_artifact_that_is_not_there_is_an_error_that_names_it(cargo: StandInCargo) -> None:
    path = cargo.project / "a.wasm"
    cargo.answer(path)
    done = marine("build")
    assert (done.status, done.stderr) == (
        1,
        f"error: cannot read {path}: No such file or directory\n",
    )


@pytest.mark.parametrize("versions", [(), ("0.13.0", "0.14.0")])
def test_where_the_lock_does_not_tell_the_sdks_version_the_modules_own_stays(
    versions: tuple[str, ...], cargo: StandInCargo
) -> None:
    cargo.lock(*versions)
    path = write(cargo, "a.wasm", with_custom_section(COMPILED, SDK_VERSION_SECTION, b"0.7.1"))
    cargo.answer(path)
    done = marine("build")
    assert done.stdout == "target/a.wasm: interface types embedded, SDK version 0.7.1\n"
    assert read_metadata(path.read_bytes()).sdk_version == "0.7.1"


def test_a_module_whose_sdk_version_nobody_knows_is_an_error(cargo: StandInCargo) -> None:
    (cargo.project / "Cargo.lock").unlink()
    path = write(cargo, "a.wasm", COMPILED)
    cargo.answer(path)
    done = marine("build")
    assert done.status == 1
    assert done.stderr == (
        f"error: {path}: its SDK version is unknown: expected one package marine-rs-sdk in "
        "Cargo.lock\n"
    )
    assert path.read_bytes() == COMPILED


@pytest.mark.parametrize("content", [b"version = ", b"\xff"])
def test_a_malformed_lock_is_an_error_that_names_it(content: bytes, cargo: StandInCargo) -> None:
    (cargo.project / "Cargo.lock").write_bytes(content)
    cargo.answer(write(cargo, "a.wasm", COMPILED))
    done = marine("build")
    assert done.status == 1
    assert f"{cargo.project / 'Cargo.lock'} is malformed: " in done.stderr


def test_a_file_that_cargo_names_twice_is_done_once(cargo: StandInCargo) -> None:
    path = write(cargo, "a.wasm", COMPILED)
    cargo.answer(path, path)
    assert marine("build").stdout.count("a.wasm") == 1


def test_control_characters_in_names_are_shown_escaped(cargo: StandInCargo) -> None:
    cargo.answer(write(cargo, "a\x1b[2J.wasm", COMPILED))
    assert marine("build").stdout.startswith("target/a\\u001b[2J.wasm: ")


def test_messages_of_unknown_shape_are_passed_over(cargo: StandInCargo) -> None:
    path = write(cargo, "a.wasm", COMPILED)
    strange = [
        json.dumps({"reason": "compiler-artifact"}),
        json.dumps({"reason": "compiler-artifact", "filenames": [1, None], "manifest_path": 5}),
        json.dumps({"reason": "compiler-artifact", "filenames": "a.wasm"}),
    ]
    cargo.answer(path, other=strange)
    assert marine("build").stdout.startswith("target/a.wasm: ")
