"""Any bytes as an `interface-types` section: decoded, encoded again, as text and back."""

from random import Random

from runtime.errors import InterfaceError
from runtime.interface.section_codec import decode_section, encode_section
from runtime.interface.text_form import parse_section_text, section_text
from tests.fuzz import fixture_seeds
from tests.fuzz.section_mutation import mutated_section
from tests.fuzz.target import Target


def check(data: bytes) -> None:
    """What can be decoded is encoded to the same bytes, and so is what its text says."""
    try:
        section = decode_section(data)
    except InterfaceError:
        return
    assert encode_section(section) == data
    assert encode_section(parse_section_text(section_text(section))) == data


def mutate(data: bytes, random: Random) -> bytes:
    """Another section; one that can be decoded where this can."""
    try:
        return encode_section(mutated_section(decode_section(data), random))
    except InterfaceError:
        return data


TARGET = Target(check, lambda: iter(fixture_seeds.sections()), mutate=mutate, longest=16_384)
