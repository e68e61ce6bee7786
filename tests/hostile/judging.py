"""What every error must be, whatever the server said: one of a closed set of names, and fit to be shown."""

from __future__ import annotations

import unicodedata
from collections import Counter
from typing import TYPE_CHECKING, Final

from smily_tui.oauth.errors import OAuthFailure
from smily_tui.tokens.errors import AuthorizationRevoked, InDoubt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from smily_tui.errors import SmilyError

MOST_NAMES: Final = 15
_PIECE: Final = 8  # so few letters of a token in a row may not be in a text
_JOINERS: Final = "\u200c\u200d"  # `clean` leaves them in scripts that need them


class Tally:
    """Counts what answers came to, and keeps what was wrong with it.

    Attributes:
        answers: how many answers were judged.
        successes: how many of them were taken.
        names: how often each error came.
        faults: what must not be, one line each.
    """

    def __init__(self) -> None:
        self.answers = 0
        self.successes = 0
        self.names: Counter[str] = Counter()
        self.faults: list[str] = []

    def judge(self, label: str, ask: Callable[[], object], secrets: Iterable[str]) -> bool:
        """Ask; whether the answer was taken."""
        self.answers += 1
        try:
            ask()
        except (OAuthFailure, InDoubt, AuthorizationRevoked) as error:
            self.names[error.name] += 1
            self.faults += [f"{label}: {fault}" for fault in _faults(error, secrets)]
            return False
        except Exception as error:  # noqa: BLE001 - whatever else comes out is what these tests look for
            self.faults.append(f"{label}: {type(error).__name__} came out: {error}"[:300])
            return False
        self.successes += 1
        return True

    def require(self, label: str, holds: bool) -> None:
        """Keep `label` where something does not hold."""
        if not holds:
            self.faults.append(label)

    def line(self, *others: Tally) -> str:
        """The figures of this tally and others in one line."""
        answers = sum(each.answers for each in (self, *others))
        taken = sum(each.successes for each in (self, *others))
        names = {name for each in (self, *others) for name in each.names}
        faults = sum(len(each.faults) for each in (self, *others))
        return f"{answers:,} answers, {taken:,} of them usable, {faults} faults, {len(names)} named errors"


def _faults(error: SmilyError, secrets: Iterable[str]) -> list[str]:
    text = error.in_lines()
    found = [f"no sentence for “{part}”" for part in ("what", "kept", "next") if not getattr(error, part)]
    found += [f"{name} in the text" for name in _controls(text)]
    if any(secret[at : at + _PIECE] in text for secret in secrets for at in range(len(secret) - _PIECE + 1)):
        found.append(f"a piece of a secret in the text of {error.name}")
    if len(text) > 900:
        found.append(f"{len(text)} characters of text")
    return found


def _controls(text: str) -> list[str]:
    kinds = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
    steering = {char for char in text if unicodedata.category(char) in kinds} - {"\n", *_JOINERS}
    return sorted(f"U+{ord(char):04X}" for char in steering)
