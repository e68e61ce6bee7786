"""Pages for people: consent, code, errors. They work without JavaScript."""

from __future__ import annotations

import hmac
import secrets
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from smily_tui.oauth.scopes import find
from smily_tui.sandbox.grants import WORDS, Refused
from smily_tui.sandbox.state import ACCOUNTS, PUBLIC

if TYPE_CHECKING:
    from starlette.requests import Request

    from smily_tui.sandbox.grants import Grants
    from smily_tui.sandbox.state import Client, State

PARAMETERS: Final[tuple[str, ...]] = ("client_id", "redirect_uri", "response_type", "scope", "account_id")
_STYLE: Final = files("smily_tui.sandbox").joinpath("pages/style.css").read_text("utf-8")
_pages = Environment(
    loader=PackageLoader("smily_tui.sandbox", "pages"),
    autoescape=select_autoescape(),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


class Consent:
    """Authorization endpoint (RFC 6749 section 3.1)."""

    def __init__(self, state: State, grants: Grants) -> None:
        self._state = state
        self._grants = grants
        self._key = secrets.token_bytes(32)

    async def ask(self, request: Request) -> Response:
        """GET /oauth/authorize: show the consent page, or redirect to a code after an earlier consent.

        Doorkeeper skips the page if the same application, account and scopes were approved before.
        """
        parameters: dict[str, str] = {
            name: value for name, value in request.query_params.items() if name in PARAMETERS
        }
        try:
            scopes = self._grants.check_authorization_request(str(request.url.replace(query="")), parameters)
        except Refused as refused:
            return _page("error.html", words=str(refused))
        client = self._state.clients[parameters["client_id"]]
        account = _find_account(parameters.get("account_id") or request.cookies.get("sandbox_account"))
        signed_in = "sandbox_account" in request.cookies
        if signed_in and account and (client.client_id, account, scopes) in self._state.granted:
            return self._to_code(account, scopes, client)
        return self._consent_page(request, parameters, scopes, account)

    def _consent_page(
        self, request: Request, parameters: dict[str, str], scopes: tuple[str, ...], account: int | None
    ) -> Response:
        visitor = request.cookies.get("sandbox_visitor") or secrets.token_urlsafe(24)
        response = _page(
            "consent.html",
            application=self._state.clients[parameters["client_id"]].name,
            accounts=ACCOUNTS,
            chosen=account or ACCOUNTS[0].number,
            scopes=[(name, scope.summary if (scope := find(name)) else "") for name in scopes],
            parameters=parameters,
            token=self._form_token(visitor),
        )
        # strict: a form on another site must not be sent with it
        response.set_cookie("sandbox_visitor", visitor, httponly=True, samesite="strict")
        return response

    async def answer(self, request: Request) -> Response:
        """POST /oauth/authorize: approve or decline."""
        form = {name: str(value) for name, value in (await request.form()).items()}
        visitor = request.cookies.get("sandbox_visitor", "")
        token = form.get("token", "").encode()
        if not visitor or not hmac.compare_digest(token, self._form_token(visitor).encode()):
            return Response(status_code=422, media_type="text/html")  # as Rails answers a forged form
        parameters = {name: form[name] for name in PARAMETERS if name in form}
        try:
            scopes = self._grants.check_authorization_request(str(request.url.replace(query="")), parameters)
        except Refused as refused:
            return _page("error.html", words=str(refused))
        if form.get("decision") != "authorize":
            return _denied()
        account = _find_account(form.get("account"))
        if account is None:
            return _page("error.html", words="Choose an account.")
        return self._to_code(account, scopes, self._state.clients[parameters["client_id"]])

    async def show_code(self, request: Request) -> Response:
        """GET /oauth/authorize/native: show the code, to be copied by hand."""
        return _page("code.html", code=request.query_params.get("code", ""))

    async def style(self, _request: Request) -> Response:
        """GET /style.css."""
        return Response(_STYLE, media_type="text/css")

    def _to_code(self, account: int, scopes: tuple[str, ...], client: Client) -> Response:
        if self._state.faults.take("denied"):
            return _denied()
        if self._state.faults.take("missing-scope"):
            scopes = tuple(name for name in scopes if name != PUBLIC)
        code = self._state.grant(account, scopes, client)
        response = RedirectResponse(f"/oauth/authorize/native?{urlencode({'code': code})}", 302)
        # lax: a link in a mail must find the visitor signed in
        response.set_cookie("sandbox_account", str(account), httponly=True, samesite="lax")
        return response

    def _form_token(self, visitor: str) -> str:
        """Bind the form to the browser that received it."""
        return hmac.new(self._key, visitor.encode(), "sha256").hexdigest()


def _find_account(number: str | None) -> int | None:
    return next((account.number for account in ACCOUNTS if str(account.number) == number), None)


def _denied() -> Response:
    # Doorkeeper answers a declined out-of-band request with JSON and status 400
    return JSONResponse({"error": "access_denied", "error_description": WORDS["access_denied"]}, 400)


def _page(name: str, **values: Any) -> HTMLResponse:
    return HTMLResponse(_pages.get_template(name).render(**values))
