"""A screen whose entries are kept while they are entered, so that a person can go on where they left off."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, TypeVar

from textual import on, work
from textual.widgets import Input

from smily_tui.messages import connect as say
from smily_tui.tui.connecting import ConnectingScreen
from smily_tui.tui.screens.dialogs import Question
from smily_tui.tui.widgets.scope_list import ScopeList
from smily_tui.vault.drafts import Unfinished

if TYPE_CHECKING:
    from smily_tui.accounts import Authorizations
    from smily_tui.clock import Instant
    from smily_tui.tui.wizard.start import Start
    from smily_tui.vault.drafts import Draft

_Result = TypeVar("_Result")
KEPT_EACH = 1.0


class LeftOffScreen(ConnectingScreen[_Result]):
    """Keeps what is entered at each new page and each second, and offers it at the next opening.

    Args:
        authorizations: where it is kept.
        keeps: False in the demo, whose store is thrown away.
    """

    def __init__(self, authorizations: Authorizations, *, keeps: bool) -> None:
        super().__init__()
        self._stored = authorizations
        self._keeps = keeps
        self._unfinished = Unfinished(authorizations.drafts if keeps else None)

    @abstractmethod
    def begin(self, made: Instant | None = None) -> None:
        """Open the first page that has something to ask; `made` is when the link was made."""

    @abstractmethod
    def resume(self, draft: Draft) -> None:
        """Open the page where the person left off."""

    @abstractmethod
    def draft(self) -> Draft | None:
        """What is entered now; None where that is nothing."""

    def open_from(self, start: Start) -> None:
        """Begin; where something else was left unfinished, the person says whether to go on with that."""
        self.set_interval(KEPT_EACH, self._unfinished.keep)
        draft = self._stored.unfinished() if self._keeps else None
        if draft is None:
            self.begin()
        elif start.is_where(draft):
            self.begin(draft.link_made)
        else:
            self._offer(draft)

    @work(exit_on_error=False)
    async def _offer(self, draft: Draft) -> None:
        words = f"{say.LEFT_OFF}\n\n{say.was_at(draft)}"
        question = Question(words, say.CONTINUE, say.START_OVER, safe=True)
        if await self.app.push_screen_wait(question):
            self.resume(draft)
        else:
            self.finished()
            self.begin()

    @on(Input.Changed)
    @on(ScopeList.Ticked)
    def note(self) -> None:
        """Something was entered."""
        self._unfinished.note(self.draft())

    def keep(self) -> None:
        """Keep what is entered now."""
        self.note()
        self._unfinished.keep()

    def finished(self) -> None:
        """There is nothing to go on with any more."""
        self._unfinished.drop()

    def on_unmount(self) -> None:
        """The person quits: what was entered stays."""
        self._unfinished.keep()
