"""What several commands take alike."""

from mrepl.command import PAGER, Kind, Option, Parameter

MODULE = Parameter("module", Kind.MODULE, "the name of a loaded module")
AS_PAGES = Option(PAGER, "in a pager, `less` or that of $PAGER")
