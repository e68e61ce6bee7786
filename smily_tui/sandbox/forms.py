"""Forms of the sandbox's pages: each counts only in the browser that it was sent to."""

from __future__ import annotations

import hmac
import secrets
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response

from smily_tui.sandbox.guard import policy
from smily_tui.sandbox.log import explain

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from starlette.requests import Request


_VISITOR: Final = "sandbox_visitor"
_STYLE: Final = files("smily_tui.sandbox").joinpath("pages/style.css").read_text("utf-8")
_pages = Environment(
    loader=PackageLoader("smily_tui.sandbox", "pages"),
    autoescape=select_autoescape(),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


class Forms:
    """Pages with a form, bound to their visitor by a cookie."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)

    def page(self, request: Request, name: str, origins: Iterable[str] = (), **values: Any) -> Response:
        """Return a page whose form has a token; the form may lead to `origins`."""
        visitor = request.cookies.get(_VISITOR) or secrets.token_urlsafe(24)
        response = page(name, token=self._token(visitor), **values)
        response.headers.update(policy(origins))
        # strict: a form on another site must not be sent with it
        response.set_cookie(_VISITOR, visitor, httponly=True, samesite="strict")
        return response

    def refusal(self, request: Request, form: Mapping[str, str]) -> Response | None:
        """Return the answer to a forged form; None if the form is genuine."""
        visitor = request.cookies.get(_VISITOR, "")
        token = form.get("token", "").encode()
        if visitor and hmac.compare_digest(token, self._token(visitor).encode()):
            return None
        explain(request, "the form is not one of this browser's")
        sentence = "This page has expired. Go back and open it again."
        return page("error.html", 422, sentence=sentence, redirect_uris=())

    def _token(self, visitor: str) -> str:
        return hmac.new(self._key, visitor.encode(), "sha256").hexdigest()


async def read_form(request: Request) -> dict[str, str]:
    """Read the fields of a form, without files; a malformed form has none."""
    try:
        async with request.form() as form:
            return {name: value for name, value in form.items() if isinstance(value, str)}
    except HTTPException as error:
        if error.status_code != 400:  # the body is too long
            raise
        return {}


def page(name: str, status: int = 200, /, **values: Any) -> HTMLResponse:
    """Fill in a page."""
    return HTMLResponse(_pages.get_template(name).render(**values), status)


async def style(_request: Request) -> Response:
    """GET /style.css."""
    return Response(_STYLE, media_type="text/css")
