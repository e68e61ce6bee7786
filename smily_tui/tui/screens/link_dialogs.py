"""Dialogs around an authorization URL: QR code, owner's message, consent."""

from __future__ import annotations

from asyncio import to_thread
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from smily_tui.desktop.qr import Drawing, TooLongForQr, drawings, fitting, sign
from smily_tui.messages import connect as say
from smily_tui.tui.actions import CONSENT, MESSAGE, READING, bindings
from smily_tui.tui.screens.base import Dialog
from smily_tui.tui.widgets.inputs import ButtonRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.filter import LineFilter

    from smily_tui.sandbox.owner import ConsentPage, Owner
    from smily_tui.secret import Secret
    from smily_tui.text import Clean
    from smily_tui.tui.base_app import BaseApp


WORDS_HEIGHT = 3
SCAN = "Scan it, approve on the phone, then type or paste the code here."
TOO_SMALL = (
    "The QR code needs a terminal of {least}. Yours is {size}. Enlarge it, or show the link as text, where "
    "the QR code can scroll."
)


class QrPicture(Static):
    """Picture in black on white in every theme: a camera must tell them apart."""

    DEFAULT_CSS = "QrPicture { width: auto; height: auto; }"

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Have no filter change the colours."""
        return ()


class QrScreen(Dialog[None]):
    """QR code of a URL."""

    ABOUT = "The link as a QR code. The owner can scan it and approve on a phone."
    ACTIONS = READING
    BINDINGS = bindings(ACTIONS)
    app: BaseApp

    def __init__(self, link: str) -> None:
        super().__init__()
        self._link = link

    def compose(self) -> ComposeResult:
        with Vertical():
            yield QrPicture("")
            yield Static("", id="words", markup=False)
            yield ButtonRow(self.button("close"))

    def on_mount(self) -> None:
        self._draw()

    def on_resize(self) -> None:
        self._draw()

    def _draw(self) -> None:
        width, height = self.app.size
        ascii_only = self.app.in_ascii
        message = SCAN
        try:
            drawing = fitting(self._link, width, height - WORDS_HEIGHT, ascii=ascii_only)
            if drawing is None:
                least = drawings(self._link, ascii=ascii_only)[-1]
                message = TOO_SMALL.format(
                    least=f"{least.width}x{least.height + WORDS_HEIGHT}", size=f"{width}x{height}"
                )
        except TooLongForQr as error:
            drawing, message = None, f"{error.what} {error.next}"
        picture = self.query_one(QrPicture)
        picture.display = drawing is not None
        self.set_class(drawing is None, "-does-not-fit")
        if drawing is not None:
            picture.update(_content(drawing))
        self.query_one("#words", Static).update(message)

    def action_close(self) -> None:
        self.dismiss(None)


def _content(drawing: Drawing) -> Content:
    colours = {True: "#000000", False: "#ffffff"}
    rows = (
        Content.assemble(*((sign(cell), f"{colours[cell[0]]} on {colours[cell[1]]}") for cell in row))
        for row in drawing.rows
    )
    return Content("\n").join(rows)


GO_BACK = "Press Enter to go back."


class MessageScreen(Dialog[str]):
    """Message to the owner of an account; answers with it where it is to be copied, else with nothing."""

    ABOUT = "A message to the account's owner. Send it by mail or chat, then paste the code they send back."
    ACTIONS = MESSAGE
    BINDINGS = bindings(ACTIONS)
    app: BaseApp

    def __init__(self, application: Clean, account: Clean, link: str) -> None:
        super().__init__()
        self._messages = {code: say.owner_message(code, application, account, link) for code in say.LANGUAGES}
        self._language = next(iter(say.LANGUAGES))

    def compose(self) -> ComposeResult:
        with VerticalScroll():
            yield Static(Content(say.MESSAGE_HINT), classes="why")
            buttons = [self.button(name) for name in ("message_as_text", "next_language", "close")]
            yield ButtonRow(self.button("copy_message", primary=True), *buttons)
            yield Static(Content(f"\n{self._text}"), id="message")

    def on_mount(self) -> None:
        self.query_one("#copy_message").focus()

    @property
    def _text(self) -> str:
        return self._messages[self._language]

    def action_copy_message(self) -> None:
        self.dismiss(self._text)

    def action_message_as_text(self) -> None:
        self.app.show_plain(f"{self._text}\n{GO_BACK}")

    def action_next_language(self) -> None:
        """Show the message in the next language."""
        languages = list(say.LANGUAGES)
        self._language = languages[(languages.index(self._language) + 1) % len(languages)]
        self.query_one("#message", Static).update(Content(f"\n{self._text}"))

    def action_close(self) -> None:
        self.dismiss("")


IN_FIELD = "The code from the page is in the field. Press Enter to check it."


@dataclass(frozen=True)
class ConsentAnswer:
    """Result of the consent page.

    Attributes:
        approved: whether the owner approved.
        code: the code on the next page; None where it shows none.
        message: what to do now.
    """

    approved: bool
    code: Secret | None
    message: str


async def ask_owner(app: BaseApp, owner: Owner, link: str) -> ConsentAnswer | None:
    """Show the page behind the link and send the answer; None: it was left; from a worker.

    Raises:
        PageUnusable: it is not the page that is expected.
    """
    page = await to_thread(owner.read, link)
    decision = await app.push_screen_wait(ConsentDialog(page))
    if decision is None:
        return None
    code = await to_thread(partial(owner.answer, page, decision.account, yes=decision.yes))
    return ConsentAnswer(decision.yes, code, IN_FIELD if code else say.DECLINED)


@dataclass(frozen=True)
class Decision:
    """Choice of the owner: the account's number, and whether they approve."""

    account: str
    yes: bool


class ConsentDialog(Dialog["Decision | None"]):
    """Consent page of the sandbox; its own form gets the answer. None: it stays unanswered."""

    ABOUT = (
        "The page behind the link, as the account's owner sees it. Choose an account and answer. You don't "
        "need a browser."
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
        with VerticalScroll(can_focus=False):
            yield Static(say.PAGE_BADGE, classes="badge", markup=False)
            yield Static(Content(self._page.question))
            yield OptionList(*(Option(self._choice(account)) for account in self._page.accounts))
            yield Static(Content(say.PAGE_ALLOWS + ", ".join(self._page.allows)), classes="why")
            yield ButtonRow(self.button("approve", primary=True), self.button("decline"))

    def on_mount(self) -> None:
        numbers = [number for number, _ in self._page.accounts]
        accounts = self.query_one(OptionList)
        accounts.highlighted = numbers.index(self._page.chosen) if self._page.chosen in numbers else 0
        accounts.focus()

    def _choice(self, account: tuple[str, str], mark: str = " ") -> Content:
        number, name = account
        return Content(f"({mark}) {name}  {number}")

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Mark the chosen account by a sign, too: its colours fade when a button has the focus."""
        event.stop()
        for index, account in enumerate(self._page.accounts):
            mark = "•" if index == event.option_index else " "
            event.option_list.replace_option_prompt_at_index(index, self._choice(account, mark))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self._decide(yes=True)

    def action_approve(self) -> None:
        self._decide(yes=True)

    def action_decline(self) -> None:
        self._decide(yes=False)

    def _decide(self, *, yes: bool) -> None:
        highlighted = self.query_one(OptionList).highlighted or 0
        self.dismiss(Decision(self._page.accounts[highlighted][0], yes))

    def action_leave(self) -> None:
        self.dismiss(None)
