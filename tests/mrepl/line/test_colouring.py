from mrepl.line.colouring import stretches
from tests.support.offers import OFFER


def _coloured(text: str) -> list[tuple[str, str]]:
    found = sorted(stretches(text, OFFER), key=lambda stretch: stretch.start)
    return [(text[each.start : each.end], each.colour.value) for each in found]


def test_a_line_is_coloured_by_what_its_parts_are() -> None:
    assert _coloured('call -nr people greet ["x", true]') == [
        ("call", "command"),
        ("-nr", "option"),
        ("people", "module"),
        ("greet", "function"),
        ('"x"', "string"),
        ("true", "constant"),
    ]


def test_json_is_coloured_while_it_is_being_typed() -> None:
    assert _coloured('call people describe [{"age": -3.5, "na')[3:] == [
        ('"age"', "key"),
        ("-3.5", "number"),
        ('"na', "string"),
    ]


def test_comments_and_commands_of_a_pasted_text_are_told_apart() -> None:
    assert _coloured("# call\nstats\n  # more") == [
        ("# call", "comment"),
        ("stats", "command"),
        ("  # more", "comment"),
    ]


def test_a_file_of_arguments_is_a_word() -> None:
    assert _coloured("call people greet @x.json")[-1] == ("@x.json", "word")
