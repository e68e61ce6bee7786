"""The consent page inside the terminal, for a demo where there is no browser."""

from __future__ import annotations

from asyncio import to_thread
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Button, OptionList, Static
from textual.widgets.option_list import Option

from smily_tui.messages import connect as words
from smily_tui.tui.actions import CONSENT, bindings
from smily_tui.tui.screens.base import Dialog
from smily_tui.tui.widgets.button_row import ButtonRow

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from smily_tui.sandbox.owner import ConsentPage, Owner
    from smily_tui.secret import Secret
    from smily_tui.tui.app import SmilyApp


IN_FIELD = "The page showed a code; it is in the field. Press Enter."


@dataclass(frozen=True)
class Answered:
    """What came of a yes or no: the code that the page showed, None where it showed none, and words."""

    yes: bool
    code: Secret | None
    words: str


async def ask_owner(app: SmilyApp, owner: Owner, link: str) -> Answered | None:
    """Show the page behind the link and send the answer; None: it was left; from a worker.

    Raises:
        PageUnusable: it is not the page that is expected.
    """
    page = await to_thread(owner.read, link)
    decision = await app.push_screen_wait(ConsentDialog(page))
    if decision is None:
        return None
    code = await to_thread(partial(owner.answer, page, decision.account, yes=decision.yes))
    return Answered(decision.yes, code, IN_FIELD if code else words.SAID_NO)


@dataclass(frozen=True)
class Decision:
    """What the owner chose: the account's number, and yes or no."""

    account: str
    yes: bool


class ConsentDialog(Dialog["Decision | None"]):
    """Asks what the page asks; the page itself gets the answer. None: it stays unanswered."""

    ABOUT = (
        "You play the account's owner: this is the page that the link opens, shown here because the demo may "
        "run where there is no browser. The answer goes through the page's own form."
    )
    ACTIONS = CONSENT
    BINDINGS = bindings(ACTIONS)
    DEFAULT_CSS = """
    ConsentDialog OptionList { height: auto; max-height: 6; border: none; margin: 1 0; background: $panel; }
    ConsentDialog OptionList:focus { border: none; }
    ConsentDialog .badge { color: $text-warning; }
    """

    def __init__(self, page: ConsentPage) -> None:
        super().__init__()
        self._page = page

    def compose(self) -> ComposeResult:
        """Build the page."""
        with VerticalScroll(can_focus=False):
            yield Static(words.BADGE, classes="badge", markup=False)
            yield Static(Content(self._page.question))
            yield OptionList(*(Option(Content(f"{name}  {number}")) for number, name in self._page.accounts))
            yield Static(Content(words.ALLOWS + "; ".join(self._page.allows)), classes="why")
            yield ButtonRow(
                Button("Authorize", variant="primary", id="yes", compact=True),
                Button("Deny", id="no", compact=True),
            )

    def on_mount(self) -> None:
        """The account that the page suggests is chosen."""
        numbers = [number for number, _ in self._page.accounts]
        accounts = self.query_one(OptionList)
        accounts.highlighted = numbers.index(self._page.chosen) if self._page.chosen in numbers else 0
        accounts.focus()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter on an account leads to the answer."""
        event.stop()
        self.query_one("#yes", Button).focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Answer."""
        highlighted = self.query_one(OptionList).highlighted or 0
        self.dismiss(Decision(self._page.accounts[highlighted][0], event.button.id == "yes"))

    def action_leave(self) -> None:
        """Leave the page without an answer."""
        self.dismiss(None)
