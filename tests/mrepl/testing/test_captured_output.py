import io
from contextlib import redirect_stdout

from mrepl.testing.captured_output import CapturedOutput


def test_a_stream_of_text_gets_a_character_that_comes_in_two_pieces() -> None:
    with redirect_stdout(io.StringIO()) as text:
        output = CapturedOutput()
        output("m", 1, "ü".encode()[:1])
        output("other", 1, b"|\xff|")
        output("m", 1, "ü".encode()[1:])
    assert text.getvalue() == "|\ufffd|ü"
