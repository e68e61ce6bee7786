"""Ranked causes for a refused code or refresh token.

The server has one sentence for many causes; local evidence singles out the likely one. Pure: evidence in,
ranked sentences out. Causes with evidence come first, unknown ones next, unlikely ones last or not at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Final

from smily_tui.clock import in_words
from smily_tui.oauth.pasted_value import CODE_LENGTHS
from smily_tui.text import clean, counted

if TYPE_CHECKING:
    from collections.abc import Iterable


# seconds: Doorkeeper's default; RFC 6749 section 4.1.2 advises no more
CODE_LIFETIME: Final = 600.0
# seconds; times on the screens are exact to the minute
CLOCK_TOLERANCE: Final = 60.0


class Likelihood(IntEnum):
    """Likelihood of a cause, given the evidence."""

    PROVEN = 0
    LIKELY = 1
    POSSIBLE = 2
    UNLIKELY = 3


@dataclass(frozen=True)
class Cause:
    """One cause.

    Attributes:
        name: one word for it, the same for any evidence.
        likelihood: given the evidence.
        clause: a sentence without its full stop, in lower case, that can follow “most likely”.
    """

    name: str
    likelihood: Likelihood
    clause: str


def explain(causes: Iterable[Cause]) -> str:
    """Write the causes as sentences, likeliest first; a proven one stands alone."""
    return " ".join(filter(None, split(causes)))


def split(causes: Iterable[Cause]) -> tuple[str, str]:
    """Write the likely cause as a sentence, and the other ones as another; each may be empty."""
    ranked = rank(causes)
    if not ranked:
        return "", ""
    first, *alternatives = ranked
    if first.likelihood is Likelihood.PROVEN:
        return _sentence(first.clause), ""
    clauses = [cause.clause for cause in alternatives if cause.likelihood < Likelihood.UNLIKELY]
    if first.likelihood is Likelihood.LIKELY:
        remark = f"Other possible causes: {_alternatives(clauses)}." if clauses else ""
        return _sentence(f"most likely {first.clause}"), remark
    return "", f"Possible causes: {_alternatives([first.clause, *clauses])}."


def _alternatives(clauses: list[str]) -> str:
    """Join alternatives: a, b, or c."""
    *before, last = clauses
    return f"{', '.join(before)}, or {last}" if before else last


def _sentence(clause: str) -> str:
    return f"{clause[0].upper()}{clause[1:]}."


def rank(causes: Iterable[Cause]) -> tuple[Cause, ...]:
    """Sort the causes, likeliest first; equally likely ones keep their order."""
    return tuple(sorted(causes, key=lambda cause: cause.likelihood))


# -- a code --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CodeEvidence:
    """Local evidence about a refused code.

    Attributes:
        link_age: seconds since its link was made; None: not known.
        spent_at: when the code was exchanged here before, in words; empty if it was not.
        answer_lost: whether a first try was sent and its answer never arrived.
        other_client: whether a link with another Client ID was shown before this one.
        format_problem: unusual format of the code; empty if it looks like any other.
    """

    link_age: float | None = None
    spent_at: str = ""
    answer_lost: bool = False
    other_client: bool = False
    format_problem: str = ""


def causes_of_refused_code(evidence: CodeEvidence) -> tuple[Cause, ...]:
    """Rank the causes of `invalid_grant` at a code's exchange (RFC 6749 section 5.2), likeliest first."""
    # unlikely: Doorkeeper checks the redirect URI before it shows a code
    clause = "the app's redirect URI at Smily is not urn:ietf:wg:oauth:2.0:oob"
    redirect_uri = Cause("redirect", Likelihood.UNLIKELY, clause)
    return rank(
        (_used(evidence), _expired(evidence), _damaged(evidence), _of_another_client(evidence), redirect_uri)
    )


def format_problem(code: str) -> str:
    """Describe an unusual format of a code, without repeating it; empty if there is none."""
    unusual = [
        char for char in dict.fromkeys(code) if not (char.isascii() and (char.isalnum() or char in "-_"))
    ]
    if unusual:
        return f"it contains “{clean(''.join(unusual[:3]))}”"
    if len(code) not in CODE_LENGTHS:
        return (
            f"it has {counted(len(code), 'character')}, and codes have {' or '.join(map(str, CODE_LENGTHS))}"
        )
    return ""


def _used(evidence: CodeEvidence) -> Cause:
    if evidence.spent_at:
        clause = f"it was used here {clean(evidence.spent_at, 40)} (a code works once)"
        return Cause("used", Likelihood.PROVEN, clause)
    if evidence.answer_lost:
        clause = "the first try used it up, and the answer got lost (a code works once)"
        return Cause("used", Likelihood.LIKELY, clause)
    return Cause("used", Likelihood.POSSIBLE, "it was used already")


def _expired(evidence: CodeEvidence) -> Cause:
    usual = f"a code works for about {in_words(CODE_LIFETIME)}"
    if evidence.link_age is None:
        return Cause("expired", Likelihood.POSSIBLE, f"it has expired ({usual})")
    if evidence.link_age > CODE_LIFETIME:
        clause = f"it has expired: the link is {in_words(evidence.link_age)} old, and {usual}"
        return Cause("expired", Likelihood.LIKELY, clause)
    return Cause("expired", Likelihood.POSSIBLE, "it came from an older page and has expired")


def _damaged(evidence: CodeEvidence) -> Cause:
    if evidence.format_problem:
        clause = f"it was not copied completely: {clean(evidence.format_problem, 90)}"
        return Cause("damaged", Likelihood.LIKELY, clause)
    return Cause("damaged", Likelihood.UNLIKELY, "it was not copied completely")


def _of_another_client(evidence: CodeEvidence) -> Cause:
    if evidence.other_client:
        clause = "it belongs to the previous link, which used a different Client ID"
        return Cause("client", Likelihood.LIKELY, clause)
    return Cause("client", Likelihood.POSSIBLE, "it belongs to another app")


# -- a refresh token -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Use:
    """Earlier use of a refresh token, from the account's history.

    Attributes:
        at: when, in words.
        by: computer and program, in words; empty if not known.
    """

    at: str
    by: str = ""


@dataclass(frozen=True)
class RefreshEvidence:
    """Local evidence about a refused refresh token.

    Attributes:
        replaced: the use that exchanged it for a newer one; None if not known.
        interrupted_at: when a request with it was sent and got no answer, in words; empty if none was.
        taken_back_at: when it was taken back from another holder, in words; empty if it was not.
    """

    replaced: Use | None = None
    interrupted_at: str = ""
    taken_back_at: str = ""


def causes_of_refused_refresh(evidence: RefreshEvidence) -> tuple[Cause, ...]:
    """Rank the causes of `invalid_grant` at a refresh (RFC 6749 section 5.2), likeliest first."""
    # the server's answer is the same as for any other cause
    removed = Cause("removed", Likelihood.POSSIBLE, "the owner removed the app at Smily")
    return rank((_interrupted(evidence), removed, _replaced(evidence), _held_elsewhere(evidence)))


def _interrupted(evidence: RefreshEvidence) -> Cause:
    if evidence.interrupted_at:
        at = clean(evidence.interrupted_at, 40)
        clause = f"a refresh interrupted {at} used it up, and the answer got lost"
        return Cause("interrupted", Likelihood.LIKELY, clause)
    return Cause("interrupted", Likelihood.UNLIKELY, "a refresh was interrupted")


def _replaced(evidence: RefreshEvidence) -> Cause:
    if evidence.replaced is None:
        clause = "another copy of the refresh token was used elsewhere"
        return Cause("replaced", Likelihood.POSSIBLE, clause)
    use = evidence.replaced
    by = f" by {clean(use.by, 120)}" if use.by else ""
    clause = f"the refresh token was replaced {clean(use.at, 40)}{by}, and the stored one is older"
    return Cause("replaced", Likelihood.PROVEN, clause)


def _held_elsewhere(evidence: RefreshEvidence) -> Cause:
    if evidence.taken_back_at:
        at = clean(evidence.taken_back_at, 40)
        clause = f"the other holder had used it before it was taken back {at}"
        return Cause("holder", Likelihood.LIKELY, clause)
    return Cause("holder", Likelihood.UNLIKELY, "another holder used the refresh token")


# -- a clock -------------------------------------------------------------------------------------------


def clock_warning(ahead: float | None) -> str:
    """Warn of a clock that is `ahead` seconds ahead of the server's; empty within the tolerance."""
    if ahead is None or abs(ahead) <= CLOCK_TOLERANCE:
        return ""
    way = "fast" if ahead > 0 else "slow"
    return f"This computer's clock is {in_words(ahead)} {way}. Times shown here are off by as much."
