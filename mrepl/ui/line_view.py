"""What the parts of the prompt know of the line: one look at it for each key press."""

from mrepl.commands import COMMANDS
from mrepl.line.checking import text_problems
from mrepl.line.json_checking import LineProblem
from mrepl.line.offer import Offer, offer_of
from mrepl.session import Session


class LineView:
    """The line's problems and what the session offers, each found once and kept."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._offer: Offer | None = None
        self._checked = ""
        self._problems: tuple[LineProblem, ...] = ()

    @property
    def offer(self) -> Offer:
        """What the session offers, as it was at the first look since `renew`."""
        if self._offer is None:
            self._offer = offer_of(self.session, COMMANDS)
        return self._offer

    def renew(self) -> None:
        """Forgets what the session offered: a command has run, or a module was reloaded."""
        self._offer = None
        self._checked, self._problems = "", ()

    def problems(self, text: str) -> tuple[LineProblem, ...]:
        """What is wrong with the text so far."""
        if text != self._checked:
            self._problems = text_problems(text, self.offer)
            self._checked = text
        return self._problems
