"""How functions that cannot be fused are told, whichever those are."""

import json
from types import SimpleNamespace
from typing import cast

import pytest

from mrepl.command import Arguments
from mrepl.handlers.inspection import show_statistics
from mrepl.handlers.interface_types import show_interface_types
from mrepl.memory_growth import MemoryGrowth
from mrepl.session import Session
from mrepl.text.marked_text import plain_text
from runtime import Engine, ModuleStatistics, Statistics

INTERPRETED = {"grow": "recursive record Tree", "gr\x1b[2J": "a\nb"}


def _session(engine: Engine = Engine.FUSED, glue: str = "") -> Session:
    """A session with a service of one module, of which only this is known."""
    statistics = Statistics(
        (ModuleStatistics("tree", 65536, None, INTERPRETED),), rejected_allocations=0, engine=engine
    )
    service = SimpleNamespace(
        statistics=lambda: statistics,
        glue=lambda _module: SimpleNamespace(text=glue, interpreted=INTERPRETED),
    )
    return cast("Session", SimpleNamespace(service=service, growth=MemoryGrowth()))


def test_stats_names_them_with_their_reasons() -> None:
    reply = show_statistics(_session(), Arguments({}))
    assert plain_text(reply.text()) == (
        "Loaded modules heap sizes:\n"
        "tree - 65.5 KB\n"
        "rejected allocations: 0\n"
        "engine: fused\n"
        "interpreted: tree.grow (recursive record Tree)\n"
        "interpreted: tree.gr\\u001b[2J (a\\nb)\n"
    )
    assert json.loads(reply.result)["modules"]["tree"]["interpreted"] == INTERPRETED


def test_stats_names_none_where_the_interpreter_runs_all() -> None:
    reply = show_statistics(_session(Engine.INTERP), Arguments({}))
    assert plain_text(reply.text()).endswith("rejected allocations: 0\nengine: interp\n")


@pytest.mark.parametrize(
    ("glue", "shown"),
    [
        ("(module\n  ;; \x1b[2J\n)\n", "(module\n  ;; \\u001b[2J\n)\n"),
        ("", ";; no glue: the module has no adapters that are fused\n"),
    ],
)
def test_glue_ends_with_comments_that_name_them(glue: str, shown: str) -> None:
    arguments = Arguments({"module": "tree"}, {"--glue": ()})
    reply = show_interface_types(_session(glue=glue), arguments)
    assert plain_text(reply.text()) == (
        f"{shown}"
        ";; interpreted: tree.grow (recursive record Tree)\n"
        ";; interpreted: tree.gr\\u001b[2J (a\\nb)\n"
    )
    assert json.loads(reply.result) == {"text": glue, "interpreted": INTERPRETED}
