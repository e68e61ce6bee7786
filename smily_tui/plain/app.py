"""Plain mode from start to end: the list of accounts and what can be done with it."""

from __future__ import annotations

import threading
from functools import partial
from typing import TYPE_CHECKING, Final

from smily_tui.demo import TROUBLES, DemoInfo, make, time_lapse
from smily_tui.desktop.clipboard import CLEARED, Clipboard
from smily_tui.doctor import findings
from smily_tui.errors import SmilyError
from smily_tui.messages.accounts import ACTION_TEXTS, NOT_USED, count
from smily_tui.messages.connect import DEMO_BEGINS
from smily_tui.messages.queue import NO_APPLICATION
from smily_tui.plain.account import open_account, perform, refresh_due, show_trash, undo
from smily_tui.plain.apps import show_apps
from smily_tui.plain.connect import Start, connect
from smily_tui.plain.console import UNKNOWN, Back, Choice, Console, Interrupted, Leave, explained, find, short
from smily_tui.plain.details import account_row
from smily_tui.plain.queue import QueueDialogue, show_today
from smily_tui.plain.session import Session, show_exchanges
from smily_tui.vault.settings import Preferences

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from smily_tui.accounts import Accounts
    from smily_tui.plain.console import Terminal
    from smily_tui.vault.model import Account, Application


LAPSE: Final = "time lapse"


def cause_trouble(session: Session) -> None:
    """Ask which error the demo's server is to make."""
    demo, say = session.demo, session.console.say
    if demo is None or demo.order is None:
        return
    choices = [
        Choice("", trouble.label, trouble.help, partial(make, demo, trouble, say)) for trouble in TROUBLES
    ]
    if demo.has_time:
        lapse = partial(time_lapse, demo.run_time, say, _later)
        choices.append(Choice("", LAPSE, "Let two hours pass in two minutes.", lapse))
    say(*short(choices))
    choice = find(choices, session.console.ask("Error to cause", explain=explained(choices)))
    if choice is None:
        say(UNKNOWN)
    else:
        choice.act()


def _later(seconds: float, act: Callable[[], None]) -> None:
    timer = threading.Timer(seconds, act)
    timer.daemon = True
    timer.start()


MOST_ROWS: Final = 20
NO_ACCOUNTS: Final = ("No accounts yet.", "Connecting one takes about three minutes.")
LIST_CHOICES: Final = (
    "Type a number or part of a name to open an account.",
    "Press Enter to list the accounts again.",
)


class Dialogue:
    """List of accounts with its menu."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._console = session.console
        self._stored = session.stored
        self._choices = self._all_choices()

    def run(
        self,
        *,
        connect: bool = False,
        application: Application | None = None,
        queue: Application | None = None,
    ) -> None:
        """Talk until the person leaves; connect first where nothing is stored or `connect` is set.

        With a queue, talk about that alone.
        """
        try:
            if queue is None:
                self._talk(application, connect=connect)
            else:
                perform(self._session, QueueDialogue(self._session, queue).run)
        except (Leave, KeyboardInterrupt):
            pass
        if self._session.clipboard.close():
            self._console.say(CLEARED)
        self._console.say("Bye.")

    def _talk(self, application: Application | None, *, connect: bool) -> None:
        accounts = self._accounts()
        empty = accounts is not None and not accounts
        if empty:
            self._console.say(*NO_ACCOUNTS)
        if empty or connect or (accounts and self._stored.unfinished()):
            perform(self._session, lambda: self._first(application, choose=connect))
            accounts = self._accounts()
        self._say_list(accounts)
        while self._once():
            pass

    def _first(self, application: Application | None, *, choose: bool) -> None:
        """Connect the first account, or one more with the application that is named, stored or chosen."""
        start = Start(application, application.scopes) if application else Start()
        chosen = self._chosen_start() if choose and application is None else start
        if chosen is not None:
            connect(self._session, chosen)

    # -- the list --------------------------------------------------------------------------------------

    def _accounts(self) -> tuple[Account, ...] | None:
        """Return all accounts; None where the store cannot be read, which is reported."""
        try:
            return self._stored.accounts()
        except SmilyError as error:
            self._console.error(error)
            return None

    def _list(self) -> None:
        self._say_list(self._accounts())

    def _say_list(self, accounts: tuple[Account, ...] | None) -> None:
        if accounts is not None:
            self._console.say(f"{', '.join(count(accounts, self._stored.clock.now()))}.")
            self._say_rows(list(enumerate(accounts, 1)))
        self._console.say(*short(self._choices, numbered=False))

    def _say_rows(self, rows: Sequence[tuple[int, Account]]) -> None:
        now = self._stored.clock.now()
        self._console.say(*(account_row(number, account, now) for number, account in rows[:MOST_ROWS]))
        if len(rows) > MOST_ROWS:
            self._console.say(f"And {len(rows) - MOST_ROWS} more. Type part of a name to find one.")

    def _once(self) -> bool:
        """Act on one answer; return False where Ctrl-C ends the program."""
        try:
            typed = self._console.ask(
                "Account or action", explain=[*LIST_CHOICES, *explained(self._choices, numbered=False)]
            )
        except Interrupted:
            return False
        except Back:
            self._list()
            return True
        choice = find(self._choices, typed, numbered=False)
        if choice is not None:
            perform(self._session, choice.act)
        else:
            self._open(typed)
        return True

    def _open(self, typed: str) -> None:
        """Open the account with that number, or the only one whose name has that part."""
        accounts = self._accounts()
        if accounts is None:
            return
        rows, part = list(enumerate(accounts, 1)), typed.casefold()
        matches = (
            [row for row in rows if part == str(row[0])]
            or [row for row in rows if part in _names(row[1])]
            or [row for row in rows if part in " ".join(_names(row[1]))]
        )
        if len(matches) == 1:
            perform(self._session, lambda: open_account(self._session, matches[0][1].address))
        elif matches:
            self._say_rows(matches)
        else:
            self._console.say(UNKNOWN)

    # -- what can be done ------------------------------------------------------------------------------

    def _all_choices(self) -> list[Choice]:
        session = self._session
        demo = session.demo is not None and session.demo.order is not None
        choices = [
            Choice("a", "add", ACTION_TEXTS["add"].help, self._add),
            Choice("n", "new", ACTION_TEXTS["new"].help, lambda: self._connect(Start())),
            Choice("o", "queue", "Connect many accounts, one after the other.", self._queue),
            Choice("l", "today", "List what was authorized today, and save it.", lambda: show_today(session)),
            Choice("r", "refresh all due", ACTION_TEXTS["refresh_due"].help, lambda: refresh_due(session)),
            Choice("z", "undo", ACTION_TEXTS["undo"].help, lambda: undo(session)),
            Choice("t", "trash", "Restore forgotten accounts.", lambda: show_trash(session)),
            Choice("p", "apps", "Rename, change or remove an app.", lambda: show_apps(session)),
            Choice("w", "wire", "Show every HTTP request and response.", lambda: show_exchanges(session)),
            Choice("d", "doctor", "Check this computer and the stored accounts.", self._doctor),
            Choice("x", "errors", "Cause an error, to see what happens.", lambda: cause_trouble(session)),
            Choice("q", "quit", ACTION_TEXTS["quit"].help, _leave),
        ]
        return [choice for choice in choices if demo or choice.key != "x"]

    def _add(self) -> None:
        """Connect one more account with a stored application; with several, ask which."""
        start = self._chosen_start()
        if start is not None:
            self._connect(start)

    def _chosen_start(self) -> Start | None:
        """Return where connecting one more account begins; None where the person named no application."""
        usable = list(self._stored.apps.usable())
        if len(usable) > 1:
            names = [f"{number} {application.name}" for number, application in enumerate(usable, 1)]
            self._console.say(*names)
            typed = self._console.ask("App", explain=("Type a number or a name.",)).casefold()
            usable = [
                application
                for number, application in enumerate(usable, 1)
                if typed in (str(number), application.key, application.name.casefold())
            ][:1]
            if not usable:
                self._console.say(UNKNOWN)
                return None
        return Start(usable[0], usable[0].scopes) if usable else Start()

    def _connect(self, start: Start) -> None:
        connect(self._session, start)
        self._list()

    def _queue(self) -> None:
        """Open the queue of the application that is named, chosen or the only one."""
        start = self._chosen_start()
        if start is not None and start.application is None:
            self._console.say(NO_APPLICATION, "Type new to connect your first account.")
        elif start is not None and start.application is not None:
            QueueDialogue(self._session, start.application).run()
            self._list()

    def _doctor(self) -> None:
        self._console.say("Checking.")
        for finding in findings(self._stored):
            self._console.say(finding.sentence if finding.good else f"Problem. {finding.sentence}")
            if finding.fix:
                self._console.say(f"Fix: {finding.fix}")


def _names(account: Account) -> tuple[str, ...]:
    return account.label.casefold(), str(account.address), str(account.account_id)


def _leave() -> None:
    raise Leave


def preferences(stored: Accounts) -> Preferences:
    """Read the settings; the defaults where they cannot be read, which the dialogue tells."""
    try:
        return stored.settings.preferences()
    except SmilyError:
        return Preferences()


def run(
    stored: Accounts,
    terminal: Terminal,
    *,
    looks: Preferences,
    demo: DemoInfo | None = None,
    connect: bool = False,
    application: Application | None = None,
    because: str = "",
    queue: Application | None = None,
) -> int:
    """Run the dialogue; `because` says why there is no full screen where nobody asked for the plain mode.

    Raises:
        KeyUnavailable: what is stored is encrypted, and its key cannot be had.
    """
    console = Console(terminal, demo.ordered if demo else None)
    stored.at_rest.check()
    if because:
        console.say(f"Plain mode: {because}. Full screen: TERM=xterm-256color smily-tui")
    console.say(f"smily-tui{' demo, no real account' if demo else ''}.", "Type ? for help, quit to leave.")
    if demo is not None:
        console.say(DEMO_BEGINS[0])
    console.say(*(NOT_USED.format(what=setting) for setting in looks.ignored))
    agreed = looks.copy_without_asking
    session = Session(console, stored, Clipboard(looks.clipboard), demo=demo, copies_agreed=agreed)
    Dialogue(session).run(connect=connect, application=application, queue=queue)
    return 0
