from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from runtime.config.loading import load_config
from runtime.errors import ConfigError

Refusal = Callable[[str], str]


@pytest.fixture
def refusal(tmp_path: Path) -> Refusal:
    """Writes a config next to a file a.wasm and gives the message with which it is refused."""
    (tmp_path / "a.wasm").touch()

    def message_of(text: str) -> str:
        path = tmp_path / "Config.toml"
        path.write_text(text, encoding="utf-8")
        with pytest.raises(ConfigError) as caught:
            load_config(path, working_dir=tmp_path)
        return caught.value.message

    return message_of


def warnings_of(directory: Path, text: str) -> tuple[str, ...]:
    (directory / "a.wasm").touch()
    path = directory / "Config.toml"
    path.write_text(text, encoding="utf-8")
    return load_config(path, working_dir=directory).warnings


def test_all_problems_are_reported_at_once(refusal: Refusal) -> None:
    message = refusal("""
        total_memory_limit = "10 XB"
        [[module]]
        name = "a"
        logger_enabled = "yes"
        [module.wasi]
        mapped_dirs = { sites = 5 }
        [[module]]
        mem_pages_count = -1
    """)
    first, *problems = message.splitlines()
    assert first.startswith('cannot use "')
    assert first.endswith('Config.toml":')
    assert [problem.split(": ")[0].strip() for problem in problems] == [
        "total_memory_limit",
        "module[0].logger_enabled",
        "module[0].wasi.mapped_dirs.sites",
        "module[1].name",
        "module[1].mem_pages_count",
    ]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("max_heap_size = 1.5", "max_heap_size: the float 1.5: not a size; allowed is an integer"),
        ('max_heap_size = "1 XB"', "unknown unit 'XB'"),
        ("mem_pages_count = true", "expected an integer from 0 to 4294967295, got true"),
        ("logger_enabled = 1", "logger_enabled: expected true or false, got the integer 1"),
        ("logging_mask = 2147483648", "from -2147483648 to 2147483647, got the integer 2147483648"),
        ("wasi = 2020-01-01", "wasi: expected a table, got the date or time 2020-01-01"),
        ("wasi = []", "wasi: expected a table, got an array of 0"),
        ("wasi = [{}, {}]", "wasi: expected one table, got 2"),
        ("mounted_binaries = [{}, {}, {}]", "mounted_binaries: expected one table, got 3"),
        ("wasi.envs = [1]", "wasi.envs: expected a table, got an array of 1"),
        (
            "wasi.envs.A = 1",
            "wasi.envs.A: expected a string (in quotes, no NUL), got the integer 1",
        ),
        ('wasi.envs."A=B" = "x"', 'wasi.envs."A=B": the name becomes an environment variable'),
        ("wasi.envs.A.B = 1", "wasi.envs.A: expected a string (in quotes, no NUL), got a table"),
        (
            'wasi.preopened_files = "x"',
            "preopened_files: expected an array of paths, got the string",
        ),
        ("wasi.preopened_files = [1]", "wasi.preopened_files[0]: expected a path"),
        ('wasi.preopened_files = ["a.wasm"]', "preopened_files[0]: "),
        (
            'wasi.mapped_dirs.d = ""',
            "expected a path as a non-empty string without NUL, got the str",
        ),
        ('wasi.mapped_dirs.d = "a\\u0000b"', "wasi.mapped_dirs.d: expected a path"),
        ('wasi.mapped_dirs."" = "x"', 'wasi.mapped_dirs."": the name becomes'),
        (
            'wasi.mapped_dirs.d = "a.wasm"',
            "is a file, not a directory; expected a directory, which",
        ),
        ('wasi.mapped_dirs.d = "a.wasm/d"', 'a.wasm" is a file, not a directory'),
        ("mounted_binaries.curl = {}", "mounted_binaries.curl: expected a path"),
        ("file_name = 1", "file_name: expected a path"),
        ('file_name = "nope.wasm"', "file_name: no module file: "),
        ("load_from = []", "load_from: expected a path"),
        ('load_from = "nope"', 'nope": no such file or directory; expected a file or directory'),
    ],
)
def test_a_wrong_value_is_named_with_what_is_allowed(
    refusal: Refusal, line: str, problem: str
) -> None:
    message = refusal(f'[[module]]\nname = "a"\n{line}\n')
    assert message.count("\n") == 1
    assert "module[0]." in message
    assert problem in message


@pytest.mark.parametrize("name", ['""', '"a/b"', '"a\\\\b"', '"a\\u001b[2J"', "5", "[]"])
def test_a_name_that_cannot_be_one_is_refused(refusal: Refusal, name: str) -> None:
    message = refusal(f"[[module]]\nname = {name}\n")
    assert "module[0].name: expected a non-empty string without slashes and control" in message
    assert "\x1b" not in message


def test_a_module_without_name_is_refused(refusal: Refusal) -> None:
    assert "module[0].name: missing" in refusal('[[module]]\nfile_name = "a.wasm"\n')


def test_a_misspelt_key_is_shown_next_to_the_problem_it_causes(refusal: Refusal) -> None:
    message = refusal('[[module]]\nnmae = "a"\n')
    assert "module[0].name: missing" in message
    assert "warning: module[0].nmae: unknown key, ignored; did you mean 'name'?" in message


def test_two_modules_of_one_name_are_refused(refusal: Refusal) -> None:
    message = refusal('[[module]]\nname = "a"\n[[module]]\nname = "a"\n')
    assert 'module[1].name: "a" is already the name of module[0]' in message


def test_a_missing_module_file_is_named_with_the_ways_to_say_where_it_is(
    refusal: Refusal, tmp_path: Path
) -> None:
    message = refusal('[[module]]\nname = "nope"\n')
    assert f'module[0].name: no module file: "{tmp_path}/nope.wasm": no such file' in message
    assert "modules_dir, load_from and file_name" in message


def test_a_directory_in_place_of_the_module_file_is_refused(
    refusal: Refusal, tmp_path: Path
) -> None:
    (tmp_path / "d.wasm").mkdir()
    assert "is a directory, not a file" in refusal('[[module]]\nname = "d"\n')


def test_file_name_is_refused_where_load_from_names_a_file(refusal: Refusal) -> None:
    message = refusal('[[module]]\nname = "x"\nload_from = "a.wasm"\nfile_name = "a.wasm"\n')
    assert "module[0].file_name: not allowed where load_from names a file" in message


def test_a_missing_modules_dir_is_the_only_problem_it_causes(refusal: Refusal) -> None:
    message = refusal('modules_dir = "nope"\n[[module]]\nname = "a"\n[[module]]\nname = "b"\n')
    assert message.count("\n") == 1
    assert "modules_dir: " in message


def test_a_missing_service_working_dir_is_refused(refusal: Refusal) -> None:
    assert "service_working_dir: " in refusal('service_working_dir = "nope"\n')


def test_a_missing_working_directory_is_refused_even_without_the_key(tmp_path: Path) -> None:
    (tmp_path / "Config.toml").touch()
    with pytest.raises(ConfigError, match=r"working directory: .*nope"):
        load_config(tmp_path / "Config.toml", working_dir=tmp_path / "nope")


def test_one_guest_name_for_two_directories_is_refused(refusal: Refusal) -> None:
    message = refusal(
        '[[module]]\nname = "a"\n[module.wasi]\n'
        'preopened_files = ["d"]\nmapped_dirs = { d = "other" }\n'
    )
    assert "module[0].wasi.mapped_dirs.d" in message
    assert "preopened_files" in message


def test_a_symbolic_link_to_nowhere_is_no_directory(refusal: Refusal, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "gone")
    message = refusal('[[module]]\nname = "a"\n[module.wasi]\nmapped_dirs = { d = "link" }\n')
    assert "is a symbolic link to nowhere" in message


def test_a_single_module_table_is_told_from_an_array(refusal: Refusal) -> None:
    message = refusal('[module]\nname = "a"\n')
    assert "module: expected an array of tables, got a table; write [[module]]" in message


@pytest.mark.parametrize("text", ["module = 5", "module = [5]", "default = 5", "modules_dir = 5"])
def test_wrong_types_at_the_top_are_refused(refusal: Refusal, text: str) -> None:
    assert text.split(" ", maxsplit=1)[0] in refusal(text).splitlines()[1]


def test_problems_in_default_are_named_there(refusal: Refusal) -> None:
    assert "default.wasi.envs.A: expected" in refusal("[default.wasi.envs]\nA = 1\n")


def test_unknown_keys_are_warnings_with_place_and_nearest_known_key(tmp_path: Path) -> None:
    text = """
        modul_dir = "x"
        [[module]]
        name = "a"
        mem_page_count = 1
        zzz = 1
        [module.wasi]
        mapped_dir = {}
        [default]
        name = "x"
    """
    warnings = warnings_of(tmp_path, text)
    assert [warning.split('Config.toml": ')[1] for warning in warnings] == [
        "modul_dir: unknown key, ignored; did you mean 'modules_dir'?",
        "default.name: unknown key, ignored",
        "module[0].mem_page_count: unknown key, ignored; did you mean 'mem_pages_count'?",
        "module[0].zzz: unknown key, ignored",
        "module[0].wasi.mapped_dir: unknown key, ignored; did you mean 'mapped_dirs'?",
    ]


@pytest.mark.parametrize("binary", ["/nope/curl", "a.wasm", "."])
def test_a_binary_that_cannot_be_run_is_a_warning(tmp_path: Path, binary: str) -> None:
    text = f'[[module]]\nname = "a"\n[module.mounted_binaries]\ncurl = "{binary}"\n'
    (warning,) = warnings_of(tmp_path, text)
    assert "module[0].mounted_binaries.curl: " in warning
    assert "calls of it will fail" in warning


def test_a_missing_config_is_named() -> None:
    with pytest.raises(ConfigError, match=r'cannot read the config "nope.toml": No such file'):
        load_config(Path("nope.toml"))


def test_a_directory_is_no_config_but_the_config_in_it_is_suggested(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"a directory, not a file$"):
        load_config(tmp_path)
    (tmp_path / "Config.toml").touch()
    with pytest.raises(ConfigError, match=r'a directory, not a file; did you mean ".*Config.toml"'):
        load_config(tmp_path)


def test_a_path_with_a_nul_is_no_config() -> None:
    with pytest.raises(ConfigError, match="cannot read the config"):
        load_config(Path("a\0b"))


def test_a_config_inside_of_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match="Not a directory"):
        load_config(tmp_path / "file/Config.toml")


def test_a_module_is_no_config(tmp_path: Path) -> None:
    path = tmp_path / "greeting.wasm"
    path.write_bytes(b"\0asm\x01\0\0\0")
    with pytest.raises(ConfigError, match=r"greeting.wasm\": a WebAssembly module, not a Config"):
        load_config(path)


def test_bytes_that_are_no_utf8_are_refused_with_their_line(tmp_path: Path) -> None:
    path = tmp_path / "Config.toml"
    path.write_bytes(b"# fine\nmodules_dir = '\xff'\n")
    with pytest.raises(ConfigError, match=r"not UTF-8 text, byte 0xff in line 2"):
        load_config(path)


def test_the_space_in_the_brackets_that_some_documents_show_is_explained(
    refusal: Refusal,
) -> None:
    message = refusal('# from the slides\n[ [module]\n  name = "a"\n')
    assert "not valid TOML, line 2, column 3" in message
    assert "write [[module]], without a space between the brackets" in message
    assert message.endswith("\n    [ [module]\n      ^")


def test_a_syntax_error_shows_its_line_without_control_characters(refusal: Refusal) -> None:
    message = refusal("a = 1 \x1b[2J\n")
    assert "line 1, column 7" in message
    assert "\x1b" not in message.split("\n", 1)[1]


@pytest.mark.parametrize("text", ["a = " + "[" * 10_000, "a = " + "9" * 5_000, "a = ", "a = '''"])
def test_extreme_and_cut_off_configs_are_refused(refusal: Refusal, text: str) -> None:
    assert refusal(text).startswith("cannot read the config")


@pytest.mark.parametrize(
    "name", ["host", "__marine_host_api_v3", "wasi_snapshot_preview1", "wasi_unstable"]
)
def test_a_module_that_nobody_can_import_from_is_warned_of(tmp_path: Path, name: str) -> None:
    (warning,) = warnings_of(tmp_path, f'[[module]]\nname = "{name}"\nfile_name = "a.wasm"')
    assert "module[0].name: other modules cannot import from a module of the name" in warning
    assert name in warning


def test_a_strict_reader_takes_warnings_for_errors(tmp_path: Path) -> None:
    (tmp_path / "a.wasm").touch()
    path = tmp_path / "Config.toml"
    path.write_text('[[module]]\nname = "a"\nnam = "b"\n', encoding="utf-8")
    assert load_config(path).warnings
    with pytest.raises(ConfigError) as caught:
        load_config(path, strict=True)
    first, warning = caught.value.message.splitlines()
    assert first == f'cannot use "{path}", since warnings count as errors:'
    assert warning == "  warning: module[0].nam: unknown key, ignored; did you mean 'name'?"


def test_a_strict_reader_takes_a_config_without_warnings(tmp_path: Path) -> None:
    (tmp_path / "a.wasm").touch()
    path = tmp_path / "Config.toml"
    path.write_text('[[module]]\nname = "a"\n', encoding="utf-8")
    assert load_config(path, strict=True) == load_config(path)


@pytest.mark.parametrize(
    ("directory", "reason"),
    [
        ("/", "holds all files"),
        ("/proc", "is the system's own"),
        ("/sys/kernel", "is the system's own"),
        ("/dev", "is the system's own"),
        (".", "holds this config"),
        ("modules", 'holds the file of module "a"'),
        ("linked", 'holds the file of module "a"'),
        ("bin", 'holds the mounted binary "tool"'),
    ],
)
@pytest.mark.parametrize("key", ["mapped_dirs.data", "preopened_files"])
def test_a_directory_with_what_no_module_should_change_is_warned_of(
    tmp_path: Path, directory: str, reason: str, key: str
) -> None:
    value = f'"{directory}"' if key == "mapped_dirs.data" else f'["{directory}"]'
    (warning,) = warnings_of_directories(tmp_path, f"wasi.{key} = {value}")
    guest = "data" if key == "mapped_dirs.data" else directory
    assert f'directory "{guest}" of module "a": ' in warning
    assert reason in warning


@pytest.mark.parametrize("directory", ["sites", "modules/data", "a/../bin/b", "/dev/shm"])
def test_a_directory_of_the_modules_own_is_not_warned_of(tmp_path: Path, directory: str) -> None:
    assert warnings_of_directories(tmp_path, f'wasi.mapped_dirs.data = "{directory}"') == ()


@pytest.mark.parametrize(
    ("link", "target", "modules_dir", "binary", "held"),
    [
        ("a.wasm", "../modules/a.wasm", "data", "bin/tool", 'the file of module "a"'),
        ("modules", "../modules", "data/modules", "bin/tool", 'the file of module "a"'),
        ("tool", "../bin/tool", "modules", "data/tool", 'the mounted binary "tool"'),
        ("back", "../modules", "data/back/../modules", "bin/tool", 'the file of module "a"'),
        ("Config.toml", "../Config.toml", "../modules", "../bin/tool", "this config"),
    ],
)
def test_a_directory_with_a_link_on_the_way_to_a_file_is_warned_of(
    tmp_path: Path, link: str, target: str, modules_dir: str, binary: str, held: str
) -> None:
    make_files(tmp_path)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / link).symlink_to(target)
    (tmp_path / "Config.toml").write_text(
        f'modules_dir = "{modules_dir}"\n[[module]]\nname = "a"\n'
        f'mounted_binaries.tool = "{binary}"\nwasi.mapped_dirs.data = "data"\n',
        encoding="utf-8",
    )
    path = tmp_path / ("data/Config.toml" if link == "Config.toml" else "Config.toml")
    (warning,) = load_config(path, working_dir=tmp_path).warnings
    assert f"holds {held}, and the module can change" in warning


@pytest.mark.skipif(not Path("/dev/shm").is_dir(), reason="the system has no shared memory")
def test_shared_memory_with_a_modules_file_is_warned_of() -> None:
    with TemporaryDirectory(dir="/dev/shm") as directory:
        (warning,) = warnings_of_directories(Path(directory), 'wasi.mapped_dirs.data = "modules"')
    assert 'holds the file of module "a"' in warning


@pytest.mark.parametrize("directory", ["cache", "cache/mrepl", "cache/mrepl/compiled/a"])
def test_a_directory_with_compiled_code_is_warned_of(
    tmp_path: Path, directory: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runtime.engine.code_cache.user_cache_path", (tmp_path / "cache").joinpath)
    (warning,) = warnings_of_directories(tmp_path, f'wasi.mapped_dirs.data = "{directory}"')
    assert "holds compiled code that is run, and the module can change" in warning


def test_circles_of_links_are_no_reason_to_hang(tmp_path: Path) -> None:
    (tmp_path / "circle").symlink_to("circle")
    lines = 'mounted_binaries.other = "circle/tool"\nwasi.mapped_dirs.data = "sites"'
    (warning,) = warnings_of_directories(tmp_path, lines)
    assert "too many levels of symbolic links" in warning


def make_files(directory: Path) -> None:
    """A module and a binary, in directories of theirs."""
    for name in ("modules", "bin"):
        (directory / name).mkdir()
    (directory / "modules" / "a.wasm").touch()
    (directory / "bin" / "tool").touch(mode=0o755)


def warnings_of_directories(directory: Path, line: str) -> tuple[str, ...]:
    """The warnings of a config of one module with a file and a binary in directories of theirs."""
    make_files(directory)
    (directory / "a").mkdir()
    (directory / "linked").symlink_to("modules")
    return warnings_of(
        directory,
        'modules_dir = "modules"\n[[module]]\nname = "a"\n'
        f'mounted_binaries.tool = "bin/tool"\n{line}\n',
    )
