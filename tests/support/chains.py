"""Recording modules with functions of any types: echoes, and such that pass calls on to others."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from runtime.host.function import HostFunction, lies_in_memory, raw_signature
from runtime.interface.generation import generate_section
from runtime.interface.instructions import Instruction, Op
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
from runtime.interface.section import Adapter, AdaptersBlock, InterfaceSection
from runtime.interface.types import (
    ArrayType,
    Field,
    InterfaceType,
    RecordType,
    Scalar,
    Signature,
    records_of,
)
from tests.support.modules import module_with_section
from tests.support.recording import (
    IS_OVERRIDDEN,
    OVERRIDE,
    OVERRIDES,
    STATE,
    abi,
    after,
    before,
    narrowed,
    recording,
)

_ALLOCATE = Instruction(Op.CALL_CORE, 0)


@dataclass(frozen=True)
class Echo:
    """A function that gives one of its arguments back, or nothing.

    Attributes:
        name: its name.
        parameters: their types.
        echoed: the position of the argument that it gives, or None.
    """

    name: str
    parameters: tuple[InterfaceType, ...]
    echoed: int | None = 0

    @property
    def result(self) -> InterfaceType | None:
        """The type of what it gives."""
        return None if self.echoed is None else self.parameters[self.echoed]

    @property
    def signature(self) -> Signature:
        """Its interface."""
        fields = (Field(f"p{number}", each) for number, each in enumerate(self.parameters))
        return Signature(tuple(fields), self.result)

    @property
    def raw_parameters(self) -> tuple[str, ...]:
        """The types of its raw parameters."""
        return self._raw(self.parameters)

    @property
    def raw_result(self) -> str | None:
        """The type of its raw result, where it has one."""
        if self.result is None or lies_in_memory(self.result):
            return None
        return self._raw((self.result,))[0]

    def first_raw(self, parameter: int) -> int:
        """The position of a parameter's first raw parameter."""
        return len(self._raw(self.parameters[:parameter]))

    @staticmethod
    def _raw(types: tuple[InterfaceType, ...]) -> tuple[str, ...]:
        raw = raw_signature(HostFunction("f", types, None, lambda: None)).parameters
        return tuple(scalar.value for scalar in raw)


def echo_module(
    functions: Sequence[Echo],
    *,
    passes_to: str | None = None,
    old_allocate: bool = False,
    logs: bool = False,
    most_pages: int = 48,
) -> bytes:
    """A recording module with the functions.

    Args:
        functions: its public functions.
        passes_to: the module that has the same functions, and does the work; None: this one does.
        old_allocate: whether its `allocate` has one parameter.
        logs: whether it imports the host's logger.
        most_pages: how far its memory can grow.
    """
    section = generate_section(_items(functions, passes_to))
    if old_allocate:
        section = _without_type_tags(section)
    imports = [
        f'(import "{passes_to}" "{each.name}" (func $import_{each.name} {_raw_type(each)}))'
        for each in functions
        if passes_to is not None
    ]
    if logs:
        imports.append('(import "host" "log_utf8_string" (func $host_log (param i32 i32 i32 i32)))')
    log = "(call $host_log (i32.const 3) (i32.const 0) (local.get $pointer) (local.get $size))"
    recorder = abi(
        reenter="" if passes_to is None else _reentry(functions[0]),
        log=log if logs else "",
        old_allocate=old_allocate,
        most_pages=most_pages,
    )
    bodies = (_function(at, each, passes_to is not None) for at, each in enumerate(functions))
    wat = f"(module {' '.join(imports)} {recorder} {''.join(bodies)})"
    return module_with_section(wat, section)


def _raw_type(function: Echo) -> str:
    result = function.raw_result
    return f"(param {' '.join(function.raw_parameters)})" + (f"(result {result})" if result else "")


def _reentry(function: Echo) -> str:
    given = ["(local.get $pointer)", "(local.get $size)"]
    arguments = " ".join(
        given[at] if raw == "i32" and at < len(given) else f"({raw}.const 0)"
        for at, raw in enumerate(function.raw_parameters)
    )
    call = f"(call $import_{function.name} {arguments})"
    return f"(drop {call})" if function.raw_result else call


def _function(number: int, function: Echo, passes: bool) -> str:
    raw = function.raw_parameters
    result = function.raw_result
    parameters = " ".join(f"(param $a{at} {kind})" for at, kind in enumerate(raw))
    arguments = [(kind, f"(local.get $a{at})") for at, kind in enumerate(raw)]
    overrides = "\n".join(
        f"(if (i32.load (i32.const {OVERRIDES + 16 * at})) (then (local.set $a{at} "
        f"{narrowed(kind, f'(i64.load (i32.const {OVERRIDES + 16 * at + 8}))')})))"
        for at, kind in enumerate(raw)
    )
    ending = ""
    if result:
        ending = f"""
          (if {IS_OVERRIDDEN} (then (local.set $result {narrowed(result, OVERRIDE)})))
          (local.get $result)"""
    return f"""
      (func ${function.name} (export "{function.name}") {parameters}
        {f"(result {result}) (local $result {result})" if result else ""}
        {recording(before(number), arguments)}
        (call $act (i32.const {before(number)}))
        {overrides}
        {_work(function, passes)}
        (call $act (i32.const {after(number)})) {ending})"""


def _work(function: Echo, passes: bool) -> str:
    if passes:
        arguments = " ".join(f"(local.get $a{at})" for at in range(len(function.raw_parameters)))
        call = f"(call $import_{function.name} {arguments})"
        return f"(local.set $result {call})" if function.raw_result else call
    if function.echoed is None or function.result is None:
        return ""
    first = function.first_raw(function.echoed)
    if function.raw_result:
        return f"(local.set $result (local.get $a{first}))"
    pointer = f"(i32.store (i32.const {STATE + 4}) (local.get $a{first}))"
    if isinstance(function.result, RecordType):
        return pointer
    return f"{pointer} (i32.store (i32.const {STATE + 8}) (local.get $a{first + 1}))"


def _items(functions: Sequence[Echo], passes_to: str | None) -> list[SdkItem]:
    records = records_of(each.signature for each in functions)
    names = {id(record): f"R{number}" for number, record in enumerate(records)}
    noted = [
        SdkRecord(
            names[id(record)],
            tuple(SdkField(field.name, sdk_type(field.type, names)) for field in record.fields),
        )
        for record in records
    ]
    if passes_to is not None:
        noted.reverse()  # so that the two modules' types have different indices
    signatures = tuple(_sdk_function(each, names) for each in functions)
    items: list[SdkItem] = [*noted, *signatures]
    if passes_to is not None:
        items.append(SdkExternModule(passes_to, signatures))
    return items


def _sdk_function(function: Echo, names: dict[int, str]) -> SdkFunction:
    arguments = tuple(
        SdkField(field.name, sdk_type(field.type, names)) for field in function.signature.parameters
    )
    result = None if function.result is None else sdk_type(function.result, names)
    return SdkFunction(function.name, arguments, result)


def sdk_type(interface_type: InterfaceType, names: dict[int, str]) -> SdkType:
    """The type as the SDK notes it; records have their names by the id of their type."""
    if isinstance(interface_type, Scalar):
        return interface_type
    if isinstance(interface_type, ArrayType):
        return SdkVector(sdk_type(interface_type.element, names))
    return SdkRecordName(names[id(interface_type)])


def _without_type_tags(section: InterfaceSection) -> InterfaceSection:
    """The section as older tools wrote it: `allocate` is called with the size alone."""
    blocks = tuple(
        replace(block, adapters=tuple(map(_untagged, block.adapters)))
        if isinstance(block, AdaptersBlock)
        else block
        for block in section.blocks
    )
    return InterfaceSection(blocks)


def _untagged(adapter: Adapter) -> Adapter:
    following: Iterable[Instruction | None] = (*adapter.instructions[1:], None)
    return replace(
        adapter,
        instructions=tuple(
            instruction
            for instruction, next_one in zip(adapter.instructions, following, strict=True)
            if not (instruction.op is Op.I32_PUSH and next_one == _ALLOCATE)
        ),
    )
