"""Reading what arrived from a token endpoint: its tokens, or the refresh token in it alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smily_tui.oauth.body import is_text
from smily_tui.oauth.errors import (
    NoAnswer,
    NotUnderstood,
    NoUsableAnswer,
    OAuthFailure,
    RateLimited,
    ServerRefused,
)
from smily_tui.oauth.token_response import may_hide_token, read_token_response, refresh_token_in

if TYPE_CHECKING:
    from smily_tui.clock import Instant
    from smily_tui.oauth.token_response import TokenResponse
    from smily_tui.secret import Secret
    from smily_tui.vault.journal import Answer


class Salvaged(Exception):
    """No usable answer came, but something with a whole refresh token in it.

    Attributes:
        token: the refresh token.
        sent: when the request was sent.
        failure: why the answer is no use otherwise.
    """

    def __init__(self, token: Secret, sent: Instant, failure: OAuthFailure) -> None:
        super().__init__()
        self.token = token
        self.sent = sent
        self.failure = failure

    @property
    def was_cut(self) -> bool:
        """Whether the rest got lost on the way, so that another request may bring a whole answer."""
        return isinstance(self.failure, NoAnswer)


def read_answer(answer: Answer, sent: Instant, cut: NoUsableAnswer | None = None) -> TokenResponse:
    """The tokens in an answer, or in a piece of one that `cut` says why it is no more.

    Raises:
        Salvaged: there is only a refresh token that can be used.
        OAuthFailure: there is none.
    """
    failure: OAuthFailure
    try:
        return read_token_response(answer.status, answer.body, answer.coding)
    except RateLimited as limited:
        failure = cut or limited.until(answer.again_at)
    except OAuthFailure as error:
        failure = cut or error
    token = salvage(answer)
    if token is not None:
        raise Salvaged(token, sent, failure)
    if isinstance(failure, ServerRefused) and is_unread(answer, whole=True):
        failure = NotUnderstood(f"{failure.what} The answer seems to hold a refresh token all the same.")
    if isinstance(failure, NoUsableAnswer):
        failure.after(answer.status, answer.body, answer.coding).until(answer.again_at)
    raise failure


def salvage(answer: Answer) -> Secret | None:
    """A refresh token that arrived whole, and is not the one that was sent."""
    token = refresh_token_in(answer.body, answer.coding)
    return None if token is None or token.fingerprint() == answer.spent else token


def is_unread(answer: Answer, *, whole: bool) -> bool:
    """Whether it may hold a refresh token that cannot be read: then a repetition could do harm.

    A piece that is text and names one holds its beginning alone.
    """
    if whole:
        return may_hide_token(answer.body, answer.coding, answer.spent)
    return bool(answer.body) and not is_text(answer.body, answer.coding)
