"""Dialogs: confirm, name, folder, export, results, today's list."""

from __future__ import annotations

from asyncio import to_thread
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final, TypeVar

from textual import on
from textual.binding import BindingsMap
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from smily_tui.messages import accounts
from smily_tui.messages import queue as say
from smily_tui.text import Clean, Untrusted, counted
from smily_tui.tui import actions
from smily_tui.tui.screens.base import Dialog
from smily_tui.tui.widgets.drawn import Hanging, Hung, hung
from smily_tui.tui.widgets.inputs import Button, ButtonRow, PasteInput

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from textual.app import ComposeResult
    from textual.await_complete import AwaitComplete

    from smily_tui.batch import BatchRefresh
    from smily_tui.queue.today import Entry
    from smily_tui.tui.base_app import BaseApp, Logged
    from smily_tui.vault.history import TokenUse


NOTHING: Final = Untrusted("")
HOME: Final = Clean("~")
TRANSCRIPT_KEPT: Final = "The transcript contains no secrets. Only you can read the file."
_COLOURS: Final = {"-error": "$text-error", "-done": "$text-success"}


_Answer = TypeVar("_Answer")


class Choice(Dialog[_Answer]):
    """Question with a button for each answer.

    Args:
        question: its first paragraph is what is asked.
        answers: actions with their labels.
        usual: the name of the action whose button has the focus.
        safe: the name of the one that Esc stands for.
    """

    ABOUT = "A question. Press a letter, or choose an answer with the arrow keys and press Enter."
    ACTIONS: Sequence[actions.Action] = actions.QUESTION
    BINDINGS = actions.bindings(ACTIONS)

    def __init__(self, question: str, answers: Sequence[actions.Action], *, usual: str, safe: str) -> None:
        super().__init__()
        self._asked, _, self._reasons = question.partition("\n\n")
        self._answers = actions.with_letters(answers, safe=safe, asked_by=self.app.newest_key)
        self._usual = usual
        # Textual 8.2.8 has no public way to give one screen other keys than its class
        keys = self._bindings.key_to_bindings
        for action in self.ACTIONS:
            keys.pop(action.key, None)
        self.ACTIONS = (*self._answers, *actions.EVERYWHERE)
        keys.update(BindingsMap(actions.bindings(self.ACTIONS)).key_to_bindings)

    def compose(self) -> ComposeResult:
        # Textual's column can have the focus: Tab would stop there between the answers. `Content`, no str:
        # Textual 8.2.8 parses a str as markup, and “[/]” in a name would end the app
        with VerticalScroll(can_focus=False):
            yield Static(Content(self._asked), classes="asked")
            if self._reasons:
                yield Static(Content(f"\n{self._reasons}"))
            yield ButtonRow(*(self.button(action.name) for action in self._answers))

    def on_mount(self) -> None:
        self.query_one(f"#{self._usual}", Button).focus()

    def dismiss(self, result: _Answer | None = None) -> AwaitComplete:
        """Leave with an answer; its key pressed twice was meant for the question, not for what is below."""
        self.app.drop_repeated()
        return super().dismiss(result)


class Question(Choice[bool]):
    """Question with two answers.

    Args:
        question, yes, no: what is asked, and the labels of the answers.
        safe: whether yes is the answer that loses nothing, which Esc gives; it has the focus.
        harmless: what the person asked for by its key loses nothing: yes has the focus, Esc still means no.
    """

    def __init__(
        self, question: str, yes: str, no: str, *, safe: bool = False, harmless: bool = False
    ) -> None:
        usual = "yes" if safe or harmless else "no"
        super().__init__(question, actions.labelled(yes, no), usual=usual, safe="yes" if safe else "no")

    def action_yes(self) -> None:
        self.dismiss(True)

    def action_no(self) -> None:
        self.dismiss(False)


class Consent(Enum):
    """Answer to the question before something is copied."""

    NO = "no"
    ONCE = "once"
    ALWAYS = "always"


class CopyQuestion(Choice[Consent]):
    """Question before the first token goes to the clipboard."""

    ACTIONS = actions.COPY_QUESTION
    BINDINGS = actions.bindings(ACTIONS)

    def __init__(self) -> None:
        yes, no = actions.labelled("Copy", "Cancel")
        super().__init__(accounts.COPY_QUESTION, (yes, actions.ALWAYS, no), usual="yes", safe="no")

    def action_yes(self) -> None:
        self.dismiss(Consent.ONCE)

    def action_always(self) -> None:
        self.dismiss(Consent.ALWAYS)

    def action_no(self) -> None:
        self.dismiss(Consent.NO)


async def may_copy(app: BaseApp) -> bool:
    """Ask before the first copy of a token, since clipboards remember; from a worker.

    Raises:
        SmilyError: the answer was not to ask again, and the settings cannot keep it.
    """
    if not app.copies_agreed:
        consent = await app.push_screen_wait(CopyQuestion())
        app.copies_agreed = consent is not Consent.NO
        if consent is Consent.ALWAYS:
            await to_thread(app.stored.settings.save_copy_without_asking)
    return app.copies_agreed


class FieldDialog(Dialog[Untrusted]):
    """One field; answers with its text, which is empty where the person leaves it.

    Args:
        question: stands above the field.
        text: stands in the field.
    """

    def __init__(self, question: str, text: Clean) -> None:
        super().__init__()
        self._question, self._text = question, text

    def compose(self) -> ComposeResult:
        with VerticalScroll(can_focus=False):
            yield Static(self._question, markup=False)
            yield PasteInput(value=self._text)
            yield ButtonRow(self.button("accept", primary=True), self.button("leave"))

    @on(Input.Submitted)
    def action_accept(self) -> None:
        self.dismiss(self.query_one(PasteInput).typed)

    def action_leave(self) -> None:
        self.dismiss(NOTHING)


class NameDialog(FieldDialog):
    """New name of an account."""

    ABOUT = "Rename the account. Press Enter to save."
    ACTIONS = actions.NAME
    BINDINGS = actions.bindings(ACTIONS)

    def __init__(self, name: Clean) -> None:
        super().__init__("New name. The account's address stays the same.", name)


class FolderDialog(FieldDialog):
    """Folder for a file; `assurance` says why the file may lie there."""

    ABOUT = "Choose a folder for the file. Press Enter to save."
    ACTIONS = actions.FOLDER
    BINDINGS = actions.bindings(ACTIONS)

    def __init__(self, folder: Clean = HOME, assurance: str = TRANSCRIPT_KEPT) -> None:
        super().__init__(f"Save in which folder? {assurance}", folder)


class ReadingDialog(Dialog[None]):
    """Text to read, with a button that closes it."""

    def action_close(self) -> None:
        self.dismiss(None)


class HistoryScreen(ReadingDialog):
    """Uses of an account's refresh token, newest first."""

    ABOUT = "When this account's refresh token was used, and by what. Newest first."
    ACTIONS = actions.READING
    BINDINGS = actions.bindings(ACTIONS)

    def __init__(self, label: Clean, history: Sequence[TokenUse], now: float) -> None:
        super().__init__()
        self._label, self._history, self._now = label, history, now

    def compose(self) -> ComposeResult:
        with VerticalScroll():
            yield Static(Content(f"{accounts.HISTORY.format(label=self._label)}\n"))
            for use in reversed(self._history):
                at = accounts.day_and_time(use.at, self._now)
                row = Content.assemble(
                    (f"{at}  {use.outcome}", "bold"),
                    f"  {use.why}\n  {accounts.change(use)}  {use.host}: {use.process}",
                )
                yield Hanging(hung(row))
            if not self._history:
                yield Static(Content(accounts.NO_HISTORY))
            yield Static(Content(f"\n{accounts.FINGERPRINT_HINT} Press esc to close."), classes="why")
            yield ButtonRow(self.button("close"))


class MessageLogScreen(ReadingDialog):
    """Messages of the status line, newest first."""

    ABOUT = "The messages of this session, newest first. They are not stored."
    ACTIONS = actions.READING
    BINDINGS = actions.bindings(ACTIONS)

    def __init__(self, messages: Iterable[Logged]) -> None:
        super().__init__()
        self._newest_first = list(messages)[::-1]

    def compose(self) -> ComposeResult:
        with VerticalScroll():
            yield Static(Content(accounts.MESSAGES_TITLE if self._newest_first else accounts.NO_MESSAGES))
            yield Hanging([line for message in self._newest_first for line in _message_lines(message)])
            yield ButtonRow(self.button("close"))


def _message_lines(message: Logged) -> list[Hung]:
    first, *further = message.text.split("\n")
    lead = f"{accounts.time_of_day(message.at)}  "
    style = _COLOURS.get(message.kind, "")
    rows = [(Content.styled(lead, "$text-muted"), Content.styled(first, style))]
    return rows + [(Content(" " * len(lead)), Content(line)) for line in further]


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
    ACTIONS = actions.EXPORT
    BINDINGS = actions.bindings(ACTIONS)

    def __init__(self, label: str, *, many: bool = False) -> None:
        super().__init__()
        self._label, self._many = label, many

    def compose(self) -> ComposeResult:
        with VerticalScroll(can_focus=False):
            yield Static(Content(f"Export {self._label}"), classes="asked")
            yield Static(Content(f"{accounts.EXPORT_HINT}\n"), classes="why")
            rows = (Option(Content(f"{name:<9}{use}"), id=name) for name, use in accounts.FORMATS.items())
            yield OptionList(*rows, markup=False, compact=True)
            yield Static(Content(f"\n{WHERE}"))
            yield PasteInput(value=HOME)
            yield ButtonRow(
                self.button("save_export", primary=True), self.button("copy_export"), self.button("leave")
            )

    def on_mount(self) -> None:
        # several go into a file each: together their shell variables would replace each other
        self.query_one("#copy_export", Button).display = not self._many
        self.query_one(OptionList).highlighted = 0
        self.query_one(OptionList).focus()

    @on(OptionList.OptionSelected)
    def _chosen(self) -> None:
        """Go to Save; a click on a format writes nothing before the person has seen where."""
        self.query_one("#save_export", Button).focus()

    @on(Input.Submitted)
    def action_save_export(self) -> None:
        self._answer(self.query_one(PasteInput).typed or Untrusted(HOME))

    def action_copy_export(self) -> None:
        self._answer(Untrusted(""))

    def _answer(self, folder: Untrusted) -> None:
        chosen = self.query_one(OptionList).highlighted or 0
        self.dismiss(Wish(list(accounts.FORMATS)[chosen], folder))

    def action_leave(self) -> None:
        self.dismiss(None)


class ResultsScreen(Dialog[bool]):
    """Accounts of the last refresh, below the reason that they share; answers: select those that failed."""

    ABOUT = "How the last refresh went, account by account. Select the failed ones to act on them at once."
    ACTIONS = actions.RESULTS
    BINDINGS = actions.bindings(ACTIONS)

    def __init__(self, batch: BatchRefresh) -> None:
        super().__init__()
        self._batch = batch

    def compose(self) -> ComposeResult:
        with VerticalScroll():
            yield Hanging(hung(Content("\n").join(self._lines())))
            failed = [self.button("select_failed")] if self._batch.failures else []
            yield ButtonRow(self.button("close"), *failed)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to select what failed where something did."""
        del parameters
        return action != "select_failed" or bool(self._batch.failures)

    def action_select_failed(self) -> None:
        self.dismiss(True)

    def action_close(self) -> None:
        self.dismiss(False)

    def _lines(self) -> Iterator[Content]:
        batch = self._batch
        # in the order of the list, not in that of the answers
        ended = [(account.label, result.error) for account, result in batch.by_account() if result]
        failures = [(label, error) for label, error in ended if error is not None]
        refreshed = [label for label, error in ended if error is None]
        sentence = accounts.summary(len(refreshed), len(failures), batch.not_begun)
        yield Content.assemble((accounts.LAST_REFRESH, "bold"), f": {sentence}")
        reasons = accounts.by_reason((label, error.in_lines()) for label, error in failures)
        for reason, names in reasons.items():
            first, *sentences = reason.split("\n")
            count = f"{counted(len(names), 'account')}: " if len(names) > 1 else ""
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
    ACTIONS = actions.TODAY_LIST
    BINDINGS = actions.bindings(ACTIONS)

    def __init__(self, entries: Sequence[Entry]) -> None:
        super().__init__()
        self._entries = entries

    def compose(self) -> ComposeResult:
        with VerticalScroll():
            yield Static(Content(say.today(self._entries)))
            if self._entries:
                yield ButtonRow(self.button("save_csv", primary=True), self.button("close"))
            else:
                yield ButtonRow(self.button("close"))
            newest = list(reversed(self._entries))[:SHOWN]
            lines = [f"\n{accounts.time_of_day(entry.at)}  {say.entry(entry)}" for entry in newest]
            if len(self._entries) > SHOWN:
                lines.append(f"\nAnd {len(self._entries) - SHOWN} more. Save the file to see all of them.")
            if lines:
                yield Hanging(hung(Content("\n".join(lines))))

    def on_mount(self) -> None:
        self.query(Button).first().focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer no file of an empty list."""
        del parameters
        return action != "save_csv" or bool(self._entries)

    def action_save_csv(self) -> None:
        self.dismiss(True)

    def action_close(self) -> None:
        self.dismiss(False)
