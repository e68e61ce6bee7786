"""Words about accounts: times, states, actions, questions, and results of a refresh."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, Final, NamedTuple

from smily_tui.clock import Instant, in_words
from smily_tui.system import command
from smily_tui.text import counted
from smily_tui.vault.model import Account, State

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from smily_tui.batch import BatchRefresh
    from smily_tui.errors import SmilyError
    from smily_tui.export import Export
    from smily_tui.vault.history import TokenUse


def time_of_day(at: float) -> str:
    """Write UTC seconds as local time of day, to the minute."""
    return time.strftime("%H:%M", time.localtime(at))


def day_and_time(at: float | None, now: float) -> str:
    """Write UTC seconds as local day and time; `today` for today."""
    if at is None:
        return "never"
    moment, today = time.localtime(at), time.localtime(now)
    same_day = (moment.tm_year, moment.tm_yday) == (today.tm_year, today.tm_yday)
    return time.strftime("today %H:%M" if same_day else "%Y-%m-%d %H:%M", moment)


_TWO_DIGITS: Final = [f"{number:02}" for number in range(60)]  # made once: a list writes thousands


def countdown(seconds: float) -> str:
    """Write time left, such as 1:59:50; a dash when none is."""
    if seconds <= 0:
        return "—"
    minutes, second = divmod(int(seconds), 60)
    return f"{minutes // 60}:{_TWO_DIGITS[minutes % 60]}:{_TWO_DIGITS[second]}"


def duration(seconds: float) -> str:
    """Write time left, such as 1:59:50; `expired` when none is."""
    return countdown(seconds) if seconds > 0 else "expired"


def time_left(account: Account, now: Instant) -> str:
    """Write the time left, or since the expiry with a minus; a dash where a clock says nothing."""
    left = account.left(now)
    if account.unreadable or account.is_dead or left == 0:
        return "—"
    if left > 0:
        return countdown(left)
    hours = int(-left // 3600)
    if hours < 10:
        return f"−{countdown(-left)}" if left <= -1 else "−0:00:00"
    return f"−{hours} h" if hours < 48 else f"−{hours // 24} d"


def refreshed_at(account: Account, now: float) -> str:
    """Write when an account was refreshed: the time of today, else the day."""
    written = day_and_time(account.refreshed_at, now)
    return "" if account.refreshed_at is None else written.removeprefix("today ")[:10]


def main_scope(account: Account) -> str:
    """Name a granted scope, not "public" where there is another one, and count the others."""
    scopes = sorted(account.granted_scopes, key=lambda scope: scope == "public")
    return f"{scopes[0]} +{len(scopes) - 1}" if len(scopes) > 1 else "".join(scopes)


def again_in(seconds: float) -> str:
    """Say when a server that limits requests takes the next one."""
    if seconds <= 0:
        return "You can try again now."
    whole = math.ceil(seconds)
    return f"You can try again in {whole // 60}:{whole % 60:02}."


def listed(scopes: Sequence[str]) -> str:
    """Join scopes, or say that there are none."""
    return "  ".join(scopes) or "none"


_LEFT: Final = (
    "The file wasn't changed. Restore it from a backup. Or {forget} to move it to the trash, then {add} to "
    "connect the account again."
)
UNREADABLE: Final = _LEFT.format(forget="press {forget}", add="{add}")
UNREADABLE_TYPED: Final = _LEFT.format(forget="type forget", add="add")
NONE_DUE: Final = "Nothing to refresh: every account has more than 10 minutes left."
NONE_REFRESHABLE: Final = "Nothing to refresh: the accounts that are due can't be refreshed here."
HELD_ELSEWHERE: Final = "another computer: {machine}"


def sentence(account: Account, now: Instant) -> str:
    """Describe an account's state, without a full stop."""
    left, at = account.left(now), time_of_day(account.expires_at(now))
    if account.is_dead and account.state(now) in {State.EXPIRED, State.HANDED_OVER}:
        return "The API rejects its access token"
    return {
        State.VALID: f"Valid until {at}",
        State.NO_REFRESH: f"Valid until {at}, without a refresh token",
        State.EXPIRING: f"Expires at {at}",
        State.EXPIRED: f"Expired {in_words(left)} ago",
        State.IN_DOUBT: "Unconfirmed: the last refresh got no answer",
        State.NEEDS_AUTHORIZATION: "Needs authorization",
        State.HANDED_OVER: f"Handed over, {'valid until' if left > 0 else 'expired at'} {at}",
        State.UNREADABLE: "Unreadable",
    }[account.state(now)]


def next_step(account: Account, now: Instant, *, refresh: str, ask: str) -> str:
    """Advise what to do about a state; `refresh` and `ask` are such as "Press r". Empty where nothing is."""
    return {
        State.NO_REFRESH: f"{ask} to authorize it again before then.",
        State.EXPIRING: f"{refresh} to refresh it.",
        State.EXPIRED: f"{refresh} to refresh it.",
        State.IN_DOUBT: f"{refresh} to try again.",
        State.NEEDS_AUTHORIZATION: f"{ask} to ask the owner again.",
        State.HANDED_OVER: "Another program refreshes it.",
    }.get(account.state(now), "")


def count(accounts: Sequence[Account], now: Instant) -> tuple[str, ...]:
    """Count the accounts and, where there are some, those that need attention."""
    need = sum(account.state(now) in {State.NEEDS_AUTHORIZATION, State.UNREADABLE} for account in accounts)
    all_of_them = counted(len(accounts), "account")
    return (all_of_them, _attention(need)) if need else (all_of_them,)


def _attention(number: int) -> str:
    return f"{number} need{'s' if number == 1 else ''} attention"


def window_title(number: int) -> str:
    """Name the program, and how many accounts need attention."""
    return f"smily-tui · {_attention(number)}" if number else "smily-tui"


def none_due(accounts: Sequence[Account], now: Instant, soon: float) -> str:
    """Say why there is nothing to refresh."""
    return NONE_REFRESHABLE if any(account.left(now) <= soon for account in accounts) else NONE_DUE


class ActionText(NamedTuple):
    """Action on an account, or on all of them.

    Attributes:
        key: the key, as Textual writes it.
        label: a word or two.
        help: one sentence.
    """

    key: str
    label: str
    help: str


ACTION_TEXTS: Final = {
    "add": ActionText("a", "Add account", "Connect another account with the same app."),
    "refresh": ActionText("r", "Refresh", "Refresh this account's tokens now."),
    "reveal": ActionText("v", "Show token", "Show the access token for 30 seconds, or hide it."),
    "copy": ActionText("c", "Copy", "Copy the access token, never the refresh token."),
    "try_it": ActionText("t", "Try it", "Call the API with this account's token."),
    "find": ActionText("slash", "Find", "Find an account by part of its name."),
    "quit": ActionText("q", "Quit", "Quit. A running refresh still finishes and is saved."),
    "new": ActionText("n", "New app", "Connect an account with another app."),
    "refresh_due": ActionText("R", "Refresh all due", "Refresh every account that is about to expire."),
    "again": ActionText("u", "Authorize again", "Ask the owner to authorize this account again."),
    "rename": ActionText("e", "Rename", "Rename this account."),
    "export": ActionText("x", "Export", "Export the access token for a shell, curl, HTTPie or Postman."),
    "history": ActionText("h", "History", "See when the refresh token was used, and by what."),
    "forget": ActionText("d", "Forget", "Move this account to the trash."),
    "undo": ActionText("z", "Undo", "Undo the last change."),
    "restore": ActionText("U", "Restore", "Restore the last account from the trash."),
}


READING: Final = "{number} of {total} accounts, reading …"
NO_ACCOUNTS: Final = "No accounts yet"
CONNECT_FIRST: Final = "Press {add} to connect one. It takes about three minutes."
QUEUE_FIRST: Final = "Press {queue} to connect many, one after the other."
DEMO_FIRST: Final = "To look around without an account, run {command}."
NOT_FOUND: Final = "No match.\n\nPress {show_all} to show all accounts."
REFRESHED_BY_ANOTHER: Final = "! Another program refreshed {label}. These are its new tokens."
SORTED_BY: Final = "sorted by {order}  {sort}"
NOT_USED: Final = "Ignored in config.toml: {what}."
FILTER_HINT: Final = "Filter: {kind} ({only}: next filter, {show_all}: all)."


def title(total: int, listed: int) -> str:
    """Count the accounts, and those that are listed where a search or a filter hides some."""
    in_all = counted(total, "account")
    return in_all if listed == total else f"{listed} of {in_all}"


ELSEWHERE_QUESTION: Final = (
    "The tokens of {label} come from another computer ({machine}). If both computers refresh them, one of "
    "the two loses access. Will only this computer refresh them from now on?"
)
COPY_QUESTION: Final = (
    "Copy the access token? Clipboard managers will keep a copy, and it works until it expires. The refresh "
    "token is never copied."
)
NOT_REVOKED: Final = (
    "At Smily, the app stays authorized until the owner uninstalls it (Apps, choose the app, uninstall)."
)
FORGET_QUESTION: Final = (
    "Forget {names}?\n\nIts tokens stay in the trash for a month. Press {undo} to undo. " + NOT_REVOKED
)
FORGET_MANY_QUESTION: Final = (
    "Forget {names}?\n\nTheir tokens stay in the trash for a month. Press {undo} to undo. " + NOT_REVOKED
)
TRASH_EMPTY: Final = "The trash is empty."
RENAMED: Final = "Renamed {before} to {label}."
RENAMED_SINCE: Final = "{label} was renamed again. The name is unchanged."
GONE_SINCE: Final = "{label} is no longer stored. Nothing was changed."
UNDO_HINT: Final = "Press {undo} to undo."
ORDER_NOT_SAVED: Final = "! The sort order was not saved. {what}"
NOT_WHILE_PRESENTING: Final = "Tokens stay hidden in presenter mode."
NOTHING_TO_UNDO: Final = "Nothing to undo."
CLIPBOARD_CLEARED: Final = "The clipboard was cleared."
CLIPBOARD_CHANGED: Final = "The token has left the clipboard already."
SELECTED: Final = "{count} selected"
NO_MESSAGES: Final = "No messages yet."
MESSAGES_TITLE: Final = "Messages of this session, newest first"
HIDES_IN: Final = "hides in 0:{seconds:02}"
NAMES_SHOWN: Final = 5


def forgot(accounts: Sequence[Account]) -> str:
    """Say which accounts were moved to the trash."""
    return f"Forgot {names(accounts)}."


def restored(accounts: Sequence[Account]) -> str:
    """Say which accounts came back from the trash."""
    return f"Restored {names(accounts)}."


def names(of: Sequence[Account]) -> str:
    """Name one account, or count several and name the first ones."""
    labels = [str(account.label) for account in of[:NAMES_SHOWN]]
    if len(of) == 1:
        return labels[0]
    further = f" and {len(of) - NAMES_SHOWN} more" if len(of) > NAMES_SHOWN else ""
    return f"{len(of)} accounts ({', '.join(labels)}{further})"


def offer_restore(count: int) -> str:
    """Say what the trash has for an empty list."""
    return f"Press {{restore}} to restore the last of {counted(count, 'account')} in the trash."


HAND_OVER_QUESTION: Final = """\
The refresh token of {label} will be {shown}. This happens only once.
Anyone who has it can use the account until the owner uninstalls the app.
smily-tui then stops refreshing this account, because only one program can.
Hand it over?"""
TAKE_BACK_QUESTION: Final = """\
Only take it back if the other program never used the refresh token of {label}.
Otherwise the token no longer works, and the owner must authorize the app again.
Take it back?"""
HISTORY: Final = "Refresh token history of {label}"
NO_HISTORY: Final = "Not used yet on this computer."
FINGERPRINT_HINT: Final = "Each token is shown as a short fingerprint."


def change(use: TokenUse) -> str:
    """Write which refresh token became which, by their fingerprints."""
    return use.got if use.spent in ("", use.got) else f"{use.spent} > {use.got}"


def expired(accounts: Sequence[Account], key: str) -> str:
    """Say whose access token has just expired, and which key refreshes it whatever is chosen."""
    if len(accounts) == 1:
        return f"The access token of {accounts[0].label} expired. Press {key} to refresh it."
    return f"{len(accounts)} access tokens expired. Press {key} to refresh them."


NOTHING_REFRESHED: Final = "Nothing has been refreshed yet."
STILL_REFRESHING: Final = "A refresh is still running. Wait, or press {show_all} to stop it."
MANY: Final = 20
"""Accounts that are refreshed without a question."""
REFRESH_QUESTION: Final = "Refresh {count} accounts? {lasts}"
GO_ON_QUESTION: Final = (
    "{count} accounts failed in a row, for the same reason: {what}\n\nRefresh the other {others} anyway?"
)


def fail_alike(batch: BatchRefresh) -> str:
    """Ask whether to go on where an application's accounts fail for one reason."""
    reason = next((result.error.what for result in reversed(batch.failures) if result.error), "")
    return GO_ON_QUESTION.format(count=batch.failed_alike, what=reason, others=len(batch.held_back))


RESULTS_HINT: Final = "Press {results} for the reasons, or {refresh_due} to refresh what is still due."
_MINUTE: Final = 60.0
LAST_REFRESH: Final = "Last refresh"


def under_way(total: int, ended: int, failed: int, reason: str = "") -> str:
    """Say how far a refresh has got, and why the newest failure failed."""
    if not failed:
        return f"{ended} of {total} refreshed"
    return f"{ended} of {total} done, {failed} failed" + (f" ({reason})" if reason else "")


def lasts(seconds: float) -> str:
    """Say about how long that takes."""
    minutes = math.ceil(seconds / 60)
    return f"About {minutes} min." if seconds >= _MINUTE else "Less than a minute."


def summary(refreshed: int, failed: int, skipped: int) -> str:
    """Sum up a refresh in one sentence."""
    parts = [f"{counted(refreshed, 'account')} refreshed"]
    if failed:
        parts.append(f"{failed} failed")
    if skipped:
        parts.append(f"{skipped} skipped")
    return ", ".join(parts) + "."


STOPPED: Final = "Stopped: {summary} Refreshes already under way will finish."


def by_reason(failures: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Group names by the reason of their failure; from pairs of name and reason."""
    names: dict[str, list[str]] = {}
    for name, reason in failures:
        names.setdefault(reason, []).append(name)
    return names


def with_key(error: SmilyError, keys: Mapping[str, str]) -> SmilyError:
    """Name the key of the next step in the dashboard in the error; `keys` by action."""
    from smily_tui.batch import next_action  # here: every command imports this module

    action = next_action(error)
    return error.saying(next=f"{error.next} Press {keys[action]}.") if action else error


EXPORT_HINT: Final = "Exports the access token only, never the refresh token."
FORMATS: Final = {
    "env": "shell variables, for eval or source",
    "json": "one JSON object, for programs",
    "curl": "a curl command for your first API call",
    "httpie": "the same call with HTTPie",
    "postman": "a collection to import into Postman",
}


def advice(export: Export) -> str:
    """Say until when the token is good, and what a script does instead."""
    left = in_words(export.expires_at - export.now)
    return (
        f"It works until {time_of_day(export.expires_at)} ({left}). Treat it like a password. "
        f"In a script, get a fresh one: {command('smily-tui', 'token', export.address)}"
    )
