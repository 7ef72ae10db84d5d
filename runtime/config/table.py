"""Reading the values of one TOML table by type, noting what does not fit."""

from collections.abc import Iterable, Mapping

from runtime.config.problems import Findings, described_toml, join_key
from runtime.config.sizes import SIZES_ALLOWED, parse_size
from runtime.frozen_dataclass import frozen_dataclass
from runtime.suggestions import suggestion


@frozen_dataclass
class Limit:
    """A limit of memory that a config gives.

    Attributes:
        size: in bytes; None for an infinite one.
    """

    size: int | None


@frozen_dataclass
class Table:
    """One table of a config.

    Each method gives the value of a key, or None if the key is absent or its value is wrong; what
    is wrong is noted in the findings.

    Attributes:
        values: as the TOML parser gives them.
        key: the table's own path, such as `module[1].wasi`; empty for the top.
        findings: where problems and warnings go.
    """

    values: Mapping[str, object]
    key: str
    findings: Findings

    def path_of(self, name: str, index: int | None = None) -> str:
        """The path of one of the table's keys, or of an element of its array."""
        key = join_key(self.key, name)
        return key if index is None else f"{key}[{index}]"

    def problem(self, name: str, text: str) -> None:
        """Note what is wrong with the value of a key."""
        self.findings.problem(self.path_of(name), text)

    def _wrong_type(self, key: str, expected: str, value: object) -> None:
        self.findings.problem(key, f"expected {expected}, got {described_toml(value)}")

    def warn_of_unknown_keys(self, known: Iterable[str]) -> None:
        """Warn of each key that is not known, with the nearest that is."""
        names = tuple(known)
        for name in self.values:
            if name not in names:
                self.findings.warning(
                    self.path_of(name), f"unknown key, ignored{suggestion(name, names)}"
                )

    def boolean(self, name: str) -> bool | None:
        """A boolean."""
        value = self.values.get(name)
        if value is None or isinstance(value, bool):
            return value
        self._wrong_type(self.path_of(name), "true or false", value)
        return None

    def integer(self, name: str, lowest: int, highest: int) -> int | None:
        """An integer within bounds."""
        value = self.values.get(name)
        if value is None:
            return None
        if isinstance(value, int) and not isinstance(value, bool) and lowest <= value <= highest:
            return value
        self._wrong_type(self.path_of(name), f"an integer from {lowest} to {highest}", value)
        return None

    def limit(self, name: str) -> Limit | None:
        """A size of memory."""
        value = self.values.get(name)
        if value is None:
            return None
        try:
            return Limit(parse_size(value))
        except ValueError as error:
            self.problem(name, f"{described_toml(value)}: {error}; allowed is {SIZES_ALLOWED}")
            return None

    def path(self, name: str) -> str | None:
        """A path: a string, neither empty nor with a NUL."""
        value = self.values.get(name)
        return None if value is None else self._checked_path(self.path_of(name), value)

    def _checked_path(self, key: str, value: object) -> str | None:
        if isinstance(value, str) and value and "\0" not in value:
            return value
        self._wrong_type(key, "a path as a non-empty string without NUL", value)
        return None

    def paths(self, name: str) -> tuple[str, ...] | None:
        """An array of paths."""
        value = self.values.get(name)
        if value is None:
            return None
        if not isinstance(value, list):
            self._wrong_type(self.path_of(name), "an array of paths", value)
            return None
        checked = [
            self._checked_path(self.path_of(name, index), item) for index, item in enumerate(value)
        ]
        return tuple(path for path in checked if path is not None)

    def table(self, name: str) -> "Table | None":
        """A table; an array with one table means that table (the seeds write `[[module.wasi]]`)."""
        value = self.values.get(name)
        if isinstance(value, list) and len(value) == 1 and isinstance(value[0], dict):
            value = value[0]
        if value is None:
            return None
        if isinstance(value, dict):
            return Table(value, self.path_of(name), self.findings)
        if isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
            self.problem(name, f"expected one table, got {len(value)}")
        else:
            self._wrong_type(self.path_of(name), "a table", value)
        return None

    def tables(self, name: str) -> tuple["Table", ...]:
        """An array of tables; empty if the key is absent or its value is wrong."""
        value = self.values.get(name)
        if value is None:
            return ()
        if not isinstance(value, list):
            hint = f"; write [[{name}]] for [{name}]" if isinstance(value, dict) else ""
            self.problem(name, f"expected an array of tables, got {described_toml(value)}{hint}")
            return ()
        found = []
        for index, item in enumerate(value):
            if isinstance(item, dict):
                found.append(Table(item, self.path_of(name, index), self.findings))
            else:
                self._wrong_type(self.path_of(name, index), "a table", item)
        return tuple(found)

    def variables(self, name: str) -> dict[str, str] | None:
        """A table of strings that become environment variables; an empty array is an empty table.

        Neither names nor values may hold a NUL, and names no `=`.
        """
        if self.values.get(name) == []:
            return {}
        table = self.table(name)
        if table is None:
            return None
        variables = {}
        for variable, value in table.values.items():
            if not isinstance(value, str) or "\0" in value:
                self._wrong_type(table.path_of(variable), "a string (in quotes, no NUL)", value)
            elif table.names_a_variable(variable):
                variables[variable] = value
        return variables

    def named_paths(self, name: str) -> dict[str, str] | None:
        """A table of paths, whose names become environment variables too."""
        table = self.table(name)
        if table is None:
            return None
        paths = {}
        for path_name in table.values:
            path = table.path(path_name)
            if path is not None and table.names_a_variable(path_name):
                paths[path_name] = path
        return paths

    def names_a_variable(self, name: str) -> bool:
        """Whether a key can name an environment variable; noted as a problem if not."""
        if name and "=" not in name and "\0" not in name:
            return True
        self.problem(
            name, "the name becomes an environment variable: not empty, no '=', no NUL allowed"
        )
        return False
