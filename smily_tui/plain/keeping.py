"""What can be done with a connected account: renew, show, copy, name, give away, forget."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from smily_tui.errors import UsageError
from smily_tui.export import access_of
from smily_tui.messages import accounts, connect
from smily_tui.messages.accounts import day_and_time, in_words
from smily_tui.plain.console import sentences
from smily_tui.plain.waiting import wait_for
from smily_tui.secret import Secret
from smily_tui.text import Untrusted, clean
from smily_tui.tokens.protocol import Need

if TYPE_CHECKING:
    from smily_tui.plain.session import Session
    from smily_tui.vault.model import Account

STAYS: Final = "The token stays in the scrollback of this terminal.\nNothing hides it again."
HERE: Final = "shown here and stays in the scrollback"


def refresh(session: Session, account: Account) -> None:
    """Get new tokens now; asks first where another computer may use the old ones."""
    console, stored = session.console, session.stored
    elsewhere = stored.is_elsewhere(account)
    question = accounts.OTHER_COMPUTER.format(label=account.label, machine=account.machine.name)
    if elsewhere and not console.confirmed(question):
        return
    need = Need(force=True, seen=account.generation, here=elsewhere)
    session.end_of(stored.refresh(account.address, need), f"Refreshing {account.label}")
    console.say(renewed(session, account))
    settle(session, account)


def settle(session: Session, before: Account) -> None:
    """Give an account its place where it became known whose it is; asked first where it has a twin."""
    stored = session.stored
    account = stored.account(before.address)
    if before.is_identified or account is None or account.account_id is None:
        return
    twin = stored.twin(account)
    if twin is not None:
        question = connect.TWIN.format(label=twin.label, address=twin.address)
        if not session.console.confirmed(f"{question}\nUpdate its tokens?", default=True):
            wait_for(session.console, lambda: stored.name(account.address, account.label))
            return
    settled = wait_for(session.console, lambda: stored.settle(account.address))
    if settled.address != before.address:
        session.console.say(f"It is {settled.label}: its address is {settled.address} now.")


def renewed(session: Session, account: Account) -> str:
    """That an account has new tokens, and for how long."""
    now = session.stored.account(account.address) or account
    return f"{now.label}: new tokens, valid for {in_words(now.left(session.stored.clock.now()))}."


def show(session: Session, account: Account) -> None:
    """Show the access token, alone on its line."""
    token = access_of(account)
    if session.console.confirmed(f"{STAYS}\nShow the access token?"):
        session.console.say(token.reveal())


def copy(session: Session, account: Account) -> None:
    """Copy the access token to a clipboard that can be cleared again."""
    token = access_of(account)
    if _may_copy(session):
        session.console.say(f"Access token: {session.outside.copy(token)}")


def _may_copy(session: Session) -> bool:
    question, *why = sentences(accounts.COPY)
    return session.console.confirmed("\n".join((*why, question)))


def export(session: Session, account: Account) -> None:
    """Give the access token to another program: the form, then a file or the clipboard."""
    from smily_tui.desktop.files import save_text
    from smily_tui.export import as_text, export_of, file_name

    console, stored, need = session.console, session.stored, Need()
    console.say(*sentences(accounts.WHAT), *(f"{name}: {what}" for name, what in accounts.FORMATS.items()))
    name = _format(console.ask("Form", default=next(iter(accounts.FORMATS))))
    folder = console.ask("Folder, or copy", default="~", explain=("A new file; only you can read it.",))
    to_clipboard = folder.for_parsing().casefold() == "copy"
    if to_clipboard and not _may_copy(session):
        return
    if not stored.suffices(account.address, need):
        session.end_of(stored.refresh(account.address, need), f"Refreshing {account.label} first")
    export = export_of(stored, account.address)
    text = as_text(export, name)
    if to_clipboard:
        console.say(f"Export: {session.outside.copy(Secret(text))}")
    else:
        console.say(f"It is in {save_text(folder, file_name(export, name), text)}")
    console.say(*sentences(accounts.advice(export)))


def _format(typed: Untrusted) -> str:
    """The format that is meant; raises UsageError where none is."""
    wanted = typed.for_parsing().casefold().strip(" .")
    if wanted not in accounts.FORMATS:
        raise UsageError(f"“{clean(typed, 40)}” is none of the forms.", next="Type one of their names.")
    return wanted


def rename(session: Session, account: Account) -> None:
    """Give the account another name; its address stays."""
    console = session.console
    console.say("A new name. The account's address stays.")
    name = clean(console.ask("Name", default=account.label), 120)
    if name and name != account.label:
        wait_for(console, lambda: session.stored.rename(account.address, name))
        console.say(f"Renamed: {name}.")
    else:
        console.say("The name stays.")


def history(session: Session, account: Account) -> None:
    """Each use of the account's refresh token, newest first."""
    found = session.stored.history(account.address)
    session.console.say(accounts.HISTORY.format(label=account.label))
    now = session.stored.clock.now().wall
    for each in reversed(found):
        line = f"{day_and_time(each.at, now)}: {each.outcome}, {each.why}."
        session.console.say(line, f"By {each.host}: {each.process}.", f"Token: {accounts.change(each)}.")
    session.console.say(accounts.FINGERPRINTS if found else accounts.NO_HISTORY)


def hand_over(session: Session, account: Account) -> None:
    """Show the refresh token, once, after it was noted that this program uses it no more."""
    question = accounts.HAND_OVER.format(label=account.label, shown=HERE)
    if session.console.confirmed(question):
        token = wait_for(session.console, lambda: session.stored.hand_over(account.address))
        session.console.say(token.reveal())


def take_back(session: Session, account: Account) -> None:
    """Let this program refresh the account again."""
    question = accounts.TAKE_BACK.format(label=account.label).replace("\n", " ")
    if session.console.confirmed(question.replace(" Take it", "\nTake it")):
        wait_for(session.console, lambda: session.stored.take_back(account.address))
        session.console.say(f"{account.label} is refreshed by smily-tui again.")


def forget(session: Session, account: Account) -> None:
    """Move what is stored for the account to the trash; asks first."""
    session.console.say(
        "Its tokens go to the trash for a month.", "trash in the list of accounts brings them back."
    )
    if session.console.confirmed(f"{accounts.NOT_REVOKED}\nForget {account.label}?"):
        wait_for(session.console, lambda: session.stored.forget(account.address))
        session.console.say(f"{account.label} is forgotten here.")
