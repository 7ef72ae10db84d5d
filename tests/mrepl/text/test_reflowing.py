"""The guide's pages in terminals of any width."""

import re
from pathlib import Path

import pytest

import mrepl
from mrepl.text.reflowing import reflowed

PAGES = sorted((Path(mrepl.__file__).parent / "guide").glob("*.md"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
@pytest.mark.parametrize("width", [40, 80, 200])
def test_a_page_has_its_words_in_lines_of_the_width(page: Path, width: int) -> None:
    markdown = page.read_text(encoding="utf-8")
    lines = reflowed(markdown, width).splitlines()
    assert " ".join(lines).split() == markdown.split()
    in_code = False
    for line in lines:
        in_code ^= line.startswith("```")
        is_one_word = " " not in re.sub(r"^(- |\d+\. )", "", line).strip()
        assert len(line) <= width or in_code or is_one_word or line[0] in "#|`"


def test_paragraphs_are_filled_and_the_rest_stays_as_it_is() -> None:
    markdown = """# A heading of many words

one
two three
- four five
  six seven
- eight
9. nine ten
   eleven
10. ten eleven twelve

| a table | of many columns |

```sh
some code   of many words
- no item
```
"""
    assert (
        reflowed(markdown, 12)
        == """# A heading of many words

one two
three
- four five
  six seven
- eight
9. nine ten
   eleven
10. ten
    eleven
    twelve

| a table | of many columns |

```sh
some code   of many words
- no item
```
"""
    )
