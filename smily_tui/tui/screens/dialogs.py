"""Dialogs: confirm, name, folder, export, results, today's list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from textual import on
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Button, Input, OptionList, Static
from textual.widgets.option_list import Option

from smily_tui.desktop.terminal import terminal_of
from smily_tui.messages import accounts
from smily_tui.messages import queue as say
from smily_tui.messages.accounts import (
    EXPORT_HINT,
    FORMATS,
    LAST_REFRESH,
    by_reason,
    day_and_time,
    summary,
    time_of_day,
)
from smily_tui.text import Clean, Untrusted
from smily_tui.tui.actions import FOLDER, HELP, NAME, QUESTION, READING, TODAY_LIST, bindings
from smily_tui.tui.screens.base import Dialog
from smily_tui.tui.widgets.inputs import ButtonRow, PasteInput
from smily_tui.tui.widgets.status_line import Hanging, Hung, hung

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from textual.app import ComposeResult

    from smily_tui.batch import BatchRefresh
    from smily_tui.queue.today import Entry
    from smily_tui.tui.actions import Action
    from smily_tui.vault.history import TokenUse


NOTHING: Final = Untrusted("")
HOME: Final = Clean("~")
TRANSCRIPT_KEPT: Final = "The transcript contains no secrets. Only you can read the file."
MOVING: Final = (
    "Tab and shift+Tab move, arrows choose in a list, Enter presses. Press ^p for the command palette. The "
    "mouse works everywhere. Change keys under [keys] in config.toml."
)


class Question(Dialog[bool]):
    """Question with two answers; the safe one has the focus, and Esc gives it."""

    ABOUT = "A question. Press Tab to choose an answer, and Enter to give it."
    ACTIONS = QUESTION
    BINDINGS = bindings(ACTIONS)

    def __init__(self, question: str, yes: str, no: str, *, safe: bool = False) -> None:
        super().__init__()
        self._question, self._yes, self._no, self._safe = question, yes, no, safe

    def compose(self) -> ComposeResult:
        # Textual's column can have the focus: Tab would stop there between the answers. `Content`, no str:
        # Textual 8.2.8 parses a str as markup, and “[/]” in a name would end the app
        with VerticalScroll(can_focus=False):
            yield Static(Content(self._question))
            yield ButtonRow(
                Button(Content(self._yes), id="yes", compact=True),
                Button(Content(self._no), id="no", compact=True),
            )

    def on_mount(self) -> None:
        self.query_one("#yes" if self._safe else "#no", Button).focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        self.dismiss(event.button.id == "yes")

    def action_safe(self) -> None:
        self.dismiss(self._safe)


class FieldDialog(Dialog[Untrusted]):
    """One field; answers with its text, which is empty where the person leaves it.

    Args:
        question: stands above the field.
        text: stands in the field.
        accept: label of the button that takes the text.
    """

    def __init__(self, question: str, text: Clean, accept: str) -> None:
        super().__init__()
        self._question, self._text, self._accept = question, text, accept

    def compose(self) -> ComposeResult:
        with VerticalScroll(can_focus=False):
            yield Static(self._question, markup=False)
            yield PasteInput(value=self._text)
            yield ButtonRow(
                Button(Content(self._accept), variant="primary", id="accept", compact=True),
                Button("Cancel", id="leave", compact=True),
            )

    @on(Input.Submitted)
    @on(Button.Pressed, "#accept")
    def _done(self) -> None:
        self.dismiss(self.query_one(PasteInput).typed)

    @on(Button.Pressed, "#leave")
    def action_leave(self) -> None:
        self.dismiss(NOTHING)


class NameDialog(FieldDialog):
    """New name of an account."""

    ABOUT = "Rename the account. Press Enter to save."
    ACTIONS = NAME
    BINDINGS = bindings(ACTIONS)

    def __init__(self, name: Clean) -> None:
        super().__init__("New name. The account's address stays the same.", name, "Rename")


class FolderDialog(FieldDialog):
    """Folder for a file; `assurance` says why the file may lie there."""

    ABOUT = "Choose a folder for the file. Press Enter to save."
    ACTIONS = FOLDER
    BINDINGS = bindings(ACTIONS)

    def __init__(self, folder: Clean = HOME, assurance: str = TRANSCRIPT_KEPT) -> None:
        super().__init__(f"Save in which folder? {assurance}", folder, "Save")


class ReadingDialog(Dialog[None]):
    """Text to read, with a button that closes it."""

    def on_button_pressed(self) -> None:
        self.dismiss(None)

    def action_close(self) -> None:
        self.dismiss(None)


class HistoryScreen(ReadingDialog):
    """Uses of an account's refresh token, newest first."""

    ABOUT = "When this account's refresh token was used, and by what. Newest first."
    ACTIONS = READING
    BINDINGS = bindings(ACTIONS)

    def __init__(self, label: Clean, history: Sequence[TokenUse], now: float) -> None:
        super().__init__()
        self._label, self._history, self._now = label, history, now

    def compose(self) -> ComposeResult:
        with VerticalScroll():
            yield Static(Content(f"{accounts.HISTORY.format(label=self._label)}\n"))
            for use in reversed(self._history):
                at = day_and_time(use.at, self._now)
                row = Content.assemble(
                    (f"{at}  {use.outcome}", "bold"),
                    f"  {use.why}\n  {accounts.change(use)}  {use.host}: {use.process}",
                )
                yield Hanging(hung(row))
            if not self._history:
                yield Static(Content(accounts.NO_HISTORY))
            yield Static(Content(f"\n{accounts.FINGERPRINT_HINT} Press esc to close."), classes="why")
            yield ButtonRow(Button("Close", compact=True))


# not Textual's HelpPanel: it takes 30 of 80 columns, and lists each key that moves a cursor
class HelpScreen(ReadingDialog):
    """Purpose and keys of the screen below."""

    ACTIONS = HELP
    BINDINGS = bindings(ACTIONS)

    def __init__(self, about: str, actions: Sequence[Action]) -> None:
        super().__init__()
        self._about, self._actions = about, actions

    def compose(self) -> ComposeResult:
        with VerticalScroll():
            yield Static(Content(self._about + "\n"))
            yield Hanging([_what_it_does(action) for action in self._actions])
            yield Static(Content(f"\n{MOVING} {terminal_of().about_keys}".rstrip()), classes="why")
            yield ButtonRow(Button("Close", compact=True))


def _what_it_does(action: Action) -> Hung:
    keys = Content.styled(f"{action.keys:<7}", "bold $text-accent")
    return keys, Content(action.help)


WHERE: Final = "Save in which folder? Only you can read the file."


@dataclass(frozen=True)
class Wish:
    """Choice of the export dialog.

    Attributes:
        format: the name of the format.
        folder: where the file goes; empty: to the clipboard instead.
    """

    format: str
    folder: Untrusted


class ExportDialog(Dialog[Wish | None]):
    """Format and folder of an export; answers None to leave it."""

    ABOUT = "Export the access token for another program. Choose a format, then save or copy it."
    ACTIONS = NAME
    BINDINGS = bindings(ACTIONS)

    def __init__(self, label: str, *, many: bool = False) -> None:
        super().__init__()
        self._label, self._many = label, many

    def compose(self) -> ComposeResult:
        with VerticalScroll(can_focus=False):
            yield Static(Content(f"Export {self._label}\n{EXPORT_HINT}\n"))
            rows = (Option(Content(f"{name:<9}{use}"), id=name) for name, use in FORMATS.items())
            yield OptionList(*rows, markup=False, compact=True)
            yield Static(Content(f"\n{WHERE}"))
            yield PasteInput(value=HOME)
            yield ButtonRow(
                Button("Save", variant="primary", id="save", compact=True),
                Button("Copy", id="copy", compact=True),
                Button("Cancel", id="leave", compact=True),
            )

    def on_mount(self) -> None:
        # several go into a file each: together their shell variables would replace each other
        self.query_one("#copy", Button).display = not self._many
        self.query_one(OptionList).highlighted = 0
        self.query_one(OptionList).focus()

    @on(OptionList.OptionSelected)
    def _chosen(self) -> None:
        """Go to Save; a click on a format writes nothing before the person has seen where."""
        self.query_one("#save", Button).focus()

    @on(Input.Submitted)
    @on(Button.Pressed, "#save")
    def _save(self) -> None:
        self._answer(self.query_one(PasteInput).typed or Untrusted(HOME))

    @on(Button.Pressed, "#copy")
    def _copy(self) -> None:
        self._answer(Untrusted(""))

    def _answer(self, folder: Untrusted) -> None:
        chosen = self.query_one(OptionList).highlighted or 0
        self.dismiss(Wish(list(FORMATS)[chosen], folder))

    @on(Button.Pressed, "#leave")
    def action_leave(self) -> None:
        self.dismiss(None)


class ResultsScreen(ReadingDialog):
    """Accounts of the last refresh, below the reason that they share."""

    ABOUT = "How the last refresh went, account by account."
    ACTIONS = READING
    BINDINGS = bindings(ACTIONS)

    def __init__(self, batch: BatchRefresh) -> None:
        super().__init__()
        self._batch = batch

    def compose(self) -> ComposeResult:
        with VerticalScroll():
            yield Hanging(hung(Content("\n").join(self._lines())))
            yield ButtonRow(Button("Close", compact=True))

    def _lines(self) -> Iterator[Content]:
        batch = self._batch
        # in the order of the list, not in that of the answers
        ended = [(account.label, result.error) for account, result in batch.by_account() if result]
        failures = [(label, error) for label, error in ended if error is not None]
        refreshed = [label for label, error in ended if error is None]
        sentence = summary(len(refreshed), len(failures), batch.not_begun)
        yield Content.assemble((LAST_REFRESH, "bold"), f": {sentence}")
        for reason, names in by_reason((label, error.in_lines()) for label, error in failures).items():
            first, *sentences = reason.split("\n")
            count = f"{accounts.accounts(len(names))}: " if len(names) > 1 else ""
            yield Content.assemble("\n", (f"✗ {count}{first}", "$text-error"))
            yield from (Content(f"  {line}") for line in sentences)
            yield from (Content(f"    {name}") for name in names)
        if refreshed:
            yield Content.assemble("\n", ("✓ Refreshed:", "$text-success"))
            yield from (Content(f"    {name}") for name in refreshed)


# one text, which is wrapped and drawn as a whole; the file has all
SHOWN = 200


class TodayScreen(Dialog[bool]):
    """Today's authorizations; answers whether to save them."""

    ABOUT = (
        "The accounts authorized today, and those that failed. Save the list as CSV for a spreadsheet. It "
        "contains no tokens or codes."
    )
    ACTIONS = TODAY_LIST
    BINDINGS = bindings(ACTIONS)

    def __init__(self, entries: Sequence[Entry]) -> None:
        super().__init__()
        self._entries = entries

    def compose(self) -> ComposeResult:
        with VerticalScroll():
            yield Static(Content(say.today(self._entries)))
            if self._entries:
                yield ButtonRow(
                    Button("Save as CSV", variant="primary", id="save", compact=True),
                    Button("Close", id="close", compact=True),
                )
            else:
                yield ButtonRow(Button("Close", id="close", compact=True))
            newest = list(reversed(self._entries))[:SHOWN]
            lines = [f"\n{time_of_day(entry.at)}  {say.entry(entry)}" for entry in newest]
            if len(self._entries) > SHOWN:
                lines.append(f"\nAnd {len(self._entries) - SHOWN} more. Save the file to see all of them.")
            if lines:
                yield Hanging(hung(Content("\n".join(lines))))

    def on_mount(self) -> None:
        self.query(Button).first().focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        self.dismiss(event.button.id == "save")

    def action_close(self) -> None:
        self.dismiss(False)
