"""Checks of store, settings, keyring, accounts, network, clock, terminal and clipboard, with fixes."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from smily_tui.errors import SmilyError, named
from smily_tui.system import command, has_all_letters, here, why_no_full_screen
from smily_tui.text import clean, counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from smily_tui.accounts import Accounts

SMALLEST: Final = (60, 16)  # columns, rows


@dataclass(frozen=True)
class Finding:
    """Result of a check.

    Attributes:
        good: nothing has to be done.
        sentence: one sentence.
        fix: what to do; empty where it is good.
        code: exit code for it.
    """

    good: bool
    sentence: str
    fix: str = ""
    code: int = 0


def findings(stored: Accounts) -> Iterator[Finding]:
    """Check everything; a check that fails is a finding as well."""
    for name, check in _CHECKS.items():
        try:
            yield from check(stored)
        except Exception as error:  # noqa: BLE001 - its text may hold anything; the other checks go on
            yield _failed(name, named(error))


def _store(stored: Accounts) -> Iterator[Finding]:
    where = clean(stored.home.state)
    try:
        stored.check_writable()
        kept = stored.at_rest.words
        yield Finding(True, f"Store: {where} is writable, {kept} and readable only by you.")
    except SmilyError as error:
        yield _failed("Store", error)
    kind = here.network_file_system(stored.home.state)
    if kind:
        yield Finding(
            False,
            f"Store: {where} is on a network file system ({kind}), where locks may not hold.",
            "Use the same store from one computer at a time, or put it on a local disk with --home.",
        )


def _settings(stored: Accounts) -> Iterator[Finding]:
    where = clean(stored.home.settings)
    count, ignored = len(stored.apps.all()), stored.settings.preferences().ignored
    yield Finding(True, f"Settings: {where} is readable. {counted(count, 'app')}.")
    for sentence in ignored:
        yield Finding(False, f"Settings: {sentence}.", f"Fix it in {where}.")


def _keyring(stored: Accounts) -> Iterator[Finding]:
    try:
        stored.at_rest.probe_keyring()
    except SmilyError as error:
        yield Finding(True, f"Keyring: {error.what} New stores are not encrypted.")
        return
    yield Finding(
        True, "Keyring: answers. New stores are encrypted. To encrypt an older one, run smily-tui protect."
    )


def _accounts(stored: Accounts) -> Iterator[Finding]:
    accounts = stored.accounts()
    forgotten = len(stored.forgotten())
    bad = [account for account in accounts if account.unreadable]
    trash = f" {forgotten} in the trash (smily-tui forget --list)." if forgotten else ""
    yield Finding(True, f"Accounts: {len(accounts)} stored, {len(accounts) - len(bad)} readable.{trash}")
    for account in bad:
        forget = command("smily-tui", "forget", account.address)
        fix = f"Restore it from a backup, or move it to the trash: {forget}"
        yield Finding(False, f"Account {account.address}: {account.trouble}", fix, 7)
    for account in accounts:
        if stored.is_elsewhere(account):
            sentence = (
                f"Account {account.address}: its tokens come from another computer ({account.machine.name})."
            )
            here = command("smily-tui", "refresh", account.address, "--here")
            yield Finding(False, sentence, f"Is this the only computer that uses them? {here}")


def _network(stored: Accounts) -> Iterator[Finding]:
    from smily_tui.oauth.diagnosis import CLOCK_TOLERANCE
    from smily_tui.oauth.headers import clock_off
    from smily_tui.oauth.http import Transport
    from smily_tui.oauth.route import Route
    from smily_tui.origin import host_of, is_loopback

    host = clean(host_of(stored.server))
    if not is_loopback(stored.server):
        route = Route.to(stored.server)
        yield Finding(True, f"Certificates: trusting those of {route.trust.source}.")
        yield Finding(True, f"Proxy: {route.proxy or 'none'}.")
    answer = Transport(stored.server, deadline=10.0).look("/api/v3/me")
    yield Finding(True, f"Network: {host} answers.")
    skew = clock_off(answer.headers, stored.clock.now().wall)
    if skew is None:
        return
    if abs(skew) > CLOCK_TOLERANCE:
        way = "ahead of" if skew > 0 else "behind"
        sentence = f"Clock: this computer's clock is {abs(skew):.0f} s {way} {host}."
        yield Finding(False, sentence, here.SET_CLOCK)
    else:
        yield Finding(True, f"Clock: within {CLOCK_TOLERANCE:.0f} s of {host}.")


def _terminal(_: Accounts) -> Iterator[Finding]:
    from smily_tui.desktop.terminal import terminal_of

    if not sys.stderr.isatty():
        yield Finding(True, "Terminal: none. Commands and connect --plain work without one.")
        return
    if because := why_no_full_screen():
        yield Finding(True, f"Terminal: {because}, so smily-tui runs in plain mode.")
        return
    size = os.get_terminal_size(sys.stderr.fileno())
    terminal = terminal_of()
    name = ", ".join(filter(None, (terminal.name, clean(os.environ.get("TERM", ""))))) or "unknown"
    fix = ""
    if size.columns < SMALLEST[0] or size.lines < SMALLEST[1]:
        fix = f"Enlarge it to {SMALLEST[0]}x{SMALLEST[1]}, or use smily-tui --plain."
    elif not has_all_letters():
        fix = here.USE_UTF_8
    yield Finding(not fix, f"Terminal: {name}, {size.columns}x{size.lines}, {sys.stderr.encoding}.", fix)
    if terminal.keys:
        yield Finding(True, f"Keys: {terminal.about_keys}")


def _clipboard(_: Accounts) -> Iterator[Finding]:
    from smily_tui.desktop.browser import is_remote
    from smily_tui.desktop.clipboard import is_readable
    from smily_tui.desktop.terminal import terminal_of

    terminal = terminal_of()
    through = f"Links go through the terminal. {terminal.get_clipboard}".rstrip()
    if terminal.takes_text is False:
        through = f"{terminal.name} takes no text from programs. Press ctrl+t to show a link as text."
    if is_remote(os.environ):
        yield Finding(True, f"Clipboard: remote machine. Tokens cannot be copied. {through}")
    elif is_readable():
        yield Finding(True, "Clipboard: writable and readable.")
    else:
        yield Finding(
            False,
            f"Clipboard: none that can be read back. {through}",
            f"{here.FIX_CLIPBOARD} Without a desktop, press ctrl+t to show a link as text.",
        )


def _failed(name: str, error: SmilyError) -> Finding:
    return Finding(False, f"{name}: {error.what}", error.next, error.exit_code)


_CHECKS: Final[dict[str, Callable[[Accounts], Iterator[Finding]]]] = {
    "Store": _store,
    "Settings": _settings,
    "Keyring": _keyring,
    "Accounts": _accounts,
    "Network": _network,
    "Terminal": _terminal,
    "Clipboard": _clipboard,
}
