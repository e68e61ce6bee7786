"""Queue, line by line: rows are added, opened one after the other, changed and removed; today's list."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

from smily_tui.messages import queue
from smily_tui.messages.accounts import time_of_day
from smily_tui.plain.account import perform
from smily_tui.plain.console import Back, Choice, Interrupted, explained, find, sentences, short
from smily_tui.plain.link import NONE
from smily_tui.plain.queue_row import RowDialogue
from smily_tui.queue.queue import Row, RowState
from smily_tui.queue.reading import LARGEST, Found, Problem, read_bytes, read_row, read_text
from smily_tui.text import Untrusted
from smily_tui.vault.errors import Damaged

if TYPE_CHECKING:
    from collections.abc import Callable

    from smily_tui.plain.session import Session
    from smily_tui.vault.model import Application


MOST_ROWS: Final = 20
MOST_ENTRIES: Final = 50
NEXT, ADD, BACK = "next", "add", "back"
ROW_HINT: Final = "Type a number or part of a name to open a row."
NO_ROW: Final = "No such row or choice. Type list for the rows, ? for the choices."
NO_SCOPES: Final = "none: ask for the app's own permissions."


class QueueDialogue:
    """Rows of one application with their menu.

    Args:
        session: the dialogue.
        application: the application of the queue.
    """

    def __init__(self, session: Session, application: Application) -> None:
        self._session = session
        self._console = session.console
        self._stored = session.stored
        self._application = application
        self._file = session.stored.queue(application.key)
        self._choices = (
            Choice("n", NEXT, "Open the next row to do.", self._open_next),
            Choice("a", ADD, "Add accounts, one per line.", self._add_lines),
            Choice("f", "file", "Add accounts from a CSV file.", self._add_file),
            Choice("l", "list", "List the rows.", self._say_rows),
            Choice("e", "edit", "Change a row's name, account number or permissions.", self._edit),
            Choice("d", "remove", "Remove a row from the queue.", self._remove),
            Choice("c", "clear", "Remove all connected rows from the queue.", self._clear),
        )

    def run(self) -> None:
        """Talk until the person goes back.

        Raises:
            Leave: the person leaves the program.
            VaultError: the queue cannot be read.
        """
        self._catch_up()
        self._say_rows()
        self._console.say(*short(self._choices, numbered=False), f"{BACK}: go back to the accounts.")
        while self._once():
            pass

    def _catch_up(self) -> None:
        try:
            self._file.catch_up(self._stored.accounts())
        except Damaged as error:
            if not self._console.confirmed(queue.DAMAGED.format(what=error.what)):
                raise Back from None
            self._file.set_aside()

    def _once(self) -> bool:
        """Act on one answer; Enter does the next thing. Return False where the person goes back."""
        try:
            typed = self._console.ask(
                "Queue",
                default=self._next_thing(),
                explain=[ROW_HINT, *explained(self._choices, numbered=False)],
            )
        except Back:
            return False
        if typed == BACK:
            return False
        choice = find(self._choices, typed, numbered=False)
        perform(self._session, choice.act if choice else lambda: self._open(self._find(typed)))
        return True

    def _next_thing(self) -> str:
        rows = self._file.read()
        return NEXT if rows.next_open() else BACK if rows.rows else ADD

    # -- rows ------------------------------------------------------------------------------------------

    def _say_rows(self) -> None:
        """Say the counts and the rows; of many those that are not connected."""
        rows = self._file.read()
        if not rows.rows:
            self._console.say(f"The queue of {self._application.name} is empty.")
            return
        self._console.say(f"{self._application.name}: {queue.counts(rows)}.".replace(" ·", ","))
        stored = self._stored.accounts()
        connected = [account for account in stored if account.address.application == self._application.key]
        waiting = sum(row.is_open for row in rows.rows)
        limit = "" if self._session.demo else queue.meter(len(connected), waiting)
        self._console.say(*filter(None, sentences(limit)))
        many = len(rows.rows) > MOST_ROWS
        listed = [row for row in rows.rows if not many or row.state is not RowState.VERIFIED]
        self._console.say(*map(_line, listed[:MOST_ROWS]))
        if many:
            self._console.say(f"{len(rows.rows)} rows in all. Type part of a name to open one.")

    def _find(self, typed: str) -> Row | None:
        """Return the row with that number, or the only one with that part in its name."""
        rows, part = self._file.read().rows, typed.casefold()
        matches = [row for row in rows if part == str(row.number)] or [
            row for row in rows if part in f"{row.label} {row.account_id or ''}".casefold()
        ]
        if len(matches) == 1:
            return matches[0]
        self._console.say(*(map(_line, matches[:MOST_ROWS]) if matches else (NO_ROW,)))
        return None

    def _ask_row(self) -> Row | None:
        return self._find(self._console.ask("Row", explain=(ROW_HINT,)))

    # -- entering --------------------------------------------------------------------------------------

    def _add_lines(self) -> None:
        """Read lines until an empty one."""
        self._console.guide(*sentences(queue.HOW), "An empty line ends the list.")
        lines: list[str] = []
        while True:
            try:
                lines.append(self._console.ask_unchanged(f"Line {len(lines) + 1}").for_parsing())
            except Interrupted:
                raise
            except Back:
                break
        text = Untrusted("\n".join(lines))
        self._add(lambda any_scope: read_text(text, any_scope=any_scope))

    def _add_file(self) -> None:
        from smily_tui.desktop.files import read_chosen

        data = read_chosen(self._console.ask_unchanged("Path of the file"), LARGEST)
        self._add(lambda any_scope: read_bytes(data, any_scope=any_scope))

    def _add(self, read: Callable[[bool], Found]) -> None:
        """Add the good lines, and name the others."""
        reading = read(False)
        if reading.unknown_scopes and self._confirmed(queue.any_scope(reading)):
            reading = read(True)
        guesses = queue.to_confirm(reading)
        if guesses and not self._confirmed(guesses):
            return
        sorted_out = self._file.add(reading.rows, self._stored.accounts())
        count = len(sorted_out.new)
        question = queue.CONNECTED.format(names=queue.names(sorted_out.connected))
        if sorted_out.connected and self._confirmed(question):
            count += len(self._file.add(sorted_out.connected).new)
        self._console.say(queue.added(sorted_out, count))
        if reading.problems:
            self._console.say(*queue.problems(reading.problems).split("\n"), queue.FIX_LINES)

    def _confirmed(self, question: str) -> bool:
        return self._console.confirmed("\n".join(filter(None, question.split("\n"))))

    def _edit(self) -> None:
        row = self._ask_row()
        if row is None:
            return
        ask = self._console.ask
        name = ask(queue.NAME, default=row.label)
        number = ask("Account number", default=str(row.account_id or NONE))
        scopes = ask("Permissions", default=" ".join(row.scopes) or NONE, explain=(NO_SCOPES,))
        fields = (Untrusted("" if text == NONE else text) for text in (name, number, scopes))
        self._save(row, partial(read_row, *fields))

    def _save(self, row: Row, read: Callable[..., Row | Problem]) -> None:
        """Save what was entered for a row, unless it cannot be used or another one is for the account."""
        entered = read()
        if not isinstance(entered, Row) and entered.unknown_scope:
            question = f"{queue.reason(entered)}\n{queue.ANY_SCOPE.format(scopes='it')}"
            if not self._confirmed(question):
                return
            entered = read(any_scope=True)
        if not isinstance(entered, Row):
            self._console.say(queue.reason(entered))
            return
        entered = replace(entered, number=row.number)
        if twin := self._file.read().same_as(entered):
            self._console.say(queue.TWIN.format(label=twin.called))
            return
        self._file.edit(entered)
        self._console.say(queue.EDITED.format(label=entered.name))

    def _remove(self) -> None:
        row = self._ask_row()
        if row is None:
            return
        question = queue.REMOVE.format(label=row.name)
        if row.state is RowState.VERIFIED or self._confirmed(question):
            self._file.change(lambda rows: rows.without([row.number]))
            self._console.say(f"Removed {row.name}.")

    def _clear(self) -> None:
        done = [row.number for row in self._file.read().rows if row.state is RowState.VERIFIED]
        if not done:
            self._console.say(queue.NOTHING_DONE)
        elif self._confirmed(queue.CLEAR.format(count=len(done))):
            self._file.change(lambda rows: rows.without(done))

    # -- going on --------------------------------------------------------------------------------------

    def _open_next(self) -> None:
        row = self._file.read().next_open()
        if row is None:
            self._console.say(queue.NONE_OPEN)
        self._go_on(row)

    def _open(self, row: Row | None) -> None:
        if row is None:
            return
        if row.state is not RowState.VERIFIED or self._confirmed(queue.ASK_AGAIN.format(label=row.name)):
            self._go_on(row)

    def _go_on(self, row: Row | None) -> None:
        """Ask for a code, row after row, until none is to do or the person goes back."""
        while row is not None:
            is_done = RowDialogue(self._session, self._application, row).run()
            following = self._file.read().next_open(after=row.number)
            if following is None:
                self._console.say(queue.DONE if is_done else queue.NONE_OPEN)
            elif following.number == row.number:
                self._console.say(queue.ONLY_ONE)
            row = following


def _line(row: Row) -> str:
    note = f", {row.words}" if row.words else ""
    return f"{row.number} {row.called}: {row.state.word}{note}"


def show_today(session: Session) -> None:
    """List what was authorized today, newest first, and save the whole list where that is wanted."""
    from smily_tui.desktop.files import save_text
    from smily_tui.queue import today

    console, stored = session.console, session.stored
    entries = stored.authorized_today()
    console.say(queue.today(entries).replace(" ·", ",") + "." * bool(entries))
    for entry in list(reversed(entries))[:MOST_ENTRIES]:
        console.say(f"{time_of_day(entry.at)} {queue.entry(entry)}".replace("! not", "Not"))
    if len(entries) > MOST_ENTRIES:
        console.say(f"And {len(entries) - MOST_ENTRIES} more. Save the list to see all of them.")
    if entries and console.confirmed("\n".join((*sentences(queue.TODAY_KEPT), "Save the list as CSV?"))):
        folder = console.ask_unchanged("Folder", default="~")
        now = stored.clock.now().wall
        console.say(f"Saved to {save_text(folder, today.file_name(now), today.as_csv(entries))}")
