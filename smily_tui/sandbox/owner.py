"""Account owner without a browser: reads the consent page, answers its form, gets the code."""

from __future__ import annotations

from dataclasses import dataclass
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs, urlsplit

from smily_tui.errors import SmilyError
from smily_tui.secret import Secret
from smily_tui.text import Clean, clean

if TYPE_CHECKING:
    from collections.abc import Mapping

    import httpx


SECONDS: Final = 10.0  # limit of a request
_CODE: Final = "authorization_code"
_WITHOUT_END: Final = ("meta", "link")


class PageUnusable(SmilyError):
    """Missing or unexpected page of the sandbox."""

    default_kept = "Nothing was stored."
    default_next = "Go back, change what is asked for, and open the new link."


@dataclass(frozen=True)
class ConsentPage:
    """Content of the consent page.

    Attributes:
        question: the heading.
        accounts: number and name of each account to choose from.
        chosen: number of the account that the page preselects.
        allows: abilities that the application asks for.
        form: hidden fields to send with the answer.
    """

    question: Clean
    accounts: tuple[tuple[str, Clean], ...]
    chosen: str
    allows: tuple[Clean, ...]
    form: Mapping[str, str]


@dataclass(frozen=True)
class AuthorizationResponse:
    """Answer to an authorization request, as the owner's browser carries it (RFC 6749 section 4.1.2).

    Attributes:
        url: where the browser goes: the redirect URI with its parameters, or a page of the sandbox.
        code: the authorization code; empty after declining.
        error: the OAuth error, such as `access_denied`; empty after approving.
    """

    url: str
    code: str
    error: str


class Owner:
    """Owner who uses the pages and forms of one sandbox, as a browser does."""

    def __init__(self, server: str) -> None:
        self._server = server
        self._cookies: dict[str, str] = {}

    def read(self, link: str) -> ConsentPage:
        """Open an authorization URL without cookies, as in a private window, and read the consent page.

        Raises:
            PageUnusable: no page came, or another one, which the error quotes.
        """
        self._cookies = {}
        page = self._ask("GET", link)
        if not page.form:
            raise PageUnusable(
                f"The page asks nothing. It says: “{clean(' '.join(page.heading + page.sentences))}”"
            )
        accounts = tuple((number, clean(name, 80)) for number, name in page.accounts.items())
        return ConsentPage(
            clean(" ".join(page.heading)), accounts, page.chosen, tuple(map(clean, page.items)), page.form
        )

    def answer(self, page: ConsentPage, account: str, *, yes: bool) -> Secret | None:
        """Send the form, and return the code that comes of it; None if there is none, as after declining."""
        code = self.decide(page, account, approve=yes).code
        return Secret(code) if code else None

    def decide(self, page: ConsentPage, account: str, *, approve: bool) -> AuthorizationResponse:
        """Send the form, and return where it leads; a redirect to another server is not followed.

        Raises:
            PageUnusable: no page came.
        """
        fields = {**page.form, "account": account, "decision": "authorize" if approve else "deny"}
        page_after = self._ask("POST", f"{self._server}/oauth/authorize", fields)
        query = parse_qs(urlsplit(page_after.url).query)
        code = page_after.code or query.get("code", [""])[0]
        error = query.get("error", [""])[0] or page_after.error
        return AuthorizationResponse(page_after.url, code, error)

    def _ask(self, method: str, url: str, fields: Mapping[str, str] | None = None) -> _Page:
        """Send a request, and follow a redirect to the same server only."""
        import httpx

        try:
            with loopback_client(SECONDS, self._cookies) as http:
                response = http.request(method, url, data=fields)
                following = response.next_request
                if following is not None and str(following.url).startswith(f"{self._server}/"):
                    response, following = http.send(following), None
                self._cookies = dict(http.cookies)
        except httpx.HTTPError as error:
            raise PageUnusable(f"The sandbox did not answer: {type(error).__name__}.") from None
        page = _Page(str(following.url if following is not None else response.url))
        if response.headers.get("content-type", "").startswith("application/json"):
            page.error = str(response.json().get("error", ""))
        else:
            page.feed(response.text)
        return page


def loopback_client(seconds: float, cookies: Mapping[str, str] | None = None) -> httpx.Client:
    """Return a client for requests to a sandbox, each with a limit in seconds."""
    import ssl

    import httpx

    # unused over plain HTTP, but the default of httpx 0.28 opens the file that SSLKEYLOGFILE names
    never_used = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    # trust_env=False: a proxy of the environment cannot reach this loopback address
    return httpx.Client(trust_env=False, timeout=seconds, cookies=dict(cookies or {}), verify=never_used)


class _Page(HTMLParser):
    """Texts, form fields and code of a page of the sandbox."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url
        self.error = ""
        self.heading: list[str] = []
        self.sentences: list[str] = []
        self.items: list[str] = []
        self.accounts: dict[str, str] = {}
        self.chosen = ""
        self.form: dict[str, str] = {}
        self.code = ""
        self._in: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag == "input":
            self._field(attributes)
        elif tag not in _WITHOUT_END:
            self._in.append((tag, attributes.get("id", "") or attributes.get("class", "")))

    def _field(self, attributes: Mapping[str, str]) -> None:
        name, value = attributes.get("name", ""), attributes.get("value", "")
        if attributes.get("type") == "hidden":
            self.form[name] = value
        elif name == "account":
            self.accounts[value] = ""
            self.chosen = value if "checked" in attributes else self.chosen

    def handle_endtag(self, tag: str) -> None:
        while self._in and self._in.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        text, tags = data.strip(), [tag for tag, _ in self._in]
        if not text:
            return
        if self._in and self._in[-1] == ("code", _CODE):
            self.code += text
        elif "h1" in tags:
            self.heading.append(text)
        elif "label" in tags and "span" not in tags and self.accounts:
            self.accounts[next(reversed(self.accounts))] += text
        elif "li" in tags and "code" not in tags:
            self.items.append(text)
        elif "p" in tags and ("p", "badge") not in self._in:
            self.sentences.append(text)
