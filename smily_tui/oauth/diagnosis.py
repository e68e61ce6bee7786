"""Ranked causes for a refused code or refresh token.

The server's one sentence covers many causes; local evidence tells the likely one. Pure: evidence in, ranked
sentences out. Causes with evidence come first, unknown ones next, unlikely ones last or not at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Final

from smily_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterable


CODE_LIFETIME: Final = 600.0
USUAL_LENGTHS: Final = (43, 64)
SKEW: Final = 120.0


class Likelihood(IntEnum):
    """How the evidence stands to a cause."""

    PROVEN = 0
    LIKELY = 1
    POSSIBLE = 2
    UNLIKELY = 3


@dataclass(frozen=True)
class Cause:
    """One cause.

    Attributes:
        name: one word for it, the same whatever is known.
        likelihood: how the evidence stands to it.
        words: a sentence without its full stop, beginning small, that can follow “most likely”.
    """

    name: str
    likelihood: Likelihood
    words: str


def told(causes: Iterable[Cause]) -> str:
    """The likely cause first, the others after it; a proven one alone; empty where there is none."""
    ranked = ranked_causes(causes)
    if not ranked:
        return ""
    first, *others = ranked
    if first.likelihood is Likelihood.PROVEN:
        return _sentence(first.words)
    rest = ", or ".join(each.words for each in others if each.likelihood is not Likelihood.UNLIKELY)
    most = "most likely" if first.likelihood is Likelihood.LIKELY else "perhaps"
    return _sentence(f"{most} {first.words}") + (f" Or else {rest}." if rest else "")


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}."


def ranked_causes(causes: Iterable[Cause]) -> tuple[Cause, ...]:
    """The causes, the likeliest first; those that are as likely stay as they are."""
    return tuple(sorted(causes, key=lambda cause: cause.likelihood))


# -- a code --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CodeEvidence:
    """What is known here about a code that was refused.

    Attributes:
        link_age: seconds since the link was made that the code should come from; None: not known.
        spent_at: when the code was exchanged here before, in words; empty where it was not.
        answer_lost: whether a first try was sent and its answer never arrived.
        other_client: whether a link with another Client ID was shown before this one.
        odd: what is unusual about the code's form; empty where nothing is.
    """

    link_age: float | None = None
    spent_at: str = ""
    answer_lost: bool = False
    other_client: bool = False
    odd: str = ""


def why_code_refused(evidence: CodeEvidence) -> tuple[Cause, ...]:
    """The causes of `invalid_grant` at a code's exchange (RFC 6749 section 5.2), the likeliest first."""
    return ranked_causes(
        (_used(evidence), _expired(evidence), _damaged(evidence), _of_another_client(evidence), _redirect())
    )


def oddity(code: str) -> str:
    """What is unusual about a code's form, in words; empty where nothing is."""
    strange = [
        char for char in dict.fromkeys(code) if not (char.isascii() and (char.isalnum() or char in "-_"))
    ]
    if strange:
        return f"it has “{clean(''.join(strange[:3]))}” in it"
    if len(code) not in USUAL_LENGTHS:
        return f"it has {len(code)} characters, where {' or '.join(map(str, USUAL_LENGTHS))} are usual"
    return ""


def _used(evidence: CodeEvidence) -> Cause:
    if evidence.spent_at:
        at = f"it was exchanged here {clean(evidence.spent_at, 40)} (a code works once)"
        return Cause("used", Likelihood.PROVEN, at)
    if evidence.answer_lost:
        words = "the first try used it up and its answer got lost on the way (a code works once)"
        return Cause("used", Likelihood.LIKELY, words)
    return Cause("used", Likelihood.POSSIBLE, "it was used already")


def _expired(evidence: CodeEvidence) -> Cause:
    usual = f"a code works for about {CODE_LIFETIME / 60:.0f} min"
    if evidence.link_age is None:
        return Cause("expired", Likelihood.POSSIBLE, f"it has expired ({usual})")
    if evidence.link_age > CODE_LIFETIME:
        words = f"it has expired: the link was made {minutes(evidence.link_age)} ago, and {usual}"
        return Cause("expired", Likelihood.LIKELY, words)
    return Cause("expired", Likelihood.POSSIBLE, "it is from an older page and has expired")


def _damaged(evidence: CodeEvidence) -> Cause:
    if evidence.odd:
        return Cause("damaged", Likelihood.LIKELY, f"it was not copied whole: {clean(evidence.odd, 90)}")
    return Cause("damaged", Likelihood.UNLIKELY, "it was not copied whole")


def _of_another_client(evidence: CodeEvidence) -> Cause:
    if evidence.other_client:
        words = "it is from the link before this one, which had another Client ID"
        return Cause("client", Likelihood.LIKELY, words)
    return Cause("client", Likelihood.POSSIBLE, "it is from the link of another application")


def _redirect() -> Cause:
    words = "the application's redirect address at Smily is not urn:ietf:wg:oauth:2.0:oob"
    return Cause("redirect", Likelihood.UNLIKELY, words)


# -- a refresh token -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Use:
    """An earlier use of a refresh token, from the ledger.

    Attributes:
        at: when, in words.
        by: the computer and program, in words; empty where that is not known.
    """

    at: str
    by: str = ""


@dataclass(frozen=True)
class RefreshEvidence:
    """What is known here about a refresh token that was refused.

    Attributes:
        replaced: when and by whom it was exchanged for another one before; None where that is not known.
        interrupted_at: when a request with it was sent that got no answer, in words; empty: none was.
        taken_back_at: when it was taken back from another holder, in words; empty: it was not.
    """

    replaced: Use | None = None
    interrupted_at: str = ""
    taken_back_at: str = ""


def why_refresh_refused(evidence: RefreshEvidence) -> tuple[Cause, ...]:
    """The causes of `invalid_grant` at a refresh (RFC 6749 section 5.2), the likeliest first."""
    return ranked_causes((_interrupted(evidence), _removed(), _replaced(evidence), _held_elsewhere(evidence)))


def _interrupted(evidence: RefreshEvidence) -> Cause:
    if evidence.interrupted_at:
        at = clean(evidence.interrupted_at, 40)
        words = f"an interrupted refresh {at} used the refresh token up, and its answer never arrived"
        return Cause("interrupted", Likelihood.LIKELY, words)
    return Cause("interrupted", Likelihood.UNLIKELY, "a refresh was interrupted")


def _replaced(evidence: RefreshEvidence) -> Cause:
    if evidence.replaced is None:
        words = "another copy of the refresh token was used elsewhere"
        return Cause("replaced", Likelihood.POSSIBLE, words)
    use = evidence.replaced
    by = f" by {clean(use.by, 120)}" if use.by else ""
    words = f"the refresh token was replaced {clean(use.at, 40)}{by}, and the stored one is older"
    return Cause("replaced", Likelihood.PROVEN, words)


def _held_elsewhere(evidence: RefreshEvidence) -> Cause:
    if evidence.taken_back_at:
        at = clean(evidence.taken_back_at, 40)
        words = f"the holder it was handed over to had used the refresh token before it was taken back {at}"
        return Cause("holder", Likelihood.LIKELY, words)
    return Cause("holder", Likelihood.UNLIKELY, "another holder used the refresh token")


def _removed() -> Cause:
    return Cause("removed", Likelihood.POSSIBLE, "the account's owner removed the application at Smily")


# -- a clock -------------------------------------------------------------------------------------------


def clock_words(off: float | None) -> str:
    """What to say of a clock that is `off` seconds ahead of the server's; empty within two minutes."""
    if off is None or abs(off) <= SKEW:
        return ""
    way = "fast" if off > 0 else "slow"
    return f"This computer's clock is {minutes(abs(off))} {way}: times shown here are off by as much."


def minutes(seconds: float) -> str:
    """A stretch of time in whole minutes, for a sentence."""
    whole = int(seconds // 60)
    return f"{whole // 60} h {whole % 60} min" if whole >= 60 else f"{whole} min"
