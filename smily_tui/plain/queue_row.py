"""Row of the queue, line by line: its link, its code, and the account that the code connects."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from smily_tui.errors import SmilyError
from smily_tui.messages import connect, queue
from smily_tui.plain.console import sentences, wait_for
from smily_tui.plain.exchange import Identified, agrees, exchange, identify, place
from smily_tui.plain.link import NUMBER, Link, ask_account_number, ask_for_code, owner_of
from smily_tui.queue.queue import Queue, Row, RowState, Verdict, judged
from smily_tui.tokens.errors import keeps_code

if TYPE_CHECKING:
    from smily_tui.plain.session import Session
    from smily_tui.secret import Secret
    from smily_tui.vault.model import Account, Application


SKIP: Final = "skip"
ENDS: Final = MappingProxyType({SKIP: "open the next row to do."})


class RowDialogue:
    """Authorization of one account of the queue.

    Args:
        session: the dialogue.
        application: the application of the queue.
        row: the row.
    """

    def __init__(self, session: Session, application: Application, row: Row) -> None:
        self._session = session
        self._console = session.console
        self._stored = session.stored
        self._file = session.stored.queue(application.key)
        self._application = application
        self._row = row

    def run(self) -> bool:
        """Ask until a code connects the account; return False where the row is skipped.

        Raises:
            Back, Leave: the person goes back, or leaves the program.
        """
        self._introduce()
        link = self._new_link()
        while True:
            try:
                answer = ask_for_code(
                    self._session, link, ends=ENDS, sent=lambda: self._move(RowState.WAITING)
                )
                if answer == SKIP:
                    return False
                if answer == NUMBER:
                    link = self._renumber(link)
                elif not isinstance(answer, str) and self._redeem(link, answer):
                    return True
            except SmilyError as error:
                self._console.error(error)

    def _introduce(self) -> None:
        row, console = self._row, self._console
        console.say(f"{queue.place(row, self._file.read())}: {row.called}.")
        if row.words:
            console.say(f"{row.state.word.capitalize()}: {row.words}")
        console.guide(*sentences(queue.PRIVATE_WINDOW_HINT))

    def _new_link(self) -> Link:
        """Write the link of the row as it is now."""
        application, row = self._application, self._row
        scopes = row.scopes or application.scopes
        address = self._stored.authorization_url(application, scopes, row.account_id)
        self._session.heard.link = address
        self._console.say(connect.OPEN_LINK)
        self._console.hand_out(address)
        self._console.say(connect.PASTE_CODE)
        self._console.guide("Or type open, copy, message or skip. Type ? for more.")
        if owner_of(self._session) is not None:
            self._console.say("No browser? Type owner to answer as the owner.")
        return Link(address, application, scopes, row.account_id, self._stored.clock.now())

    def _renumber(self, link: Link) -> Link:
        answer = ask_account_number(self._console)
        if answer is None or answer.account_id == self._row.account_id:
            return link
        self._row = replace(self._row, account_id=answer.account_id)
        self._file.edit(self._row)
        return self._new_link()

    def _move(self, state: RowState, note: str = "") -> Queue:
        return self._file.move(self._row, state, note)

    # -- code ------------------------------------------------------------------------------------------

    def _redeem(self, link: Link, code: Secret) -> bool:
        """Exchange the code and file its account; return whether the row is done."""
        self._move(RowState.CODE)
        try:
            address = exchange(self._session, link, code)
        except SmilyError as error:
            self._move(RowState.WAITING if keeps_code(error) else RowState.FAILED, error.what)
            raise
        return self._file_account(identify(self._session, address))

    def _file_account(self, owner: Identified) -> bool:
        """File an account under this row only if it is the one that the row means."""
        account, row = owner.account, self._row
        verdict = judged(row, account, self._file.read())
        if verdict is Verdict.TO_ASK:
            question = queue.TO_ASK.format(account=queue.called(account), row=row.called)
            same = agrees(self._console, question, safe=False)
            verdict = Verdict.ITS_OWN if same else Verdict.ANOTHER
        if verdict is Verdict.ITS_OWN:
            self._file_own(account)
        elif verdict is Verdict.ANOTHER:
            self._file_other(account)
        else:
            placed = place(self._session, account, account.label)
            note = queue.NOT_KNOWN.format(address=placed.address, remark=owner.remark)
            self._move(RowState.FAILED, note)
            self._console.say(f"{row.name}: {note}")
        self._console.say(*filter(None, [owner.clock]))
        return verdict is Verdict.ITS_OWN

    def _file_own(self, account: Account) -> None:
        duplicate = self._stored.duplicate(account)
        place(self._session, account, duplicate.label if duplicate else self._row.label)
        note = queue.not_granted_note(account)
        self._move(RowState.VERIFIED, note)
        self._console.say(queue.CONNECTED_ROW.format(label=self._row.name), *filter(None, [note]))

    def _file_other(self, account: Account) -> None:
        """File another account than the row's under its own name, or forget it; never under this row."""
        called = queue.called(account)
        self._move(RowState.OTHER, queue.WAS_FOR.format(account=called))
        question = queue.ANOTHER.format(account=called, row=self._row.called).replace("\n\n", "\n")
        if not agrees(self._console, f"{question}\nSave it under its own name?"):
            wait_for(self._console, lambda: self._stored.forget(account.address))
            self._console.say(f"Discarded {called}.", *sentences(connect.SIGN_OUT_HINT))
            return
        duplicate = self._stored.duplicate(account)
        place(self._session, account, duplicate.label if duplicate else account.label)
        rows = self._file.connect(account)
        filed = queue.OTHER_ROW if rows.has(account.account_id) else queue.OTHER_SAVED
        self._console.say(filed.format(account=called).removeprefix("✓ "))
