"""Any section against a Wasm module that is as the section says, and what is made of it then."""

from contextlib import suppress

from runtime.errors import CallError, MarineError, ValidationError
from runtime.interface.public_functions import public_functions
from runtime.interface.section_codec import decode_section
from runtime.interface.types import signature_text
from runtime.json_values import NOT_PLAIN, prepare_arguments, prepare_result
from runtime.python_types.record_classes import record_class
from tests.fuzz import fixture_seeds
from tests.fuzz.claimed_signatures import validate_as_claimed
from tests.fuzz.section_target import mutate
from tests.fuzz.target import Target


def check(data: bytes) -> None:
    """A section is valid or refused; the valid reads alike without code and can be prepared."""
    try:
        section = decode_section(data)
    except MarineError:
        return
    try:
        interface = validate_as_claimed(section)
    except ValidationError as error:
        assert error.module == "m"
        return
    read = public_functions(section, module="m")
    assert [signature_text(each.name, each.signature) for each in interface.exports] == [
        signature_text(name, signature) for name, signature in read.items()
    ]
    for export in interface.exports:
        with suppress(*NOT_PLAIN):
            prepare_arguments(export.signature)([])
        for as_json in (False, True):
            prepare_result(export.signature.result, json=as_json)
        with suppress(CallError):  # records of very many fields have no class
            prepare_result(export.signature.result, json=False, record_class=record_class)


TARGET = Target(check, lambda: iter(fixture_seeds.sections()), mutate=mutate, longest=16_384)
