"""Whatever is typed, a key press ends in no error."""

from hypothesis import given, settings
from hypothesis import strategies as st

from mrepl.commands import COMMANDS
from mrepl.completion.completions import completions
from mrepl.completion.next_value import next_value
from mrepl.line.checking import text_problems
from mrepl.line.colouring import stretches
from mrepl.line.command_ranges import command_before, command_ranges
from mrepl.line.hints import hint
from tests.support.offers import OFFER

_PIECES = (
    *("call ", "bench ", "set ", "load ", "help ", "people ", "greet ", "describe ", "invite "),
    *("add ", "ping ", "sum ", "[", "]", "{", "}", '"', ",", ":", " ", "\n", "\\", "'", "@", "_"),
    *("-", "--scan ", "--", "1", "-5", "300", "1.5e", "true", "nul", '"name": ', '"age": ', '"x"'),
    *('"address": ', '"number": ', "{size}", "#", "\x1b", "\ud800", "\u2028", "é", "{}", "[]"),
)


@given(st.lists(st.sampled_from(_PIECES), max_size=14).map("".join), st.data())
@settings(max_examples=500, deadline=None)
def test_every_line_can_be_typed(text: str, data: st.DataObject) -> None:
    for problem in text_problems(text, OFFER):
        assert 0 <= problem.start < problem.end <= len(text)
        assert "\n" not in problem.message
    for stretch in stretches(text, OFFER):
        assert 0 <= stretch.start < stretch.end <= len(text)
    cursor = data.draw(st.integers(0, len(text)))
    before = command_before(text[:cursor])
    if before is not None:
        assert text[:cursor].endswith(before)
        hint(before, OFFER)
        for completion in completions(before, text[cursor:], OFFER):
            assert 0 <= completion.start <= len(before)
            assert 0 <= completion.back <= len(completion.text)
    for start, end in command_ranges(text):
        place = next_value(text[start:end], max(0, min(cursor, end) - start), COMMANDS)
        assert place is None or 0 <= place[0] <= place[1] <= end - start
