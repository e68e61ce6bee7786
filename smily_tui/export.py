"""Valid access token in the form another program takes: shell, JSON, curl, HTTPie, Postman.

Holds the access token only, never the refresh token or the Client Secret. Commands read the token from a
here-document, not from their arguments, which every user of the machine can see in the process list.
"""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from smily_tui.json_output import json_output, rfc3339
from smily_tui.oauth.api import ROOT
from smily_tui.oauth.errors import TokenRejected
from smily_tui.text import Clean, clean
from smily_tui.tokens.errors import AuthorizationRevoked, NoRefreshToken
from smily_tui.vault.errors import NoSuchAccount, Unreadable
from smily_tui.vault.model import REJECTED, Account, Address

if TYPE_CHECKING:
    from collections.abc import Callable

    from smily_tui.accounts import Accounts
    from smily_tui.secret import Secret


FIRST_CALL: Final = "me"
POSTMAN: Final = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
_CALLS: Final = (
    ("me", "Find the account"),
    ("accounts", "Read the account"),
    ("rentals", "List its rentals"),
)
# no line of ours is this word alone
_END: Final = "END"


@dataclass(frozen=True)
class Export:
    """Access token to be exported, with its account and expiry.

    Attributes:
        address: APPLICATION/ACCOUNT.
        label: the account's name for people.
        account_id: Smily's number of the account; None where it is not known.
        server: the origin that the token belongs to.
        scopes: what was granted.
        access: the access token.
        expires_at: UTC seconds.
        now: UTC seconds.
    """

    address: str
    label: Clean
    account_id: int | None
    server: str
    scopes: tuple[Clean, ...]
    access: Secret
    expires_at: float
    now: float


def as_text(export: Export, name: str) -> str:
    """Return the export in a format, with a newline at its end."""
    return _WRITERS[name][0](export)


def file_name(export: Export, name: str) -> str:
    """Return a file name: the account's part of its address and an extension for the format."""
    return export.address.rpartition("/")[2] + _WRITERS[name][1]


def _env(export: Export) -> str:
    values = {
        "SMILY_ACCESS_TOKEN": export.access.reveal(),
        "SMILY_SERVER": export.server,
        "SMILY_EXPIRES_AT": str(int(export.expires_at)),
        "SMILY_ACCOUNT": export.address,
        "SMILY_ACCOUNT_ID": "" if export.account_id is None else str(export.account_id),
        "SMILY_ACCOUNT_NAME": clean(export.label),
        "SMILY_SCOPES": " ".join(export.scopes),
    }
    return "".join(f"export {name}={shlex.quote(value)}\n" for name, value in values.items())


def _json(export: Export) -> str:
    return json_output(
        account=export.address,
        account_id=export.account_id,
        name=clean(export.label),
        server=export.server,
        api=_url(export, ""),
        scopes=list(export.scopes),
        token_type="Bearer",  # noqa: S106  its kind (RFC 6750)
        access_token=export.access.reveal(),
        expires_at=rfc3339(export.expires_at),
        expires_in=max(0, int(export.expires_at - export.now)),
    )


def _curl(export: Export) -> str:
    lines = {
        "url": _url(export, FIRST_CALL),
        "header": f"Authorization: Bearer {export.access.reveal()}",
    }
    return _with_input(
        "curl --silent --show-error --config -",
        [f"{name} = {_in_curl(value)}" for name, value in lines.items()],
    )


def _httpie(export: Export) -> str:
    url = shlex.quote(_url(export, FIRST_CALL))
    # HTTPie sends a standard input that is no terminal as the body; `:@` reads a header from a file
    command = f"http --ignore-stdin GET {url} Authorization:@/dev/stdin"
    return _with_input(command, [f"Bearer {export.access.reveal()}"])


def _postman(export: Export) -> str:
    until = rfc3339(export.expires_at)
    collection = {
        "info": {
            "name": f"Smily: {clean(export.label)}",
            "description": f"Account {export.address}. Its access token expires at {until}.",
            "schema": POSTMAN,
        },
        "auth": {
            "type": "bearer",
            "bearer": [{"key": "token", "value": "{{access_token}}", "type": "string"}],
        },
        "variable": [
            {"key": "server", "value": export.server, "type": "string"},
            {"key": "access_token", "value": export.access.reveal(), "type": "string"},
        ],
        "item": [_postman_request(path, name) for path, name in _CALLS],
    }
    return json.dumps(collection, indent=2) + "\n"


def _postman_request(path: str, name: str) -> dict[str, Any]:
    below = f"{ROOT}{path}".strip("/").split("/")
    url = {"raw": f"{{{{server}}}}{ROOT}{path}", "host": ["{{server}}"], "path": below}
    return {"name": name, "request": {"method": "GET", "header": [], "url": url}}


_WRITERS: Final[dict[str, tuple[Callable[[Export], str], str]]] = {
    "env": (_env, ".env"),
    "json": (_json, ".json"),
    "curl": (_curl, "-curl.sh"),
    "httpie": (_httpie, "-httpie.sh"),
    "postman": (_postman, ".postman_collection.json"),
}


def _url(export: Export, path: str) -> str:
    return f"{export.server}{ROOT}{path}"


def _with_input(command: str, lines: list[str]) -> str:
    """Return a command with these lines as its standard input, unchanged by the shell."""
    # the quotes: in such a here-document the shell expands nothing (POSIX, 2.7.4)
    return "\n".join([f"{command} <<'{_END}'", *lines, _END, ""])


def _in_curl(value: str) -> str:
    """Quote a value for curl's configuration files (curl(1), --config)."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def access_of(stored: Accounts, account: Account) -> Secret:
    """Read an account's access token for export.

    Raises:
        NoSuchAccount, VaultError: it cannot be read.
        AuthorizationRevoked, NoRefreshToken, TokenRejected: it is known to be accepted no more.
    """
    if account.is_dead and not account.is_refreshable:
        raise NoRefreshToken(account.trouble)
    if account.refused:
        raise AuthorizationRevoked(account.trouble)
    if account.rejected:
        raise TokenRejected(REJECTED)
    return stored.tokens(account.address).access


def export_of(stored: Accounts, address: Address) -> Export:
    """Return an account's export as it is stored now; the caller has refreshed it where needed.

    Raises:
        NoSuchAccount, VaultError: it cannot be read.
        AuthorizationRevoked, NoRefreshToken, TokenRejected: its access token is known to be accepted no more.
    """
    account = stored.account(address)
    if account is None:
        raise NoSuchAccount(f"There is no account {address}.")
    if account.unreadable:
        raise Unreadable(account.trouble)
    now = stored.clock.now()
    return Export(
        address=str(address),
        label=account.label,
        account_id=account.account_id,
        server=account.server,
        scopes=account.granted_scopes,
        # read after the time: where it was refreshed in between, the time is too early
        access=access_of(stored, account),
        expires_at=account.expires_at(now),
        now=now.wall,
    )
