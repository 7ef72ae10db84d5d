"""`marine it`, `info` and `aqua`."""

import json
import struct
from pathlib import Path

import pytest

from runtime.interface.custom_sections import with_custom_section
from runtime.interface.metadata import INTERFACE_SECTION, MANIFEST_SECTION, SDK_VERSION_SECTION
from tests.support.marine import marine
from tests.support.modules import function_item, module, vector
from tests.support.paths import FIXTURES
from tests.support.running import FAULTS, GREETING

RECORDS = FIXTURES / "records" / "artifacts" / "records_passing_pure.wasm"
TREE = FIXTURES / "arrays" / "artifacts" / "tree.wasm"

AQUA_NAMES = {
    "Boolean": "bool",
    "I8": "i8",
    "I16": "i16",
    "I32": "i32",
    "I64": "i64",
    "U8": "u8",
    "U16": "u16",
    "U32": "u32",
    "U64": "u64",
    "F32": "f32",
    "F64": "f64",
    "Utf8String": "string",
}


def _record(name: str, **fields: object) -> str:
    named = [{"name": field, "ty": kind} for field, kind in fields.items()]
    return json.dumps({"ast_type": "Record", "name": name, "fields": {"Named": named}})


def _with_manifest(wasm: bytes, *fields: str) -> bytes:
    payload = b"".join(struct.pack("<Q", len(each.encode())) + each.encode() for each in fields)
    return with_custom_section(wasm, MANIFEST_SECTION, payload)


class TestIt:
    def test_it_prints_the_text_form(self) -> None:
        done = marine("it", GREETING)
        assert (done.status, done.stderr) == (0, "")
        assert done.stdout.startswith('(@interface it_version "0.27.0")\n\n;; Types\n')
        assert '\n(@interface export "greeting" (func 7))\n' in done.stdout
        assert done.stdout.endswith(
            "\n;; Implementations\n(@interface implement (func 7) (func 6))\n"
        )

    def test_as_data_it_has_every_part(self) -> None:
        done = marine("it", "--json", GREETING)
        (line,) = done.stdout.splitlines()
        section = json.loads(line)
        assert [*section] == [
            "it_version", "types", "imports", "adapters", "exports", "implementations"
        ]  # fmt: skip
        assert section["types"][6] == {
            "kind": "function",
            "arguments": [{"name": "name", "type": "string"}],
            "results": ["string"],
        }
        assert section["adapters"][0]["instructions"][3] == "call-core 0"
        assert section["implementations"] == [{"core_type": 7, "adapter_type": 6}]

    def test_records_and_imports_are_data_too(self) -> None:
        pure = json.loads(marine("it", "--json", RECORDS).stdout)
        record = next(each for each in pure["types"] if each["kind"] == "record")
        assert record["fields"][0] == {"name": "field_0", "type": "bool"}
        assert pure["imports"][0]["namespace"] == "records_passing_effector"


class TestInfo:
    def test_it_says_what_is_absent(self) -> None:
        done = marine("info", FAULTS / "no_interface_types.wasm")
        assert (done.status, done.stderr) == (0, "")
        assert done.stdout == (
            "it version:  absent (no custom section 'interface-types')\n"
            "sdk version: 0.14.0\n"
            "manifest:    absent (no custom section '__fluence_wasm_module_manifest')\n"
        )
        without_sdk = marine("info", FAULTS / "no_sdk_version.wasm").stdout
        assert "sdk version: absent (no custom section '__fluence_sdk_version')\n" in without_sdk

    def test_it_shows_the_manifest(self, tmp_path: Path) -> None:
        file = tmp_path / "m.wasm"
        file.write_bytes(
            _with_manifest(
                GREETING.read_bytes(),
                "Ada, Bob", "1.2.3", "greets\nyou", "", "2024-05-01T12:00:00.123456789+02:00",
            )
        )  # fmt: skip
        done = marine("info", file)
        assert done.stdout == (
            "it version:  0.27.0\n"
            "sdk version: 0.14.0\n"
            "authors:     Ada, Bob\n"
            "version:     1.2.3\n"
            "description: greets\\nyou\n"
            "repository:  empty\n"
            "build time:  2024-05-01 10:00:00.123456789 UTC\n"
        )

    def test_as_data_absent_things_are_null(self, tmp_path: Path) -> None:
        assert json.loads(marine("info", "--json", FAULTS / "no_sdk_version.wasm").stdout) == {
            "it_version": "0.27.0",
            "sdk_version": None,
            "manifest": None,
        }
        file = tmp_path / "m.wasm"
        time = "2024-05-01T12:00:00+02:00"
        file.write_bytes(_with_manifest(GREETING.read_bytes(), "Ada", "1.0.0", "", "", time))
        manifest = json.loads(marine("info", "--json", file).stdout)["manifest"]
        assert manifest == {
            "authors": "Ada",
            "version": "1.0.0",
            "description": "",
            "repository": "",
            "build_time": time,
        }

    def test_a_malformed_manifest_is_an_error_with_its_place(self, tmp_path: Path) -> None:
        file = tmp_path / "m.wasm"
        file.write_bytes(_with_manifest(GREETING.read_bytes(), "Ada", "1.0.0"))
        done = marine("info", file)
        assert done.status == 1
        assert "field 'description'" in done.stderr
        assert "at byte 24" in done.stderr

    def test_what_is_unreadable_does_not_hide_the_rest(self, tmp_path: Path) -> None:
        file = tmp_path / "m.wasm"
        wasm = _with_manifest(GREETING.read_bytes(), "Ada")
        wasm = with_custom_section(wasm, INTERFACE_SECTION, b"\x05\x50")
        file.write_bytes(wasm)
        done = marine("info", file)
        assert done.status == 1
        assert done.stdout == (
            "it version:  unreadable (custom section 'interface-types')\n"
            "sdk version: 0.14.0\n"
            "manifest:    unreadable (custom section '__fluence_wasm_module_manifest')\n"
        )
        types, manifest = done.stderr.splitlines()
        assert types.startswith(f"error: {file}: corrupted interface-types section at byte ")
        assert manifest.startswith(f"error: {file}: malformed {MANIFEST_SECTION}, field 'version'")

    def test_an_unreadable_sdk_version_is_told(self, tmp_path: Path) -> None:
        file = tmp_path / "m.wasm"
        file.write_bytes(with_custom_section(GREETING.read_bytes(), SDK_VERSION_SECTION, b"\xff"))
        done = marine("info", file)
        assert done.status == 1
        assert "it version:  0.27.0\nsdk version: unreadable " in done.stdout
        assert "is not UTF-8" in done.stderr

    def test_as_data_what_is_unreadable_says_why(self, tmp_path: Path) -> None:
        file = tmp_path / "m.wasm"
        file.write_bytes(_with_manifest(GREETING.read_bytes(), "Ada"))
        done = marine("info", "--json", file)
        assert (done.status, done.stderr) == (1, "")
        information = json.loads(done.stdout)
        assert information["it_version"] == "0.27.0"
        assert information["manifest"] is None
        assert list(information["unreadable"]) == [MANIFEST_SECTION]
        assert "field 'version'" in information["unreadable"][MANIFEST_SECTION]


class TestErrorsAsJson:
    @pytest.mark.parametrize("command", ["it", "info", "aqua"])
    def test_an_error_is_an_object_on_stdout(self, command: str, tmp_path: Path) -> None:
        file = tmp_path / "none.wasm"
        done = marine(command, "--json", file)
        assert (done.status, done.stderr) == (1, "")
        assert json.loads(done.stdout) == {
            "error": {
                "kind": "ModuleFileError",
                "message": f"cannot read {file}: No such file or directory",
                "module": None,
                "function": None,
            }
        }


class TestAqua:
    def test_records_come_before_those_that_hold_them_and_functions_by_name(self) -> None:
        done = marine("aqua", RECORDS)
        assert (done.status, done.stderr) == (0, "")
        blocks = done.stdout.split("\n\n")
        assert blocks[0] == "aqua RecordsPassingPure declares *"
        assert [block.split(":")[0] for block in blocks[1:-1]] == [
            "data TestRecord", "data TestRecord0", "data TestRecord1"
        ]  # fmt: skip
        assert blocks[-1] == (
            'service RecordsPassingPure("records_passing_pure"):\n'
            "  invoke() -> TestRecord\n"
            "  pass_record(test_record: TestRecord) -> TestRecord\n"
            "  test_record_array(test_record: []TestRecord1) -> []TestRecord1\n"
            "  test_record_ref(test_record: TestRecord1) -> TestRecord0\n"
        )

    def test_name_and_id_can_be_given(self) -> None:
        done = marine("aqua", GREETING, "-s", "Hello", "-i", "my-hello")
        assert done.stdout == (
            "aqua Hello declares *\n"
            "\n"
            'service Hello("my-hello"):\n'
            "  greeting(name: string) -> string\n"
        )

    def test_every_type_has_its_name_in_aqua(self, tmp_path: Path) -> None:
        arguments: list[tuple[str, object]] = [
            (f"a_{number}", kind) for number, kind in enumerate(AQUA_NAMES)
        ]
        arguments += [("bytes", vector("U8")), ("deep", vector(vector("Utf8String")))]
        file = tmp_path / "all-types.wasm"
        file.write_bytes(module("(module)", [function_item("f", arguments, None)]))
        listed = ", ".join(f"a_{number}: {name}" for number, name in enumerate(AQUA_NAMES.values()))
        assert marine("aqua", file).stdout == (
            "aqua AllTypes declares *\n"
            "\n"
            'service AllTypes("all-types"):\n'
            f"  f({listed}, bytes: []u8, deep: [][]string)\n"
        )

    def test_as_data_it_has_the_same_parts(self) -> None:
        service = json.loads(marine("aqua", "--json", GREETING).stdout)
        assert service == {
            "name": "Greeting",
            "id": "greeting",
            "records": [],
            "functions": [
                {
                    "name": "greeting",
                    "arguments": [{"name": "name", "type": "string"}],
                    "results": ["string"],
                }
            ],
        }

    def test_what_aqua_will_not_take_is_warned_of(self, tmp_path: Path) -> None:
        file = tmp_path / "odd.wasm"
        items = [
            _record("lower", Field={"U8": "ByValue"}),
            function_item("Do", [("_x", {"Record": ["lower", "ByValue"]})], None),
        ]
        file.write_bytes(module("(module)", items))
        done = marine("aqua", file)
        assert done.status == 0
        assert done.stdout.endswith("  Do(_x: lower)\n")
        for part in ("record 'lower'", "field 'Field'", "function 'Do'", "argument '_x'"):
            assert part in done.stderr
        assert all(line.startswith("warning: ") for line in done.stderr.splitlines())

    def test_recursive_records_are_warned_of(self) -> None:
        done = marine("aqua", TREE, "-s", "Trees")
        assert "data Tree:\n  name: string\n  children: []Tree\n" in done.stdout
        assert done.stderr == (
            f"warning: {TREE}: record 'Tree' holds itself, and Aqua has no recursive types\n"
        )

    @pytest.mark.parametrize("name", ["123.wasm", "ö.wasm"])
    def test_a_file_name_without_a_service_name_asks_for_one(
        self, tmp_path: Path, name: str
    ) -> None:
        file = tmp_path / name
        file.write_bytes(GREETING.read_bytes())
        done = marine("aqua", file)
        assert (done.status, done.stdout) == (1, "")
        assert done.stderr.endswith("no name for the service in the file's name: give -s NAME\n")
        assert marine("aqua", file, "-s", "Named").status == 0
