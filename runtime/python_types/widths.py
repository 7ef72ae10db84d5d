"""Numbers of a certain width, for annotations: `def price_of(item: str) -> U32`.

To type checkers they are `int` and `float`. A plain `int` is an `S64`, a plain `float` an `F64`.
"""

from typing import Annotated, TypeAlias

from runtime.interface.types import Scalar

S8: TypeAlias = Annotated[int, Scalar.S8]
S16: TypeAlias = Annotated[int, Scalar.S16]
S32: TypeAlias = Annotated[int, Scalar.S32]
S64: TypeAlias = Annotated[int, Scalar.S64]
U8: TypeAlias = Annotated[int, Scalar.U8]
U16: TypeAlias = Annotated[int, Scalar.U16]
U32: TypeAlias = Annotated[int, Scalar.U32]
U64: TypeAlias = Annotated[int, Scalar.U64]
F32: TypeAlias = Annotated[float, Scalar.F32]
F64: TypeAlias = Annotated[float, Scalar.F64]
