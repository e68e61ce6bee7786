"""What each request is for and what its answer means, in plain sentences; the terms of OAuth explained."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, urlsplit

from smily_tui.text import clean
from smily_tui.wire.exchange import Item

if TYPE_CHECKING:
    from smily_tui.wire.exchange import Exchange

LINK_TITLE: Final = "The owner says yes, in a browser"
LINK_WHY: Final = (
    "This is the authorization request. The link names the application and the permissions that it asks for; "
    "it holds no secret. The account's owner signs in at the server, not here: smily-tui never sees the "
    "password. After “Authorize” the page shows a code."
)
_MEANINGS: Final = {
    "client_id": "which application asks; not secret",
    "client_secret": "proves that it is that application",
    "code": "the owner's yes; works once, for ten minutes",
    "refresh_token": "gets new tokens without asking the owner again",
    "redirect_uri": "“out of band”: show the code, send it to no website",
    "response_type": "the answer wanted is a code",
    "scope": "the permissions that are asked for",
    "account_id": "the account that the page should have chosen",
    "Authorization": "the access token, as “bearer”: who holds it may use it",
    "Accept": "the form of answer that is understood",
}
_GRANTS: Final = {
    "authorization_code": "what is offered for tokens: a code",
    "refresh_token": "what is offered for tokens: a refresh token",
}
_TITLES: Final = {
    "authorization_code": "The code becomes tokens",
    "refresh_token": "The refresh token becomes new tokens",
}
_WHY: Final = {
    "authorization_code": (
        "smily-tui shows the code together with the Client Secret. So a code alone, read over a shoulder, is "
        "worth nothing."
    ),
    "refresh_token": (
        "An access token lives two hours. The refresh token gets the next one, without a browser and without "
        "the owner. It is replaced, too: that is rotation."
    ),
    "me": "The first use of the new access token: which account is it for?",
    "accounts": "What is that account called? A signed-in browser may have picked another one.",
}
_ERRORS: Final = {
    "invalid_client": "The server does not know this application, or its secret is another one.",
    "invalid_grant": "The code or refresh token was used already, has expired, was revoked, or is not ours.",
    "invalid_scope": "The server does not give these permissions to this application.",
}
_STATUSES: Final = {
    401: "The access token is not accepted any more (401).",
    403: "The token is good, but lacks the permission for this (403).",
    429: "Too many calls in this hour (429). Nothing is wrong with the token.",
}


def link_items(link: str) -> tuple[Item, ...]:
    """The parameters of an authorization link."""
    return tuple(Item(clean(name), clean(value)) for name, value in parse_qsl(urlsplit(link).query))


def meaning(item: Item) -> str:
    """What a field, header or parameter is for; empty where there is nothing to explain."""
    return _GRANTS.get(item.value, "") if item.name == "grant_type" else _MEANINGS.get(item.name, "")


def title(exchange: Exchange) -> str:
    """What happens, in a few words."""
    if exchange.fields:
        return _TITLES.get(exchange.field("grant_type"), "A token request")
    return {"me": "Whose token is it?", "accounts": "What is the account called?"}.get(
        _resource(exchange), "A call of the API"
    )


def why(exchange: Exchange) -> str:
    """Why the request is made."""
    return _WHY.get(exchange.field("grant_type") or _resource(exchange), "A call of the API with the token.")


def outcome(exchange: Exchange) -> str:
    """What the answer means."""
    if not exchange.sent:
        return "Not sent yet."
    if exchange.failure:
        return f"{exchange.failure} {_whether_acted(exchange)}"
    if exchange.good:
        return _success(exchange)
    text = "\n".join(exchange.body)
    for error, words in _ERRORS.items():
        if f'"{error}"' in text:
            return words
    return _STATUSES.get(exchange.status, f"The server said no (status {exchange.status}).")


def _success(exchange: Exchange) -> str:
    grant = exchange.field("grant_type")
    if grant == "authorization_code":
        return "Two tokens came: one to use for two hours, one to refresh with. The code is used up."
    if grant == "refresh_token":
        return "A new pair came and was saved before anything else. The old pair ends."
    return "The server accepts the token and answers."


def _whether_acted(exchange: Exchange) -> str:
    if not exchange.in_doubt:
        return "Nothing was sent: the code or token is still good."
    return "The server may have acted all the same; so the request is repeated before anything is given up."


def _resource(exchange: Exchange) -> str:
    return exchange.path.partition("?")[0].rpartition("/")[2]
