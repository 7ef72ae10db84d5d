"""Whatever bytes or sections come, reading them gives a section or the error that says why not."""

from collections.abc import Sequence
from contextlib import suppress

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from runtime.errors import InterfaceError, ValidationError
from runtime.interface.generation import generate_section
from runtime.interface.instructions import (
    Instruction,
)
from runtime.interface.sdk_metadata import (
    SdkExternModule,
    SdkField,
    SdkFunction,
    SdkItem,
    SdkRecord,
    SdkRecordName,
    SdkType,
    SdkVector,
)
from runtime.interface.section import (
    Adapter,
    AdaptersBlock,
    InterfaceSection,
)
from runtime.interface.section_codec import decode_section, encode_section
from runtime.interface.types import Scalar
from runtime.interface.validated import (
    CoreSignature,
    ImportedFunction,
    RawExport,
    ResolvedInstruction,
    ValidatedInterface,
)
from runtime.interface.validation import validate_interface
from tests.support.random_sections import instructions, meaningless_sections, tuples_of

I32 = Scalar.I32

ABI = {
    "allocate": CoreSignature((I32, I32), (I32,)),
    "release_objects": CoreSignature((), ()),
    "get_result_size": CoreSignature((), (I32,)),
    "get_result_ptr": CoreSignature((), (I32,)),
    "set_result_size": CoreSignature((I32,), ()),
    "set_result_ptr": CoreSignature((I32,), ()),
}


# Sections as the official tool makes them, and what their Wasm modules look like.

VALUES = [scalar for scalar in Scalar if scalar not in (Scalar.I32, Scalar.I64)]
RECORDS = ("First", "Second", "Third")


def sdk_types(records: tuple[str, ...]) -> st.SearchStrategy[SdkType]:
    plain: st.SearchStrategy[SdkType] = st.sampled_from(VALUES)
    if records:
        plain |= st.sampled_from(records).map(SdkRecordName)
    elements = plain.filter(lambda element: element is not Scalar.U8)
    return plain | st.recursive(
        elements.map(SdkVector), lambda inner: inner.map(SdkVector), max_leaves=2
    )


def sdk_fields(records: tuple[str, ...]) -> st.SearchStrategy[tuple[SdkField, ...]]:
    types = tuples_of(sdk_types(records))
    return types.map(lambda ts: tuple(SdkField(f"field_{n}", t) for n, t in enumerate(ts)))


@st.composite
def sdk_functions(draw: st.DrawFn, name: str) -> SdkFunction:
    result = draw(st.none() | sdk_types(RECORDS))
    return SdkFunction(name, draw(sdk_fields(RECORDS)), result)


@st.composite
def sdk_items(draw: st.DrawFn) -> list[SdkItem]:
    records: list[SdkItem] = [
        SdkRecord(name, draw(sdk_fields(RECORDS[:n]).filter(bool)))
        for n, name in enumerate(RECORDS)
    ]
    functions = [draw(sdk_functions(name)) for name in ("f", "g")]
    imports = tuple(draw(sdk_functions(name)) for name in ("i", "j"))
    return [*draw(st.permutations(records)), *functions, SdkExternModule("other", imports)]


def raw_types(sdk_type: SdkType) -> tuple[Scalar, ...]:
    """How a raw function takes a value of the type."""
    match sdk_type:
        case Scalar.STRING | Scalar.BYTE_ARRAY | SdkVector():
            return (I32, I32)
        case Scalar.S64 | Scalar.U64:
            return (Scalar.I64,)
        case Scalar.F32 | Scalar.F64:
            return (sdk_type,)
        case _:
            return (I32,)


def core_signature(function: SdkFunction) -> CoreSignature:
    result = function.result
    is_number = isinstance(result, Scalar) and result not in (Scalar.STRING, Scalar.BYTE_ARRAY)
    return CoreSignature(
        tuple(raw for argument in function.arguments for raw in raw_types(argument.type)),
        raw_types(result) if is_number and result is not None else (),
    )


def validate(section: InterfaceSection, items: Sequence[SdkItem]) -> ValidatedInterface:
    functions = {f.name: core_signature(f) for f in items if isinstance(f, SdkFunction)}
    imports = {
        (module.namespace, function.name): core_signature(function)
        for module in items
        if isinstance(module, SdkExternModule)
        for function in module.imports
    }
    return validate_interface(section, module="m", exports=ABI | functions, imports=imports)


# The properties.


@given(st.binary(max_size=200) | st.binary(max_size=100).map(lambda data: b"\x05\x010" + data))
@example(b"\x05\x010\x00\x01\x00\x00\x01" + b"\x36" * 5000)
@example(b"\x05\x010\x02" + b"\xff" * 8 + b"\x7f")
def test_random_bytes_give_a_section_or_an_interface_error(data: bytes) -> None:
    try:
        section = decode_section(data)
    except InterfaceError:
        return
    assert encode_section(section) == data


@given(meaningless_sections())
def test_every_section_is_read_back_as_it_was_written(section: InterfaceSection) -> None:
    assert decode_section(encode_section(section)) == section


@given(meaningless_sections())
def test_a_meaningless_section_is_valid_or_refused_with_a_validation_error(
    section: InterfaceSection,
) -> None:
    with suppress(ValidationError):
        assert validate(section, []).records.keys() <= set(range(len(section.types)))


@settings(max_examples=60)
@given(sdk_items())
def test_what_the_official_tool_makes_is_valid(items: list[SdkItem]) -> None:
    section = generate_section(items)

    interface = validate(section, items)

    assert [function.name for function in interface.exports] == ["f", "g"]
    assert [(f.namespace, f.name) for f in interface.imports] == [("other", "i"), ("other", "j")]
    assert encode_section(decode_section(encode_section(section))) == encode_section(section)


@settings(max_examples=60)
@given(sdk_items(), st.data())
def test_a_changed_byte_gives_another_section_or_a_clear_error(
    items: list[SdkItem], data: st.DataObject
) -> None:
    encoded = bytearray(encode_section(generate_section(items)))
    for _ in range(data.draw(st.integers(1, 3))):
        encoded[data.draw(st.integers(0, len(encoded) - 1))] = data.draw(st.integers(0, 0x50))
    try:
        section = decode_section(bytes(encoded))
    except InterfaceError:
        return
    assert encode_section(section) == encoded
    with suppress(ValidationError):
        validate(section, items)


@settings(max_examples=60)
@given(sdk_items(), st.data())
def test_an_adapter_without_one_of_its_instructions_is_refused(
    items: list[SdkItem], data: st.DataObject
) -> None:
    section = generate_section(items)
    number = data.draw(st.integers(0, len(section.adapters) - 1))
    body = section.adapters[number].instructions
    interface = validate(section, items)
    bodies = [adapter.instructions for adapter in interface.exports]
    bodies += [adapter.instructions for adapter in interface.imports]
    needed = [n for n, instruction in enumerate(bodies[number]) if changes_the_stack(instruction)]
    assume(needed)
    left_out = data.draw(st.sampled_from(needed))
    changed = with_adapter(section, number, body[:left_out] + body[left_out + 1 :])

    with pytest.raises(ValidationError):
        validate(changed, items)


@settings(max_examples=60)
@given(sdk_items(), instructions(), st.data())
def test_an_adapter_with_a_foreign_instruction_is_refused_or_keeps_its_interface(
    items: list[SdkItem], foreign: Instruction, data: st.DataObject
) -> None:
    section = generate_section(items)
    number = data.draw(st.integers(0, len(section.adapters) - 1))
    body = section.adapters[number].instructions
    position = data.draw(st.integers(0, len(body)))
    changed = with_adapter(section, number, (*body[:position], foreign, *body[position:]))

    with suppress(ValidationError):
        interface = validate(changed, items)
        assert [f.name for f in interface.exports] == ["f", "g"]


def changes_the_stack(instruction: ResolvedInstruction) -> bool:
    match instruction.operand:
        case RawExport(_, signature):
            return signature.parameters != signature.results
        case ImportedFunction(_, _, signature):
            given = () if signature.result is None else (signature.result,)
            return tuple(parameter.type for parameter in signature.parameters) != given
        case _:
            return True


def with_adapter(
    section: InterfaceSection, number: int, body: tuple[Instruction, ...]
) -> InterfaceSection:
    adapters = list(section.adapters)
    adapters[number] = Adapter(adapters[number].function_type, body)
    replaced = AdaptersBlock(tuple(adapters))
    return InterfaceSection(
        tuple(replaced if isinstance(b, AdaptersBlock) else b for b in section.blocks)
    )
