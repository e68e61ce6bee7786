"""`smily-tui doctor`: is everything here as it should be? Each finding with what mends it."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from smily_tui.cli.common import authorizations, confirmed
from smily_tui.command import command
from smily_tui.errors import SmilyError, UsageError, named
from smily_tui.system import has_all_letters
from smily_tui.text import Untrusted, clean

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator

    from smily_tui.accounts import Accounts

SMALLEST: Final = (60, 16)
PROBE: Final = """\
This refreshes {label} and then presents the spent refresh token once more. It costs one refresh more than
usual. A server that takes the repetition for theft may end the authorization: use a test account.
Go on?"""
SAID: Final = {
    "rotates-on-use": "rotates on use: a spent refresh token works until the new access token is used, "
    "so that an answer that gets lost can be asked for again.",
    "rotates-at-once": "rotates at once: a spent refresh token never works again, so that an answer that "
    "gets lost costs the authorization.",
}


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        good: whether it is as it should be.
        words: one sentence.
        fix: what mends it; empty where nothing has to be.
        code: the exit code that it asks for.
    """

    good: bool
    words: str
    fix: str = ""
    code: int = 0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Define the command's arguments."""
    parser.add_argument(
        "--probe-rotation",
        type=Untrusted,
        metavar="ACCOUNT",
        help="find out whether the server rotates on use or at once; spends one refresh",
    )
    parser.add_argument("--yes", action="store_true", help="probe without asking")


def run(options: argparse.Namespace) -> int:
    """Print the findings; the exit code is that of the worst."""
    stored = authorizations(options)
    if options.probe_rotation:
        return _probe(stored, options.probe_rotation, agreed=options.yes)
    code = 0
    for each in findings(stored):
        sys.stdout.write(f"{'ok ' if each.good else '!! '} {each.words}\n")
        if each.fix:
            sys.stdout.write(f"    {each.fix}\n")
        code = max(code, each.code)
    return code


def _probe(stored: Accounts, spoken: Untrusted, *, agreed: bool) -> int:
    account = stored.find(spoken)
    if not agreed and not confirmed(PROBE.format(label=account.label)):
        raise UsageError("Nothing was sent.", next="Without a terminal: add --yes.")
    outcome = stored.probe_rotation(account.address).wait()
    sys.stdout.write(f"{clean(account.server)} {SAID[outcome.kind]}\n")
    return 0


def findings(stored: Accounts) -> Iterator[Finding]:
    """All that was looked at, one after the other; a check that fails is a finding, too."""
    for name, check in _CHECKS.items():
        try:
            yield from check(stored)
        except Exception as error:  # noqa: BLE001 - its text may hold anything; the other checks go on
            yield _failed(name, named(error))


def _store(stored: Accounts) -> Iterator[Finding]:
    from smily_tui.system import network_file_system

    where = clean(stored.home.state)
    try:
        stored.check_writable()
        kept = stored.at_rest.words
        yield Finding(True, f"Store: {where} can be written. Tokens there are for you alone, {kept}.")
    except SmilyError as error:
        yield _failed("Store", error)
    kind = network_file_system(stored.home.state)
    if kind:
        yield Finding(
            False,
            f"Store: {where} is on a network file system ({kind}), where locks may not hold.",
            "Use the same store from one computer at a time, or put it on a local disk with --home.",
        )


def _settings(stored: Accounts) -> Iterator[Finding]:
    where = clean(stored.home.settings)
    count, ignored = len(stored.apps.all()), stored.settings.preferences().ignored
    yield Finding(True, f"Settings: {where} can be read. {count} application{'' if count == 1 else 's'}.")
    for words in ignored:
        yield Finding(False, f"Settings: {words}.", f"Change it in {where}.")


def _keyring(stored: Accounts) -> Iterator[Finding]:
    try:
        stored.at_rest.probe_keyring()
    except SmilyError as error:
        yield Finding(True, f"Keyring: {error.what} A new store is not encrypted then.")
        return
    yield Finding(
        True, "Keyring: answers. A new store is encrypted; smily-tui protect encrypts an older one."
    )


def _accounts(stored: Accounts) -> Iterator[Finding]:
    accounts = stored.accounts()
    forgotten = len(stored.forgotten())
    bad = [each for each in accounts if each.unreadable]
    trash = f" {forgotten} in the trash (smily-tui forget --list)." if forgotten else ""
    yield Finding(True, f"Accounts: {len(accounts)} stored, {len(accounts) - len(bad)} can be read.{trash}")
    for each in bad:
        forget = command("smily-tui", "forget", each.address)
        fix = f"Restore it from a backup, or put it into the trash: {forget}"
        yield Finding(False, f"Account {each.address}: {each.trouble}", fix, 7)
    for each in accounts:
        if stored.is_elsewhere(each):
            words = (
                f"Account {each.address}: its tokens were obtained on another computer ({each.machine.name})."
            )
            here = command("smily-tui", "refresh", each.address, "--here")
            yield Finding(False, words, f"Used on this one only? {here}")


def _network(stored: Accounts) -> Iterator[Finding]:
    from smily_tui.oauth.diagnosis import CLOCK_TOLERANCE
    from smily_tui.oauth.headers import clock_off
    from smily_tui.oauth.http import Transport
    from smily_tui.oauth.route import Route
    from smily_tui.origin import host_of, is_loopback

    host = clean(host_of(stored.server))
    if not is_loopback(stored.server):
        route = Route.to(stored.server)
        yield Finding(True, f"Certificates: those of {route.trust.source} are trusted.")
        yield Finding(True, f"Proxy: {route.proxy or 'none'}.")
    answer = Transport(stored.server, deadline=10.0).look("/api/v3/me")
    yield Finding(True, f"Network: {host} answers.")
    skew = clock_off(answer.headers, stored.clock.now().wall)
    if skew is None:
        return
    if abs(skew) > CLOCK_TOLERANCE:
        way = "ahead of" if skew > 0 else "behind"
        words = f"Clock: this computer's clock is {abs(skew):.0f} s {way} {host}."
        yield Finding(False, words, "Set it, best by the network (timedatectl set-ntp true).")
    else:
        yield Finding(True, f"Clock: within {CLOCK_TOLERANCE:.0f} s of {host}.")


def _terminal(_: Accounts) -> Iterator[Finding]:
    if not sys.stderr.isatty():
        yield Finding(True, "Terminal: none here; commands and connect --plain work without one.")
        return
    from smily_tui.plain.console import chosen_by_itself

    if because := chosen_by_itself():
        yield Finding(True, f"Terminal: {because}, so the program runs line by line.")
        return
    size = os.get_terminal_size(sys.stderr.fileno())
    name = clean(os.environ.get("TERM", "unknown"))
    fix = ""
    if size.columns < SMALLEST[0] or size.lines < SMALLEST[1]:
        fix = f"The full-screen program wants {SMALLEST[0]}x{SMALLEST[1]}; or use smily-tui --plain."
    elif not has_all_letters():
        fix = "Set LANG to a UTF-8 locale, such as C.UTF-8, to see all names as they are written."
    yield Finding(not fix, f"Terminal: {name}, {size.columns}x{size.lines}, {sys.stderr.encoding}.", fix)


def _clipboard(_: Accounts) -> Iterator[Finding]:
    from smily_tui.desktop.browser import is_remote
    from smily_tui.desktop.clipboard import is_readable

    if is_remote(os.environ):
        yield Finding(
            True, "Clipboard: this is a remote machine; links go through the terminal, tokens do not."
        )
    elif is_readable():
        yield Finding(True, "Clipboard: can be written and read back.")
    else:
        yield Finding(
            False,
            "Clipboard: none that can be read back; a link goes through the terminal.",
            "Install wl-clipboard (Wayland) or xclip (X11); without a desktop, "
            "show a link as text with ctrl+t.",
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
