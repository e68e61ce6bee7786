"""GET requests of the API with an account's token: endpoints, curl line, and the request itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from smily_tui.oauth.api import ROOT
from smily_tui.oauth.endpoints import ENDPOINTS, reading
from smily_tui.oauth.scopes import stem
from smily_tui.origin import DEFAULT, host_of
from smily_tui.system import command
from smily_tui.text import Clean
from smily_tui.tokens.requirement import TokenRequirement

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable

    from smily_tui.accounts import Accounts
    from smily_tui.oauth.api_answer import ApiAnswer
    from smily_tui.tokens.jobs import Outcome
    from smily_tui.tokens.running import Running
    from smily_tui.vault.model import Account, Address


USUAL: Final = ("bookings", "rentals")
ANYBODY: Final = "me"  # the endpoint that needs the least
BREAK: Final = " \\"  # at the end of a row, which goes on in the next


@dataclass(frozen=True)
class Endpoint:
    """Endpoint of the API, as a token can read it.

    Attributes:
        path: below /api/v3/.
        needs: the permission that the token lacks; empty where it can read the endpoint.
    """

    path: str
    needs: str = ""


def endpoints(granted: Iterable[str]) -> list[Endpoint]:
    """List all endpoints: those that a token with these scopes can read first."""
    scopes = set(granted)
    listed = [Endpoint(path, "" if scopes & set(reading(path)) else reading(path)[0]) for path in ENDPOINTS]
    return sorted(listed, key=lambda endpoint: bool(endpoint.needs))


def first_path(granted: Iterable[str]) -> str:
    """Return the endpoint that a token is likely meant for: that of a permission beside `public`."""
    paths = [path for scope in granted if (path := stem(scope)) in ENDPOINTS]
    return next((path for path in (*USUAL, *paths) if path in paths), ANYBODY)


@dataclass(frozen=True)
class CurlCommand:
    """Request as a command for a shell, which asks `smily-tui token` for the token.

    Attributes:
        pieces: parts between which a line may be broken.
    """

    pieces: tuple[Clean, ...]

    @property
    def line(self) -> Clean:
        """Command on one line."""
        return Clean(" ".join(self.pieces))

    def rows(self, width: int) -> list[str]:
        """Break the command into rows that a shell takes for one line, as they are selected on a screen."""
        rows = [str(self.pieces[0])]
        for piece in self.pieces[1:]:
            if len(rows[-1]) + len(piece) + len(BREAK) < width:
                rows[-1] += f" {piece}"
            else:
                rows[-1] += BREAK
                rows.append(f"  {piece}")
        return rows


def as_curl(stored: Accounts, account: Account, path: str) -> CurlCommand:
    """Write a GET of the API for a shell; store and server are named where they are not the usual ones."""
    folder = stored.home.folder
    arguments = [command("smily-tui"), command("token")]
    arguments += [] if folder is None else [command("--home", folder)]
    arguments += [] if account.server == DEFAULT else [command("--server", account.server)]
    header = f'"Authorization: Bearer $({arguments[0]}', *arguments[1:], f'{command(account.address)})"'
    url = command(account.server + ROOT + path)
    return CurlCommand(tuple(map(Clean, ("curl", "-H", *header, url))))


def send(stored: Accounts, address: Address, path: str) -> Generator[tuple[str, Running], Outcome, ApiAnswer]:
    """Yield the workers of a GET, each with words about it; take their outcomes, and return the answer.

    A token that is due is refreshed first. One that the API rejects is refreshed, and the request sent once
    again.

    Raises:
        NoSuchAccount, VaultError: nothing was sent.
    """
    need = TokenRequirement()
    while True:
        if not stored.suffices(address, need):
            yield "Refreshing the token first", stored.refresh(address, need)
        account, access = stored.account(address), stored.tokens(address).access
        host = host_of(account.server if account else stored.server)
        outcome = yield f"Waiting for {host}", stored.call(address, ROOT + path)
        assert outcome.answer is not None  # noqa: S101 - this is the job's outcome
        if outcome.answer.status != 401 or account is None or need.rejected is not None:
            return outcome.answer
        need = TokenRequirement(rejected=access)
