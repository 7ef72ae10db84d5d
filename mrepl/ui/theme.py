"""How the prompt looks: the sixteen colours of a terminal, which follow its dark or light theme."""

from prompt_toolkit.styles import Style

_COLOURS = {
    "line.command": "bold",
    "line.module": "ansicyan",
    "line.function": "ansiblue",
    "line.option": "ansiyellow",
    "line.key": "ansiblue",
    "line.string": "ansigreen",
    "line.number": "ansicyan",
    "line.constant": "ansimagenta",
    "line.comment": "dim",
    "line.problem": "ansired underline",
    "selected": "reverse",
    "bottom-toolbar": "noreverse",
    "bottom-toolbar.text": "dim",
    "bottom-toolbar.current": "nodim bold underline",
    "bottom-toolbar.problem": "nodim ansired",
    "completion-menu": "bg:default fg:default",
    "completion-menu.completion": "bg:default fg:default",
    "completion-menu.completion.current": "bg:default fg:default reverse",
    "completion-menu.meta.completion": "bg:default fg:default dim",
    "completion-menu.meta.completion.current": "bg:default fg:default nodim",
    "scrollbar.background": "bg:default",
    "scrollbar.button": "bg:ansibrightblack",
    "auto-suggestion": "fg:default dim",
    "aborting": "fg:default dim",
    "exiting": "fg:default dim",
}

THEME = Style.from_dict(_COLOURS)
"""Where colours are not wanted, prompt_toolkit leaves them out and keeps bold and underlined."""
