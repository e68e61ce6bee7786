"""Rules of the sandbox that oauthlib asks for, with the reason of each refusal."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Any, Final

from oauthlib.oauth2 import RequestValidator
from oauthlib.oauth2.rfc6749 import errors
from oauthlib.oauth2.rfc6749.grant_types.authorization_code import (
    code_challenge_method_plain,
    code_challenge_method_s256,
)

from smily_tui.oauth.requests import OUT_OF_BAND
from smily_tui.sandbox.state import PUBLIC, Client, Code, Pair, State, clock_time

if TYPE_CHECKING:
    from oauthlib.common import Request


PKCE: Final = {"plain": code_challenge_method_plain, "S256": code_challenge_method_s256}


class Rules(RequestValidator):  # type: ignore[misc]
    """Answers to oauthlib's questions; names and arguments are oauthlib's.

    Attributes:
        reason: cause of the refusal of the present request. Requests are judged one at a time.
    """

    def __init__(self, state: State) -> None:
        self._state = state
        self.reason = ""

    # -- the application -------------------------------------------------------------------------------

    def validate_client_id(self, client_id: str, request: Request, *_: Any, **__: Any) -> bool:
        """Find the registered application."""
        request.client = self._state.clients.get(client_id)
        return request.client is not None or self._refuse("Client ID unknown")

    def authenticate_client(self, request: Request, *_: Any, **__: Any) -> bool:
        """Compare ID and secret with the registered ones."""
        request.client = self._state.clients.get(request.client_id or "")
        if request.client is None:
            return self._refuse("Client ID unknown" if request.client_id else "Client ID missing")
        if not request.client_secret:
            return self._refuse("Client Secret missing")
        secret, registered = request.client_secret.encode(), request.client.client_secret.encode()
        return hmac.compare_digest(secret, registered) or self._refuse("Client Secret wrong")

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
        self, client_id: str, redirect_uri: str, _request: Request, *_: Any, **__: Any
    ) -> bool:
        """Compare with the registered URIs, exactly, as Doorkeeper does."""
        return redirect_uri in self._state.clients[client_id].redirect_uris

    def get_default_redirect_uri(self, *_: Any, **__: Any) -> str:
        """Return the URI that is always registered."""
        return OUT_OF_BAND

    def is_pkce_required(self, *_: Any, **__: Any) -> bool:
        """Require no PKCE."""
        return False

    def get_code_challenge(self, *_: Any, **__: Any) -> None:
        """Return None: `validate_code` checks the verifier."""

    # -- scopes ----------------------------------------------------------------------------------------

    def get_default_scopes(self, *_: Any, **__: Any) -> list[str]:
        """Return the scopes of a request without any."""
        return [PUBLIC]

    def validate_scopes(
        self, _client_id: str, scopes: list[str], client: Client, request: Request, *_: Any, **__: Any
    ) -> bool:
        """Check that the application may have the scopes; without an owner, only `public`."""
        allowed = {PUBLIC} if request.grant_type == "client_credentials" else set(client.scopes)
        beyond = [name for name in scopes if name not in allowed]
        return not beyond or self._refuse(f"scope {' '.join(beyond)} not available")

    def get_original_scopes(self, refresh_token: str, request: Request, *_: Any, **__: Any) -> list[str]:
        """Return the granted scopes, which a refresh cannot widen."""
        pair = self._state.by_refresh(refresh_token)
        scopes = pair.scopes if pair else ()
        beyond = [name for name in (request.scope or "").split() if name not in scopes]
        if beyond:
            self._refuse(f"scope {' '.join(beyond)} not granted before")
        return list(scopes)

    # -- codes and refresh tokens ----------------------------------------------------------------------

    def validate_code(
        self, client_id: str, code: str, _client: Any, request: Request, *_: Any, **__: Any
    ) -> bool:
        """Check that the code is valid for this application, redirect URI and verifier."""
        issued = self._state.codes.get(code)
        if issued is None:
            return self._refuse("code unknown")
        problem = self._problem_of_code(issued, client_id, request)
        request.user, request.scopes = issued.account, list(issued.scopes)
        return not problem or self._refuse(problem)

    def _problem_of_code(self, code: Code, client_id: str, request: Request) -> str:
        now = self._state.now()
        if code.client_id != client_id:
            return "code belongs to another app"
        if code.used_at is not None:
            return f"code used already at {clock_time(code.used_at)}"
        if now >= code.expires:
            return f"code expired {_ago(now - code.expires)}"
        if request.redirect_uri != code.redirect_uri:
            return "redirect_uri differs from the authorization request's"
        return self._problem_of_verifier(code, getattr(request, "code_verifier", None) or "")

    def _problem_of_verifier(self, code: Code, verifier: str) -> str:
        if not self._state.pkce or (code.challenge is None and not verifier):
            return ""
        if code.challenge is None:
            return "code_verifier sent, but no code_challenge before"
        method, expected = code.challenge
        return "" if PKCE[method](verifier, expected) else "code_verifier does not match code_challenge"

    def confirm_redirect_uri(self, *_: Any, **__: Any) -> bool:
        """Accept: `validate_code` has checked it."""
        return True

    def invalidate_authorization_code(
        self, _client_id: str, code: str, _request: Request, *_: Any, **__: Any
    ) -> None:
        """Mark the code as used."""
        self._state.codes[code].used_at = self._state.now()

    def judge_token_first(self, request: Request) -> None:
        """Refuse a dead refresh token or a missing client before a wrong secret, as Doorkeeper 5.5 does."""
        pair = self._state.by_refresh(request.refresh_token or "")
        if pair is None:
            self._refuse("refresh token unknown")
        elif pair.revoked:
            self._refuse(f"refresh token {pair.ending}")
        elif not request.client_id:
            self._refuse("Client ID missing")
        else:
            return
        raise errors.InvalidGrantError(request=request)

    def validate_refresh_token(
        self, refresh_token: str, client: Client, request: Request, *_: Any, **__: Any
    ) -> bool:
        """Check that the token is valid for this application."""
        pair = self._state.by_refresh(refresh_token)
        if pair is None or pair.client_id != client.client_id:
            return self._refuse("refresh token belongs to another app")
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

    def _refuse(self, reason: str) -> bool:
        self.reason = reason
        return False


def _ago(seconds: float) -> str:
    return f"{int(seconds // 60)} min ago" if seconds >= 60 else f"{int(seconds)} s ago"
