"""The authorization request: the link that the account's owner opens (RFC 6749 section 4.1.1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smily_tui.clock import Instant

OUT_OF_BAND: Final = "urn:ietf:wg:oauth:2.0:oob"


@dataclass(frozen=True)
class LinkShown:
    """When a link was shown, for the case that its code is refused.

    Attributes:
        made: when it was made.
        other_client: whether a link with another Client ID was shown before it.
    """

    made: Instant
    other_client: bool = False


def authorize_link(
    server: str, client_id: str, scopes: Sequence[str] = (), account_id: int | None = None
) -> str:
    """The address to open, with the documented parameters in the documented order.

    A space is written `%20`; the colons of the redirect address stay as they are documented.

    Source: Smily reference, "Testing Authorization" 1.a.
    """
    parameters = [("client_id", client_id), ("redirect_uri", OUT_OF_BAND), ("response_type", "code")]
    if scopes:
        parameters.append(("scope", " ".join(scopes)))
    if account_id is not None:
        parameters.append(("account_id", str(account_id)))
    query = "&".join(f"{name}={quote(value, safe=':')}" for name, value in parameters)
    return f"{server}/oauth/authorize?{query}"
