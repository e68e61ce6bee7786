"""What a token response makes of an account: its first generation, or the next."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from smily_tui.oauth.token_response import TokenResponse
from smily_tui.secret import Secret
from smily_tui.vault.model import UNNAMED, Authorization, Tokens

if TYPE_CHECKING:
    from smily_tui.clock import Instant
    from smily_tui.system import Machine
    from smily_tui.text import Clean
    from smily_tui.vault.model import Credentials


def first_authorization(
    credentials: Credentials,
    asked: tuple[Clean, ...],
    response: TokenResponse,
    sent: Instant,
    machine: Machine,
) -> Authorization:
    """What a code exchange gives: generation one, not named yet."""
    scopes = response.scopes if response.scopes is not None else asked
    refresh = response.refresh_token or Secret("")
    return Authorization(
        generation=1,
        server=credentials.server,
        client_id=credentials.client_id,
        label=UNNAMED,
        account_id=None,
        asked=asked,
        current=Tokens(response.access_token, refresh, scopes, sent, response.lifetime, response.extra),
        previous=None,
        confirmed=False,
        authorized_at=sent.wall,
        refreshed=None,
        settled=False,
        machine=machine,
    )


def salvaged_authorization(
    credentials: Credentials, asked: tuple[Clean, ...], refresh: Secret, sent: Instant, machine: Machine
) -> Authorization:
    """What an exchange gives whose answer was cut after the refresh token: a pair to renew at once."""
    nothing = TokenResponse(Secret(""), refresh, 0.0, None)
    return first_authorization(credentials, asked, nothing, sent, machine)


def next_authorization(
    stored: Authorization, response: TokenResponse, spent: Secret, sent: Instant
) -> Authorization:
    """What a refresh gives; an answer without a refresh token leaves the one before (RFC 6749 section 6)."""
    scopes = response.scopes if response.scopes is not None else stored.current.scopes
    refresh = response.refresh_token or spent
    return replace(
        stored,
        generation=stored.generation + 1,
        current=Tokens(response.access_token, refresh, scopes, sent, response.lifetime, response.extra),
        previous=spent,
        confirmed=False,
        refreshed=sent,
    )
