"""Words about accounts: times, states, actions, questions, and results of a refresh."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from smily_tui.clock import in_words
from smily_tui.command import command
from smily_tui.vault.model import State

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from smily_tui.batch import BatchRefresh
    from smily_tui.clock import Instant
    from smily_tui.errors import SmilyError
    from smily_tui.export import Export
    from smily_tui.text import Clean
    from smily_tui.vault.history import TokenUse
    from smily_tui.vault.model import Account


def time_of_day(at: float) -> str:
    """Write UTC seconds as local time of day."""
    return time.strftime("%H:%M:%S", time.localtime(at))


def day_and_time(at: float | None, now: float) -> str:
    """Write UTC seconds as local day and time; `today` for today."""
    if at is None:
        return "never"
    moment, today = time.localtime(at), time.localtime(now)
    same_day = (moment.tm_year, moment.tm_yday) == (today.tm_year, today.tm_yday)
    return time.strftime("today %H:%M" if same_day else "%Y-%m-%d %H:%M", moment)


def countdown(seconds: float) -> str:
    """Write time left, such as 1:59:50; a dash when none is."""
    if seconds <= 0:
        return "—"
    whole = int(seconds)
    return f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}"


def again_in(seconds: float) -> str:
    """Say when a server that limits requests takes the next one."""
    if seconds <= 0:
        return "It can be tried again now."
    whole = math.ceil(seconds)
    return f"It can be tried again in {whole // 60}:{whole % 60:02}."


def listed(scopes: tuple[Clean, ...]) -> str:
    """Join scopes, or say that there are none."""
    return "  ".join(scopes) or "none"


_LEFT: Final = (
    "The file was left as it is. Put a backup in its place; or {forget}, which moves it to the trash, and "
    "then {add} to connect the account again."
)
UNREADABLE: Final = _LEFT.format(forget="press {forget}", add="{add}")
UNREADABLE_TYPED: Final = _LEFT.format(forget="type forget", add="add")
NONE_DUE: Final = "None is due: all have more than 10 minutes left."
NONE_REFRESHABLE: Final = "None is due that can be refreshed."
HELD_ELSEWHERE: Final = "another computer: {machine}"


def sentence(account: Account, now: Instant, *, renew: str, ask: str) -> str:
    """Describe an account's state; `renew` and `ask` are what to press or type to change it."""
    left, at = account.left(now), time_of_day(account.expires_at(now))
    if account.is_dead and account.state(now) in {State.EXPIRED, State.HANDED_OVER}:
        mended = f"{renew} renews it" if account.handed_over is None else "another holder refreshes it"
        return f"The API refuses its token; {mended}"
    return {
        State.VALID: f"Valid until {at}",
        State.NO_REFRESH: f"Valid until {at}; this server gives no refresh tokens, so then {ask}",
        State.EXPIRING: f"Expires at {at}; {renew} renews it",
        State.EXPIRED: f"Expired {in_words(left)} ago; {renew} renews it",
        State.IN_DOUBT: f"Unclear: no answer came to the last refresh; {renew} finds out, else {ask}",
        State.NEEDS_AUTHORIZATION: f"Needs you: {ask} asks the owner again",
        State.HANDED_OVER: f"Another holder refreshes it; {'valid until' if left > 0 else 'expired at'} {at}",
        State.UNREADABLE: "Cannot be read; nothing was overwritten",
    }[account.state(now)]


def count(accounts: Sequence[Account], now: Instant) -> tuple[str, ...]:
    """Count the accounts and, where there are some, those that need the person."""
    need = sum(account.state(now) in {State.NEEDS_AUTHORIZATION, State.UNREADABLE} for account in accounts)
    all_of_them = f"{len(accounts)} account{'' if len(accounts) == 1 else 's'}"
    return (all_of_them, f"{need} need{'s' if need == 1 else ''} you") if need else (all_of_them,)


def none_due(accounts: Sequence[Account], now: Instant, soon: float) -> str:
    """Say why there is nothing to refresh."""
    return NONE_REFRESHABLE if any(account.left(now) <= soon for account in accounts) else NONE_DUE


@dataclass(frozen=True)
class ActionText:
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
    "add": ActionText("a", "Add another", "Connect one more account with the same application."),
    "refresh": ActionText("r", "Refresh", "Get new tokens for this account now."),
    "reveal": ActionText("v", "Show", "Show the tokens for 30 seconds; again hides them."),
    "copy": ActionText("c", "Copy", "Copy the access token; never the refresh token."),
    "find": ActionText("slash", "Find", "Type a part of a name to find an account."),
    "quit": ActionText("q", "Quit", "Leave; a refresh that is running is finished and saved."),
    "new": ActionText("n", "New application", "Connect an account with another application."),
    "refresh_due": ActionText("R", "Refresh all due", "Refresh every account with little time left."),
    "again": ActionText("u", "Authorize again", "Ask the owner once more, for this account."),
    "rename": ActionText("e", "Rename", "Give this account another name."),
    "export": ActionText(
        "x",
        "Export",
        "Give the access token to a shell, a program, curl, HTTPie or Postman, as a file or copied.",
    ),
    "history": ActionText("h", "History", "Each use of this account's refresh token: who used it up?"),
    "forget": ActionText("d", "Forget", "Put what is stored here for this account into the trash."),
    "restore": ActionText("U", "Restore", "Bring back what was forgotten last."),
}


NO_ACCOUNTS: Final = "No accounts yet.\n\nPress {add} to connect one; it takes about three minutes."
NOT_FOUND: Final = "None of the accounts is like that.\n\n{show_all} shows all of them again."
RENEWED_BY_ANOTHER: Final = "! Another program renewed {label}; this is what it saved."
SORT_HINT: Final = "Sorted by {order}. {sort} sorts by the next thing."
NOT_USED: Final = "Not used, in config.toml: {what}."
FILTER_HINT: Final = "Showing: {kind}. {only} shows the next kind, {show_all} all."


def shown(number: int, only: str, search: str) -> str:
    """Count the rows that are shown, and name their kind."""
    kind = "" if only == "all" else f" ({only})"
    return f"{number} {'found' if search.strip() else 'shown'}{kind}"


ELSEWHERE_QUESTION: Final = (
    "The tokens of {label} were obtained on another computer ({machine}). Two "
    "computers that refresh the same tokens use up each other's. Is this the only one from now on?"
)
COPY_QUESTION: Final = (
    "Copy the access token? Programs that keep a history of the clipboard keep it, too. It is good "
    "until it expires; the refresh token is never copied."
)
NOT_REVOKED: Final = (
    "At Smily the authorization stays until the account's owner uninstalls the application (Apps, choose it, "
    "uninstall)."
)
RESTORE_QUESTION: Final = "Restore {address}, which was forgotten {at}?"
HAND_OVER_QUESTION: Final = """\
The refresh token of {label} is {shown}, once. Whoever has it can use the account for ever.
From then on smily-tui does not refresh this account: two holders would use up each other's token.
Hand it over?"""
TAKE_BACK_QUESTION: Final = """\
This is right only if the other holder never used the refresh token of {label}: else it is spent, and the
account needs a new authorization. Take it back?"""
HISTORY: Final = "Who used the refresh token of {label}?"
NO_HISTORY: Final = "Nobody yet, as far as this computer knows."
FINGERPRINT_HINT: Final = "Tokens are told apart by a short fingerprint."


def change(use: TokenUse) -> str:
    """Write which refresh token became which, by their fingerprints."""
    return use.got if use.spent in ("", use.got) else f"{use.spent} > {use.got}"


NOTHING_REFRESHED: Final = "Nothing was refreshed yet."
STILL_REFRESHING: Final = "A refresh is still under way; wait for its end, or stop it with {show_all}."
MANY: Final = 20
"""Accounts that are refreshed without a question."""
REFRESH_QUESTION: Final = "Refresh {count} accounts? {lasts}"
GO_ON_QUESTION: Final = (
    "{count} accounts failed one after the other: {what}\n\nRefresh the other {others} all the same?"
)


def fail_alike(batch: BatchRefresh) -> str:
    """Ask whether to go on where an application's accounts fail for one reason."""
    reason = next((result.error.what for result in reversed(batch.failures) if result.error), "")
    return GO_ON_QUESTION.format(count=batch.failed_alike, what=reason, others=len(batch.held_back))


RESULTS_HINT: Final = (
    "{results} shows each account with its reason; {refresh_due} refreshes what is still due."
)
_MINUTE: Final = 60.0
LAST_REFRESH: Final = "What came of the last refresh"


def accounts(number: int) -> str:
    """Count accounts in words."""
    return f"{number} account{'' if number == 1 else 's'}"


def under_way(total: int, ended: int, failed: int, reason: str = "") -> str:
    """Say how far a refresh has got, and why the newest failure failed."""
    if not failed:
        return f"{ended} of {total} refreshed"
    return f"{ended} of {total} done, {failed} failed" + (f" ({reason})" if reason else "")


def lasts(seconds: float) -> str:
    """Say about how long that takes."""
    minutes = math.ceil(seconds / 60)
    return f"About {minutes} min." if seconds >= _MINUTE else "Less than a minute."


def summary(renewed: int, failed: int, not_begun: int) -> str:
    """Sum up a refresh in one sentence."""
    parts = [f"{accounts(renewed)} renewed"]
    if failed:
        parts.append(f"{failed} failed")
    if not_begun:
        parts.append(f"{not_begun} not begun")
    return ", ".join(parts) + "."


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


EXPORT_HINT: Final = "The access token, in a form that another program takes; never the refresh token."
FORMATS: Final = {
    "env": "lines for a shell: eval, source",
    "json": "one object, for programs",
    "curl": "a curl command for the API's first call",
    "httpie": "the same with HTTPie",
    "postman": "a collection to import into Postman",
}


def advice(export: Export) -> str:
    """Say until when the token is good, and what a script does instead."""
    left = in_words(export.expires_at - export.now)
    return (
        f"The access token in it is good until {time_of_day(export.expires_at)} ({left}); treat it like a "
        f"password. A script that runs longer asks for a fresh one: "
        f"{command('smily-tui', 'token', export.address)}"
    )
