"""`X.from_Y` gives the number in range, reinterprets 32 and 64 bits, and refuses the rest."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.adapters.conversions import conversion
from runtime.errors import AdapterError
from runtime.interface.instructions import CONVERSIONS, Op
from runtime.interface.types import INTEGER_RANGES, Scalar, signed

BETWEEN_INTEGERS = [
    op for op, (source, target) in CONVERSIONS.items() if Scalar.BOOL not in (source, target)
]
REINTERPRETING = {Op.U32_FROM_I32, Op.I32_FROM_U32, Op.U64_FROM_I64, Op.I64_FROM_U64}


@pytest.mark.parametrize("op", BETWEEN_INTEGERS, ids=lambda op: op.mnemonic)
def test_a_number_that_fits_stays_and_another_is_refused_or_reinterpreted(op: Op) -> None:
    source, target = CONVERSIONS[op]
    convert = conversion(op)
    lowest, highest = INTEGER_RANGES[target]

    @given(st.integers(*INTEGER_RANGES[source]))
    def check(number: int) -> None:
        if lowest <= number <= highest:
            assert convert(number) == number
        elif op in REINTERPRETING:
            result = convert(number)
            assert isinstance(result, int)
            assert lowest <= result <= highest
            assert (result - number) % 2 ** (32 if "32" in target.value else 64) == 0
        else:
            with pytest.raises(AdapterError) as raised:
                convert(number)
            assert raised.value.message == (
                f"the {source.value} {number} does not fit {target.value} ({lowest} to {highest})"
            )

    check()


def test_any_number_but_zero_is_true() -> None:
    convert = conversion(Op.BOOL_FROM_I32)
    assert [convert(number) for number in (0, 1, 2, -1, 2**31 - 1)] == [
        False,
        True,
        True,
        True,
        True,
    ]


def test_a_bool_becomes_one_or_zero() -> None:
    convert = conversion(Op.I32_FROM_BOOL)
    assert (convert(True), convert(False)) == (1, 0)


@given(st.integers(0, 2**32 - 1))
def test_reading_bits_as_signed_and_back_changes_nothing(number: int) -> None:
    assert signed(number, 32) & 0xFFFFFFFF == number
    assert -(2**31) <= signed(number, 32) < 2**31
