"""LEB128, the variable-length numbers of WebAssembly."""


def encode_unsigned(number: int) -> bytes:
    """The shortest unsigned LEB128 of `number`, which is 0 or more."""
    encoded = bytearray()
    while number >= 0x80:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)


def decode_unsigned(
    data: bytes | memoryview, offset: int, end: int, *, bits: int
) -> tuple[int, int]:
    """Read an unsigned LEB128, in its shortest form or a longer one.

    Args:
        data: the bytes.
        offset: where it begins.
        end: before which it ends.
        bits: how many bits the number may have, and with 7 bits in each byte, how many bytes.

    Returns:
        The number, and the offset after it.

    Raises:
        EOFError: `end` comes before its last byte.
        ValueError: it has more bits or bytes.
    """
    number = 0
    for position in range(-(-bits // 7)):
        if offset + position == end:
            raise EOFError("the number goes on after the end")
        value = data[offset + position]
        number |= (value & 0x7F) << (7 * position)
        if value < 0x80 and number < 1 << bits:
            return number, offset + position + 1
    raise ValueError(f"the number has more than {bits} bits")
