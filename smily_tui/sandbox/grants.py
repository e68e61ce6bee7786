"""Authorization and token requests: oauthlib judges them by the rules, Doorkeeper's words answer."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from oauthlib.common import Request
from oauthlib.oauth2.rfc6749 import errors
from oauthlib.oauth2.rfc6749.endpoints import AuthorizationEndpoint, TokenEndpoint
from oauthlib.oauth2.rfc6749.grant_types import (
    AuthorizationCodeGrant,
    ClientCredentialsGrant,
    RefreshTokenGrant,
)
from oauthlib.oauth2.rfc6749.tokens import BearerToken

from smily_tui.sandbox.parameters import challenge
from smily_tui.sandbox.rules import PKCE, Rules
from smily_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from smily_tui.sandbox.state import Client, State

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
    "invalid_code_challenge_method": "The code challenge method must be plain or S256.",
}
REQUIRED: Final = {
    "authorization_code": ("code", "redirect_uri"),
    "refresh_token": ("refresh_token",),
    "client_credentials": (),
}
REQUIRED_BY_PAGE: Final = ("client_id", "redirect_uri", "response_type")
TOKEN_FIELDS: Final = (
    "grant_type", "client_id", "client_secret", "code", "redirect_uri", "code_verifier", "refresh_token",
    "scope",
)  # fmt: skip
# oauthlib asks for the address of a request and does not use it
_TOKEN_URL: Final = "http://127.0.0.1/oauth/token"  # noqa: S105
_AUTHORIZE_URL: Final = "http://127.0.0.1/oauth/authorize"


@dataclass(frozen=True)
class TokenAnswer:
    """Answer to a token request.

    Attributes:
        reason: cause of a refusal, for the log only: a real server never tells.
    """

    status: int
    content: dict[str, Any]
    headers: dict[str, str] = field(default_factory=dict)
    reason: str = ""


class _BothEndpoints(AuthorizationEndpoint, TokenEndpoint):  # type: ignore[misc]
    """Both endpoints of oauthlib, with the grants of this server."""

    def __init__(self, state: State, rules: Rules) -> None:
        code = AuthorizationCodeGrant(rules)
        refresh = RefreshTokenGrant(rules)
        credentials = ClientCredentialsGrant(rules)
        # oauthlib authenticates the client first; Doorkeeper judges the token first
        refresh.custom_validators.pre_token.append(rules.judge_token_first)
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


class Grants:
    """Authorization and token endpoints over one state."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._rules = Rules(state)
        self._endpoints = _BothEndpoints(state, self._rules)

    def check_authorization_request(self, parameters: Mapping[str, str]) -> tuple[str, ...]:
        """Return the requested scopes of an authorization request.

        Raises:
            Refused: its text is the sentence for the error page.
        """
        for name in REQUIRED_BY_PAGE:
            if not parameters.get(name):
                raise Refused(f"Missing required parameter: {name}.")
        # PKCE is checked here: oauthlib would do so where the server has it switched off
        used = {name: parameters.get(name, "") for name in (*REQUIRED_BY_PAGE, "scope")}
        query = urlencode(_with_one_blank(used))
        self._rules.reason = ""
        try:
            scopes, _ = self._endpoints.validate_authorization_request(f"{_AUTHORIZE_URL}?{query}")
        except errors.InvalidClientIdError:
            raise Refused(WORDS["invalid_client"], self._rules.reason) from None
        except (errors.MismatchingRedirectURIError, errors.InvalidRedirectURIError):
            raise Refused(WORDS["invalid_redirect_uri"], "redirect_uri not registered") from None
        except errors.OAuth2Error as error:
            sentence = WORDS.get(error.error, "The request is malformed.")
            raise Refused(sentence, self._rules.reason) from None
        if self._state.pkce and parameters.get("code_challenge"):
            challenge_of(parameters)
        return tuple(dict.fromkeys(scopes))

    def answer_token_request(self, fields: Mapping[str, str]) -> TokenAnswer:
        """Return the answer to a token request."""
        if missing := self._missing(fields):
            description = f"Missing required parameter: {missing}."
            return _error(400, "invalid_request", description, f"{missing} missing")
        if fields["grant_type"] not in REQUIRED:
            code = "unsupported_grant_type"
            return _error(400, code, WORDS[code], f"grant_type {clean(fields['grant_type'], 40)} unknown")
        self._rules.reason = ""
        # oauthlib takes fields of its own, such as `user`, from anywhere
        used = {name: fields[name] for name in TOKEN_FIELDS if name in fields}
        _, body, status = self._endpoints.create_token_response(
            _TOKEN_URL,
            "POST",
            urlencode(_with_one_blank(used)),
            {"Content-Type": "application/x-www-form-urlencoded"},
        )
        answer = json.loads(body)
        if "error" not in answer:
            return TokenAnswer(status, answer)
        # oauthlib has error texts of its own: send Doorkeeper's
        code = answer["error"]
        reason = self._rules.reason or code
        return _error(401 if code == "invalid_client" else 400, code, WORDS.get(code, "Malformed."), reason)

    def authenticate(self, fields: Mapping[str, str]) -> tuple[Client | None, str]:
        """Return the application whose credentials the fields are, and the reason if there is none."""
        credentials = {name: fields[name] for name in ("client_id", "client_secret") if name in fields}
        request = Request(_TOKEN_URL, "POST", urlencode(credentials))
        if self._rules.authenticate_client(request):
            return request.client, ""
        return None, self._rules.reason

    def _missing(self, fields: Mapping[str, str]) -> str | None:
        grant = fields.get("grant_type")
        if not grant:
            return "grant_type"
        code = self._state.codes.get(fields.get("code", "")) if grant == "authorization_code" else None
        required = REQUIRED.get(grant, ())
        if code and code.challenge:
            required = (*required, "code_verifier")
        return next((name for name in required if not fields.get(name)), None)


class Refused(Exception):
    """Refused authorization request.

    Attributes:
        sentence: it stands on the error page.
        reason: cause, for the log.
    """

    def __init__(self, sentence: str, reason: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.reason = reason or sentence


def challenge_of(parameters: Mapping[str, str]) -> tuple[str, str] | None:
    """Return PKCE's method and challenge of an authorization request; None without a challenge.

    Raises:
        Refused: the method is missing or unknown. RFC 7636 makes `plain` the default, Doorkeeper does not.
    """
    value, method = parameters.get("code_challenge"), parameters.get("code_challenge_method", "")
    if value and method not in PKCE:
        raise Refused(WORDS["invalid_code_challenge_method"], "code_challenge_method missing or unknown")
    return (method, value) if value else None


def _with_one_blank(fields: Mapping[str, str]) -> dict[str, str]:
    """Write one blank between scopes; an empty scope is the default one, as one that is left out."""
    scope = " ".join(filter(None, fields.get("scope", "").split(" ")))
    changed = {**fields, "scope": scope}
    return {name: value for name, value in changed.items() if name != "scope" or value}


def _error(status: int, code: str, description: str, reason: str) -> TokenAnswer:
    # Doorkeeper challenges on every error, also with status 400
    content = {"error": code, "error_description": description}
    return TokenAnswer(status, content, challenge(code, description), clean(reason, 200))
