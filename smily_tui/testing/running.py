"""Sandbox that runs beside a test, and what a test asks of it."""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

import httpx

from smily_tui.errors import UsageError
from smily_tui.oauth.requests import OUT_OF_BAND
from smily_tui.sandbox.faults import FAULTS, Fault
from smily_tui.sandbox.owner import AuthorizationResponse, Owner, loopback_client
from smily_tui.sandbox.server import Options, Sandbox
from smily_tui.sandbox.state import PUBLIC

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


SECONDS: Final = 30.0  # limit of a request; the fault `slow` takes 8


@dataclass(frozen=True)
class Tokens:
    """Tokens of an account; the sandbox alone accepts them, so they are plain text.

    Attributes:
        account: number of the account; the owner's choice.
        scopes: the granted ones.
        expires_in: seconds that the access token lives.
        created_at: when it was issued, in seconds since 1970 by the sandbox's clock.
    """

    access_token: str
    refresh_token: str
    account: int
    scopes: tuple[str, ...]
    expires_in: int
    created_at: int


class RunningSandbox:
    """Smily-like server for one test; from `sandbox()`.

    Attributes:
        server: its origin; the API is below `{server}/api/v3/`.
        client_id: of the app that is registered there.
        client_secret: of the same app.
        log: a line for each request so far, without secrets.
    """

    def __init__(self, running: Sandbox, log: Sequence[str], clock: _Clock) -> None:
        listening = running.listening
        self._faults = running.state.faults
        self._clock = clock
        self.server: Final = listening.server
        self.client_id: Final = listening.client_id
        self.client_secret: Final = listening.client_secret.reveal()
        self.log: Final = log

    def authorization_url(
        self, scopes: Sequence[str] = (PUBLIC,), *, redirect_uri: str = OUT_OF_BAND, state: str = ""
    ) -> str:
        """Write the authorization URL that an app would open."""
        parameters = {
            "client_id": self.client_id,
            "redirect_uri": redirect_uri,
            "response_type": "code",
            "scope": " ".join(scopes),
        } | ({"state": state} if state else {})
        return f"{self.server}/oauth/authorize?{urlencode(parameters)}"

    def approve(self, authorization_url: str, account: int | None = None) -> AuthorizationResponse:
        """Open an authorization URL as the owner, choose an account and approve.

        Args:
            authorization_url: of your code, or of `authorization_url`.
            account: the account's number; None: the one that the page preselects.

        Raises:
            PageUnusable: the page shows an error, which the exception quotes.
            UsageError: the URL leads to another server, or there is no such account.
        """
        return self._decide(authorization_url, account, approve=True)[1]

    def decline(self, authorization_url: str) -> AuthorizationResponse:
        """Open an authorization URL as the owner, and decline; raises as `approve` does."""
        return self._decide(authorization_url, None, approve=False)[1]

    def authorize(self, account: int | None = None, scopes: Sequence[str] = (PUBLIC,)) -> Tokens:
        """Let the owner approve, and exchange the code for tokens.

        Raises:
            PageUnusable: the consent page shows an error, such as an unknown scope.
            UsageError: there is no such account, or a fault ordered before spoiled the exchange.
        """
        number, response = self._decide(self.authorization_url(scopes), account, approve=True)
        if not response.code:
            raise UsageError(f"No code came: {response.error}. Order faults after authorize().")
        answer = self._exchange(response.code)
        return Tokens(
            access_token=answer["access_token"],
            refresh_token=answer["refresh_token"],
            account=number,
            scopes=tuple(answer["scope"].split()),
            expires_in=answer["expires_in"],
            created_at=answer["created_at"],
        )

    def order(self, fault: Fault, seconds: float | None = None) -> None:
        """Order a fault, which happens once, at the next request that it applies to.

        Args:
            fault: its name.
            seconds: how long `slow` or `offline` last; None: 8 and 20.

        Raises:
            UsageError: no fault has this name.
        """
        if fault not in FAULTS:
            raise UsageError(f"There is no fault “{fault}”. Faults: {', '.join(FAULTS)}.")
        self._faults.order(fault, seconds)

    def advance(self, seconds: float) -> None:
        """Move the sandbox's clock forward, past the expiry of a code or token.

        Raises:
            UsageError: a negative number.
        """
        if seconds < 0:
            raise UsageError("The sandbox's clock moves forward only. Give 0 or more seconds.")
        self._clock.ahead += seconds

    def _decide(self, url: str, account: int | None, *, approve: bool) -> tuple[int, AuthorizationResponse]:
        """Answer the consent page; return the account's number, too."""
        if not url.startswith(f"{self.server}/"):
            raise UsageError(f"This URL leads to another server. Here they begin with {self.server}/.")
        owner = Owner(self.server)
        page = owner.read(url)
        number = page.chosen if account is None else str(account)
        names = dict(page.accounts)
        if number not in names:
            accounts = ", ".join(f"{number} ({name})" for number, name in names.items())
            raise UsageError(f"The sandbox has no account {number}. Accounts: {accounts}.")
        return int(number), owner.decide(page, number, approve=approve)

    def _exchange(self, code: str) -> dict[str, Any]:
        fields = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": OUT_OF_BAND,
            "client_id": self.client_id,
            "client_secret": self.client_secret,
        }
        try:
            with loopback_client(SECONDS) as http:
                answer: dict[str, Any] = http.post(f"{self.server}/oauth/token", data=fields).json()
        except (httpx.HTTPError, ValueError) as error:
            answer = {"error": type(error).__name__}
        if "error" in answer:
            raise UsageError(f"The code was refused: {answer['error']}. Order faults after authorize().")
        return answer


@dataclass
class _Clock:
    """Machine's clock, some seconds ahead."""

    ahead: float = 0.0

    def now(self) -> float:
        return time.time() + self.ahead


@contextlib.contextmanager
def sandbox(options: Options = Options()) -> Iterator[RunningSandbox]:  # noqa: B008
    """Run a sandbox on a free port of loopback, in a thread; several can run at once.

    Args:
        options: redirect URIs, rotation, lifetime of tokens and so on.

    Raises:
        OSError: `options.port` is taken.
    """
    log: list[str] = []
    clock = _Clock()
    with Sandbox(options, log=log.append, now=clock.now) as running:
        yield RunningSandbox(running, log, clock)
