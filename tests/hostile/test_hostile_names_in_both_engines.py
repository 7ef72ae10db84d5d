"""Functions, records and imports with hostile names: called, trapping and refused alike."""

from collections.abc import Iterator

import pytest

from tests.differential.both_engines import BothEngines, exact
from tests.hostile.names import HOSTILE_NAMES, NAMES, assert_harmless


@pytest.fixture(scope="module")
def both() -> Iterator[BothEngines]:
    with BothEngines() as both:
        both.load("names", (HOSTILE_NAMES / "artifacts" / "names.wasm").read_bytes())
        yield both


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_a_function_is_called_by_its_name_and_gives_a_record_with_it(
    both: BothEngines, name: str
) -> None:
    assert both.call("names", name, [{name: 16}]).outcome.value == exact({name: 16})
    refused = both.call("names", name, [{name: -1}]).outcome
    assert refused.kind == "ArgumentsError"
    assert_harmless(refused.message)


@pytest.mark.parametrize("label", NAMES)
def test_a_trap_in_a_function_with_the_name_is_told(both: BothEngines, label: str) -> None:
    trapped = both.call("names", f"trap_{label}").outcome
    assert trapped.kind == "Trap"
    assert_harmless(trapped.message)


@pytest.mark.parametrize("label", NAMES)
def test_an_import_of_the_name_that_nobody_has_is_refused(both: BothEngines, label: str) -> None:
    wasm = (HOSTILE_NAMES / "artifacts" / f"importing_{label}.wasm").read_bytes()
    refused = both.load("importing", wasm).outcome
    assert refused.kind == "LinkError"
    assert_harmless(refused.message)
