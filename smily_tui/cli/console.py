"""Console of one command: questions on stderr, results on stdout, answers from a person or from a script."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from smily_tui.cli.streams import drop_errors
from smily_tui.plain.console import Console, InputEnded, Interrupted, LineTerminal
from smily_tui.text import Untrusted

if TYPE_CHECKING:
    from collections.abc import Sequence


class CommandConsole(Console):
    """Console whose questions with a default are asked only where somebody sits at a terminal.

    Args:
        silent: do not ask them there either.
        ascii: write nothing but ASCII.
    """

    def __init__(self, *, silent: bool = False, ascii: bool = False) -> None:  # noqa: A002
        super().__init__(_Terminal(ascii=ascii), interactive=sys.stdin.isatty())
        self._silent = silent or not self.interactive

    def hand_out(self, line: str) -> None:
        """Write a line on stdout at once: its reader may have to act on it."""
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()

    def ask_unchanged(self, question: str, *, default: str = "", explain: Sequence[str] = ()) -> Untrusted:
        """Ask unless the default will do.

        Raises:
            Back, Leave: as of the base class.
            KeyboardInterrupt: Ctrl-C, which ends the command.
        """
        if default and self._silent:
            return Untrusted(default)
        try:
            return super().ask_unchanged(question, default=default, explain=explain)
        except InputEnded:
            if not default:
                raise
            return Untrusted(default)
        except Interrupted:
            raise KeyboardInterrupt from None

    def ask_hidden(self, question: str, *, explain: Sequence[str] = ()) -> Untrusted:
        """Ask; raises as `ask_unchanged` does."""
        try:
            return super().ask_hidden(question, explain=explain)
        except Interrupted:
            raise KeyboardInterrupt from None


class _Terminal(LineTerminal):
    """Streams of this process, whose stderr may go nowhere: the command is done all the same."""

    def write(self, text: str) -> None:
        try:
            super().write(text)
        except OSError:
            drop_errors()
