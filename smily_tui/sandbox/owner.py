"""An account's owner where there is no browser: reads the consent page, answers its form, gets the code."""

from __future__ import annotations

from dataclasses import dataclass
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Final

from smily_tui.errors import SmilyError
from smily_tui.secret import Secret
from smily_tui.text import Clean, clean

if TYPE_CHECKING:
    from collections.abc import Mapping

    import httpx

SECONDS: Final = 10.0
_CODE: Final = "authorization_code"
_WITHOUT_END: Final = ("meta", "link")


class PageUnusable(SmilyError):
    """The sandbox's page is no consent page, or could not be had."""

    default_kept = "Nothing was stored."
    default_next = "Go back, change what is asked for, and open the new link."


@dataclass(frozen=True)
class ConsentPage:
    """What the owner is asked.

    Attributes:
        question: the page's heading.
        accounts: number and name of each account that the person can choose.
        chosen: the number of the one that the page suggests.
        allows: what the application will be able to do.
        form: the fields that go back with the answer.
    """

    question: Clean
    accounts: tuple[tuple[str, Clean], ...]
    chosen: str
    allows: tuple[Clean, ...]
    form: Mapping[str, str]


class Owner:
    """Speaks to one sandbox as a browser does, by the same pages and forms."""

    def __init__(self, server: str) -> None:
        self._server = server
        self._cookies: dict[str, str] = {}

    def read(self, link: str) -> ConsentPage:
        """The consent page behind a link, from a private window.

        Raises:
            PageUnusable: there is another page, with its words; or none.
        """
        self._cookies = {}
        page = self._ask("GET", link)
        if not page.form:
            raise PageUnusable(
                f"The page asks nothing. It says: “{clean(' '.join(page.heading + page.said))}”"
            )
        accounts = tuple((number, clean(name, 80)) for number, name in page.accounts.items())
        return ConsentPage(
            clean(" ".join(page.heading)), accounts, page.chosen, tuple(map(clean, page.items)), page.form
        )

    def answer(self, page: ConsentPage, account: str, *, yes: bool) -> Secret | None:
        """Send the form; the code that the next page shows, None where it shows none, as after a no."""
        fields = {**page.form, "account": account, "decision": "authorize" if yes else "deny"}
        shown = self._ask("POST", f"{self._server}/oauth/authorize", fields)
        return Secret(shown.code) if shown.code else None

    def _ask(self, method: str, address: str, fields: Mapping[str, str] | None = None) -> _Page:
        """One request, and where it leads to on the same server."""
        import ssl

        import httpx

        never_used = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # httpx's own would read SSLKEYLOGFILE
        try:
            # an environment's proxy knows no loopback address
            with httpx.Client(
                trust_env=False, timeout=SECONDS, cookies=self._cookies, verify=never_used
            ) as http:
                response = http.request(method, address, data=fields)
                if response.next_request is not None and _same_origin(
                    response.next_request.url, self._server
                ):
                    response = http.send(response.next_request)
                self._cookies = dict(http.cookies)
        except httpx.HTTPError as error:
            raise PageUnusable(f"The sandbox did not answer: {type(error).__name__}.") from None
        page = _Page()
        page.feed(response.text)
        return page


def _same_origin(url: httpx.URL, server: str) -> bool:
    return f"{url.scheme}://{url.netloc.decode()}" == server


class _Page(HTMLParser):
    """What a page of the sandbox says, asks and shows."""

    def __init__(self) -> None:
        super().__init__()
        self.heading: list[str] = []
        self.said: list[str] = []
        self.items: list[str] = []
        self.accounts: dict[str, str] = {}
        self.chosen = ""
        self.form: dict[str, str] = {}
        self.code = ""
        self._in: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "input":
            self._field(found, checked="checked" in found)
        elif tag not in _WITHOUT_END:
            self._in.append((tag, found.get("id", "") or found.get("class", "")))

    def _field(self, found: Mapping[str, str], *, checked: bool) -> None:
        name, value = found.get("name", ""), found.get("value", "")
        if found.get("type") == "hidden":
            self.form[name] = value
        elif name == "account":
            self.accounts[value] = ""
            self.chosen = value if checked else self.chosen

    def handle_endtag(self, tag: str) -> None:
        while self._in and self._in.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        words, within = data.strip(), [tag for tag, _ in self._in]
        if not words:
            return
        if self._in and self._in[-1] == ("code", _CODE):
            self.code += words
        elif "h1" in within:
            self.heading.append(words)
        elif "label" in within and "span" not in within and self.accounts:
            self.accounts[next(reversed(self.accounts))] += words
        elif "li" in within and "code" not in within:
            self.items.append(words)
        elif "p" in within and ("p", "badge") not in self._in:
            self.said.append(words)
