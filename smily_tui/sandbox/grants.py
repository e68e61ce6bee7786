"""Grants, by the rules of oauthlib; this module adds the state of the server and Doorkeeper's error texts."""

from __future__ import annotations

import hmac
import json
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from oauthlib.oauth2 import RequestValidator
from oauthlib.oauth2.rfc6749 import errors
from oauthlib.oauth2.rfc6749.endpoints import AuthorizationEndpoint, TokenEndpoint
from oauthlib.oauth2.rfc6749.grant_types import (
    AuthorizationCodeGrant,
    ClientCredentialsGrant,
    RefreshTokenGrant,
)
from oauthlib.oauth2.rfc6749.tokens import BearerToken

from smily_tui.oauth.requests import OUT_OF_BAND
from smily_tui.sandbox.challenge import challenge
from smily_tui.sandbox.state import PUBLIC, Client, Pair, State

if TYPE_CHECKING:
    from collections.abc import Mapping

    from oauthlib.common import Request

# Source: the English texts of Doorkeeper 5.5
WORDS: Final = {
    "invalid_client": (
        "Client authentication failed due to unknown client, no client authentication included, or "
        "unsupported authentication method."
    ),
    "invalid_grant": (
        "The provided authorization grant is invalid, expired, revoked, does not match the redirection URI "
        "used in the authorization request, or was issued to another client."
    ),
    "invalid_scope": "The requested scope is invalid, unknown, or malformed.",
    "unsupported_grant_type": "The authorization grant type is not supported by the authorization server.",
    "unsupported_response_type": "The authorization server does not support this response type.",
    "unauthorized_client": "The client is not authorized to perform this request using this method.",
    "access_denied": "The resource owner or authorization server denied the request.",
    "invalid_redirect_uri": "The requested redirect uri is malformed or doesn't match client redirect URI.",
}
REQUIRED: Final = {
    "authorization_code": ("code", "redirect_uri"),
    "refresh_token": ("refresh_token",),
    "client_credentials": (),
}


class Rules(RequestValidator):  # type: ignore[misc]
    """Answers to oauthlib's questions; names and arguments are oauthlib's."""

    def __init__(self, state: State) -> None:
        self._state = state

    # -- the application -------------------------------------------------------------------------------

    def validate_client_id(self, client_id: str, request: Request, *_: Any, **__: Any) -> bool:
        """Find the registered application."""
        request.client = self._state.clients.get(client_id)
        return request.client is not None

    def authenticate_client(self, request: Request, *_: Any, **__: Any) -> bool:
        """Compare ID and secret with the registered ones."""
        client = self._state.clients.get(request.client_id or "")
        if client is None:
            return False
        request.client = client
        return hmac.compare_digest((request.client_secret or "").encode(), client.client_secret.encode())

    def client_authentication_required(self, *_: Any, **__: Any) -> bool:
        """Require it always."""
        return True

    def validate_grant_type(self, *_: Any, **__: Any) -> bool:
        """Allow every application all three grants."""
        return True

    def validate_response_type(
        self, _client_id: str, response_type: str, _client: Any, _request: Request, *_: Any, **__: Any
    ) -> bool:
        """Allow codes only."""
        return response_type == "code"

    def validate_redirect_uri(
        self, _client_id: str, redirect_uri: str, _request: Request, *_: Any, **__: Any
    ) -> bool:
        """Allow the out-of-band URI only."""
        return redirect_uri == OUT_OF_BAND

    def get_default_redirect_uri(self, *_: Any, **__: Any) -> str:
        """Return the registered URI."""
        return OUT_OF_BAND

    def is_pkce_required(self, *_: Any, **__: Any) -> bool:
        """Require no PKCE."""
        # its parameters are ignored, as by a Doorkeeper without that column
        return False

    def get_code_challenge(self, *_: Any, **__: Any) -> None:
        """Return None: none is stored."""

    # -- scopes ----------------------------------------------------------------------------------------

    def get_default_scopes(self, *_: Any, **__: Any) -> list[str]:
        """Return the scopes of a request without any."""
        return [PUBLIC]

    def validate_scopes(
        self, _client_id: str, scopes: list[str], client: Client, request: Request, *_: Any, **__: Any
    ) -> bool:
        """Check that the application may have the scopes; without an owner, only `public`."""
        if request.grant_type == "client_credentials":
            return set(scopes) <= {PUBLIC}
        return set(scopes) <= set(client.scopes)

    def get_original_scopes(self, refresh_token: str, _request: Request, *_: Any, **__: Any) -> list[str]:
        """Return the granted scopes, which a refresh cannot widen."""
        pair = self._state.by_refresh(refresh_token)
        return list(pair.scopes) if pair else []

    # -- codes and refresh tokens ----------------------------------------------------------------------

    def validate_code(
        self, client_id: str, code: str, _client: Any, request: Request, *_: Any, **__: Any
    ) -> bool:
        """Check that the code is valid for this application and redirect URI."""
        issued = self._state.live_code(code)
        if issued is None or issued.client_id != client_id or request.redirect_uri != OUT_OF_BAND:
            return False
        request.user, request.scopes = issued.account, list(issued.scopes)
        return True

    def confirm_redirect_uri(self, *_: Any, **__: Any) -> bool:
        """Accept: `validate_code` has checked it."""
        return True

    def invalidate_authorization_code(
        self, _client_id: str, code: str, _request: Request, *_: Any, **__: Any
    ) -> None:
        """Mark the code as used."""
        self._state.codes[code].used = True

    def validate_refresh_token(
        self, refresh_token: str, client: Client, request: Request, *_: Any, **__: Any
    ) -> bool:
        """Check that the token is valid for this application."""
        pair = self._state.by_refresh(refresh_token)
        if pair is None or pair.client_id != client.client_id:
            return False
        request.user = pair.account
        return True

    def save_bearer_token(self, token: dict[str, Any], request: Request, *_: Any, **__: Any) -> None:
        """Store a new pair, and complete the answer as Doorkeeper does."""
        state = self._state
        token |= {"token_type": "Bearer", "created_at": int(state.now())}
        pair = Pair(
            access=token["access_token"],
            refresh=token.get("refresh_token"),
            client_id=request.client.client_id,
            account=getattr(request, "user", None),
            scopes=tuple(request.scopes),
            created=state.now(),
            lifetime=state.lifetime,
        )
        old = state.by_refresh(request.refresh_token or "") if request.grant_type == "refresh_token" else None
        if old is not None:
            state.rotate(old, pair)
        else:
            state.issue(pair)


class _BothEndpoints(AuthorizationEndpoint, TokenEndpoint):  # type: ignore[misc]
    """Both endpoints of oauthlib, with the grants of this server."""

    def __init__(self, state: State) -> None:
        rules = Rules(state)
        code = AuthorizationCodeGrant(rules)
        refresh = RefreshTokenGrant(rules)
        credentials = ClientCredentialsGrant(rules)
        # oauthlib authenticates the client first; Doorkeeper judges the token first
        refresh.custom_validators.pre_token.append(lambda request: _judge_token_first(state, request))
        bearer = BearerToken(
            rules,
            token_generator=lambda *_args, **_kwargs: state.token(),
            expires_in=state.lifetime,
        )
        grants = {
            "authorization_code": code,
            "refresh_token": refresh,
            "client_credentials": credentials,
        }
        AuthorizationEndpoint.__init__(
            self, default_response_type="code", default_token_type=bearer, response_types={"code": code}
        )
        TokenEndpoint.__init__(
            self, default_grant_type="authorization_code", default_token_type=bearer, grant_types=grants
        )


def _judge_token_first(state: State, request: Request) -> None:
    """Refuse a dead refresh token or a missing client before a wrong secret, as Doorkeeper 5.5 does."""
    if state.by_refresh(request.refresh_token or "") is None or not request.client_id:
        raise errors.InvalidGrantError(request=request)


class Grants:
    """Authorization and token endpoints over one state."""

    def __init__(self, state: State) -> None:
        self._endpoints = _BothEndpoints(state)

    def check_authorization_request(self, address: str, parameters: Mapping[str, str]) -> tuple[str, ...]:
        """Return the requested scopes of an authorization request.

        Raises:
            Refused: its text is the sentence for the error page.
        """
        for name in ("client_id", "redirect_uri", "response_type"):
            if not parameters.get(name):
                raise Refused(f"Missing required parameter: {name}.")
        try:
            scopes, _ = self._endpoints.validate_authorization_request(f"{address}?{urlencode(parameters)}")
        except errors.InvalidClientIdError:
            raise Refused(WORDS["invalid_client"]) from None
        except (errors.MismatchingRedirectURIError, errors.InvalidRedirectURIError):
            raise Refused(WORDS["invalid_redirect_uri"]) from None
        except errors.OAuth2Error as error:
            raise Refused(WORDS.get(error.error, "The request is malformed.")) from None
        return tuple(scopes)

    def answer_token_request(
        self, address: str, fields: Mapping[str, str]
    ) -> tuple[int, dict[str, str], dict[str, Any]]:
        """Return status, headers and body of the answer to a token request."""
        if missing := _missing(fields):
            return _error(400, "invalid_request", f"Missing required parameter: {missing}.")
        _, body, status = self._endpoints.create_token_response(
            address, "POST", urlencode(fields), {"Content-Type": "application/x-www-form-urlencoded"}
        )
        answer = json.loads(body)
        if "error" not in answer:
            return status, {}, answer
        # oauthlib has error texts of its own: send Doorkeeper's
        code = answer["error"]
        return _error(401 if code == "invalid_client" else 400, code, WORDS.get(code, "Malformed."))


class Refused(Exception):
    """Refused authorization request; the text is the sentence for the error page."""


def _missing(fields: Mapping[str, str]) -> str | None:
    grant = fields.get("grant_type")
    if not grant:
        return "grant_type"
    return next((name for name in REQUIRED.get(grant, ()) if not fields.get(name)), None)


def _error(status: int, code: str, description: str) -> tuple[int, dict[str, str], dict[str, Any]]:
    # Doorkeeper challenges on every error, also with status 400
    return status, challenge(code, description), {"error": code, "error_description": description}
