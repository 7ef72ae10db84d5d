"""Random sections of interface types: well formed, but meaning nothing in particular."""

from typing import TypeVar

from hypothesis import strategies as st

from runtime.interface.instructions import (
    EncodedArray,
    EncodedRecord,
    EncodedType,
    Instruction,
    Op,
    Operand,
)
from runtime.interface.section import (
    Adapter,
    AdaptersBlock,
    Block,
    EncodedField,
    Export,
    ExportsBlock,
    FunctionDefinition,
    Implementation,
    ImplementationsBlock,
    Import,
    ImportsBlock,
    InterfaceSection,
    RecordDefinition,
    TypesBlock,
    VersionBlock,
)
from runtime.interface.types import Scalar

T = TypeVar("T")


def tuples_of(items: st.SearchStrategy[T]) -> st.SearchStrategy[tuple[T, ...]]:
    return st.lists(items, max_size=4).map(tuple)


special_texts = st.sampled_from(["", '"', "\\", "\0", "\r\n", "a:b", "$a", "(;", ";;", "\\u{41}"])
foreign_texts = st.sampled_from(
    ["é", "\u0301", "名前", "😀", "\u202e", "\x1b[0m", "\ufeff", "\x85"]
)
texts = (
    st.text(max_size=5)
    | special_texts
    | foreign_texts
    | st.text(min_size=250, max_size=255, alphabet="a\0\\")
)
indices = st.integers(0, 6) | st.integers(0, 2**63 - 1)
encoded_types: st.SearchStrategy[EncodedType] = st.recursive(
    st.sampled_from(Scalar) | st.builds(EncodedRecord, indices),
    lambda element: st.builds(EncodedArray, element),
    max_leaves=3,
)
fields = tuples_of(st.builds(EncodedField, texts, encoded_types))
definitions = st.builds(FunctionDefinition, fields, tuples_of(encoded_types)) | st.builds(
    RecordDefinition, texts, fields.filter(bool)
)


@st.composite
def instructions(draw: st.DrawFn) -> Instruction:
    op = draw(st.sampled_from(Op))
    if op.operand is Operand.INDEX:
        return Instruction(op, draw(indices))
    if op.operand is Operand.TYPE:
        return Instruction(op, draw(encoded_types))
    return Instruction(op)


blocks: st.SearchStrategy[Block] = (
    st.builds(TypesBlock, tuples_of(definitions))
    | st.builds(ImportsBlock, tuples_of(st.builds(Import, texts, texts, indices)))
    | st.builds(AdaptersBlock, tuples_of(st.builds(Adapter, indices, tuples_of(instructions()))))
    | st.builds(ExportsBlock, tuples_of(st.builds(Export, texts, indices)))
    | st.builds(ImplementationsBlock, tuples_of(st.builds(Implementation, indices, indices)))
)


@st.composite
def meaningless_sections(draw: st.DrawFn) -> InterfaceSection:
    others = draw(st.lists(blocks, max_size=6))
    others.insert(draw(st.integers(0, len(others))), VersionBlock(draw(texts)))
    return InterfaceSection(tuple(others))
