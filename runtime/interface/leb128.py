"""LEB128, the variable-length numbers of WebAssembly."""


def encode_unsigned(number: int) -> bytes:
    """The shortest unsigned LEB128 of `number`, which is 0 or more."""
    encoded = bytearray()
    while number >= 0x80:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)
