"""What came of renewing several accounts, in words."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from smily_tui.oauth.errors import ClientRefused, NotTrusted, NoUsableAnswer, ProxyUnusable, RateLimited
from smily_tui.refresh.errors import (
    HandedOver,
    HelperFailed,
    InDoubt,
    KeptElsewhere,
    KeptInJournal,
    NoCredentials,
)
from smily_tui.vault.errors import VaultError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from smily_tui.errors import SmilyError

NOT_YET: Final = "Nothing was refreshed yet."
STILL: Final = "A refresh is still under way; wait for its end, or stop it with {show_all}."
MANY: Final = 20
"""So many accounts are refreshed without a question."""
REFRESH_MANY: Final = "Refresh {count} accounts? {lasts}"
FAIL_ALIKE: Final = (
    "{count} accounts failed one after the other: {what}\n\nRefresh the other {others} all the same?"
)
LIST_KEY: Final = "{results} shows each account with its reason; {refresh_due} refreshes what is still due."
_ACTIONS: Final = (
    ((NotTrusted, ProxyUnusable), ""),
    ((ClientRefused, NoCredentials), "new"),
    ((HandedOver,), "again"),
    (
        (NoUsableAnswer, RateLimited, InDoubt, HelperFailed, KeptInJournal, KeptElsewhere, VaultError),
        "refresh",
    ),
)
_MINUTE: Final = 60.0
LAST: Final = "What came of the last refresh"


def accounts(number: int) -> str:
    """So many accounts."""
    return f"{number} account{'' if number == 1 else 's'}"


def under_way(total: int, ended: int, failed: int, reason: str = "") -> str:
    """How far it has got, and why the newest failure failed."""
    if not failed:
        return f"{ended} of {total} refreshed"
    return f"{ended} of {total} done, {failed} failed" + (f" ({reason})" if reason else "")


def lasts(seconds: float) -> str:
    """About how long that takes."""
    minutes = math.ceil(seconds / 60)
    return f"About {minutes} min." if seconds >= _MINUTE else "Less than a minute."


def summary(renewed: int, failed: int, not_begun: int) -> str:
    """How it ended, in one sentence."""
    parts = [f"{accounts(renewed)} renewed"]
    if failed:
        parts.append(f"{failed} failed")
    if not_begun:
        parts.append(f"{not_begun} not begun")
    return ", ".join(parts) + "."


def by_reason(failures: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Names by the reason why they were not renewed, given as pairs of name and reason."""
    found: dict[str, list[str]] = {}
    for name, reason in failures:
        found.setdefault(reason, []).append(name)
    return found


def with_key(error: SmilyError, keys: Mapping[str, str]) -> SmilyError:
    """The error, whose next step names the key that does it in the dashboard; `keys` by action."""
    action = next((action for kinds, action in _ACTIONS if isinstance(error, kinds)), "")
    return error.saying(next=f"{error.next} Press {keys[action]}.") if action else error
