"""What modules write, as output of the test that called them."""

import sys


def write_to_captured_output(_module: str, descriptor: int, data: bytes) -> None:
    """Write to `sys.stdout` or `sys.stderr` of the moment, which pytest may have replaced.

    Args:
        descriptor: 1 for stdout, 2 for stderr.
        data: what a module wrote.
    """
    stream = sys.stdout if descriptor == 1 else sys.stderr
    buffer = getattr(stream, "buffer", None)
    if buffer is None:  # a stream of text only, such as io.StringIO
        stream.write(data.decode(errors="replace"))
        return
    stream.flush()
    buffer.write(data)
    buffer.flush()
