"""Pages for the account's owner: consent, code, errors. They work without JavaScript."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from starlette.responses import JSONResponse, RedirectResponse, Response

from smily_tui.oauth.requests import OUT_OF_BAND
from smily_tui.oauth.scopes import find
from smily_tui.sandbox.accounts import ACCOUNTS
from smily_tui.sandbox.forms import Forms, page, read_form
from smily_tui.sandbox.grants import WORDS, Grants, Refused, challenge_of
from smily_tui.sandbox.log import explain
from smily_tui.sandbox.redirects import form_target, with_parameters
from smily_tui.sandbox.state import PUBLIC, State

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request


PARAMETERS: Final[tuple[str, ...]] = (
    "client_id", "redirect_uri", "response_type", "scope", "account_id", "state", "code_challenge",
    "code_challenge_method",
)  # fmt: skip
_SIGNED_IN: Final = "sandbox_account"


class Consent:
    """Authorization endpoint (RFC 6749 section 3.1)."""

    def __init__(self, state: State, grants: Grants, forms: Forms) -> None:
        self._state = state
        self._grants = grants
        self._forms = forms

    async def ask(self, request: Request) -> Response:
        """GET /oauth/authorize: show the consent page, or redirect to a code after an earlier consent.

        Doorkeeper skips the page if the same application, account and scopes were approved before.
        """
        parameters = {name: value for name, value in request.query_params.items() if name in PARAMETERS}
        try:
            scopes = self._grants.check_authorization_request(parameters)
        except Refused as refused:
            return self._error_page(request, parameters, refused)
        client = self._state.clients[parameters["client_id"]]
        account = _find_account(parameters.get("account_id") or request.cookies.get(_SIGNED_IN))
        signed_in = _SIGNED_IN in request.cookies
        if signed_in and account and self._state.is_granted(client, account, scopes):
            return self._to_code(request, account, scopes, parameters)
        return self._forms.page(
            request,
            "consent.html",
            # Chromium holds redirects after a form against the policy of the form's page
            origins=filter(None, map(form_target, client.redirect_uris)),
            application=client.name,
            accounts=ACCOUNTS,
            chosen=account or ACCOUNTS[0].number,
            scopes=[(name, scope.summary if (scope := find(name)) else "") for name in scopes],
            parameters=parameters,
        )

    async def answer(self, request: Request) -> Response:
        """POST /oauth/authorize: approve or decline."""
        form = await read_form(request)
        if refusal := self._forms.refusal(request, form):
            return refusal
        parameters = {name: form[name] for name in PARAMETERS if name in form}
        try:
            scopes = self._grants.check_authorization_request(parameters)
        except Refused as refused:
            return self._error_page(request, parameters, refused)
        if form.get("decision") != "authorize":
            return _denied(request, parameters, "the owner declined")
        account = _find_account(form.get("account"))
        if account is None:
            return page("error.html", sentence="Choose an account.", redirect_uris=())
        return self._to_code(request, account, scopes, parameters)

    async def show_code(self, request: Request) -> Response:
        """GET /oauth/authorize/native: show the code, to be copied by hand."""
        return page("code.html", code=request.query_params.get("code", ""))

    def _to_code(
        self, request: Request, account: int, scopes: tuple[str, ...], parameters: Mapping[str, str]
    ) -> Response:
        if self._state.faults.take("denied"):
            return _denied(request, parameters, "the owner declined, as ordered")
        if self._state.faults.take("missing-scope"):
            scopes = tuple(name for name in scopes if name != PUBLIC)
        client, uri = self._state.clients[parameters["client_id"]], parameters["redirect_uri"]
        challenge = challenge_of(parameters) if self._state.pkce else None
        code = self._state.grant(account, scopes, client, redirect_uri=uri, challenge=challenge)
        if uri == OUT_OF_BAND:
            target = f"/oauth/authorize/native?{urlencode({'code': code})}"
        else:
            target = with_parameters(uri, {"code": code} | _state_of(parameters))
        response = RedirectResponse(target, 302)
        # lax: a link in a mail must find the visitor signed in
        response.set_cookie(_SIGNED_IN, str(account), httponly=True, samesite="lax")
        return response

    def _error_page(self, request: Request, parameters: Mapping[str, str], refused: Refused) -> Response:
        explain(request, refused.reason)
        redirect_uris: tuple[str, ...] = ()
        client = self._state.clients.get(parameters.get("client_id", ""))
        if client and parameters.get("redirect_uri", OUT_OF_BAND) not in client.redirect_uris:
            redirect_uris = client.redirect_uris
        return page("error.html", sentence=refused.sentence, redirect_uris=redirect_uris)


def _find_account(number: str | None) -> int | None:
    return next((account.number for account in ACCOUNTS if str(account.number) == number), None)


def _denied(request: Request, parameters: Mapping[str, str], reason: str) -> Response:
    explain(request, reason)
    error = {"error": "access_denied", "error_description": WORDS["access_denied"]} | _state_of(parameters)
    if parameters["redirect_uri"] == OUT_OF_BAND:
        # Doorkeeper answers a declined out-of-band request with JSON and status 400
        return JSONResponse(error, 400)
    return RedirectResponse(with_parameters(parameters["redirect_uri"], error), 302)


def _state_of(parameters: Mapping[str, str]) -> dict[str, str]:
    return {"state": parameters["state"]} if parameters.get("state") else {}
