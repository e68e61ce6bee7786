"""An exchange as a curl command: the same request, with variables where its secrets were."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from smily_tui.wire.exchange import Exchange, Item

LEFT_OUT = ("User-Agent", "Accept-Encoding")  # curl's own do as well


def curl(exchange: Exchange) -> str:
    """The command; secrets are variables, to be set in the shell before."""
    parts = [f"curl {shlex.quote(exchange.server + exchange.path)}"]
    parts += [f"--header {_quoted(each, ': ')}" for each in exchange.headers if each.name not in LEFT_OUT]
    parts += [f"--data-urlencode {_quoted(each, '=')}" for each in exchange.fields]
    return " \\\n  ".join(parts)


def _quoted(item: Item, between: str) -> str:
    if not item.variable:
        return shlex.quote(f"{item.name}{between}{item.value}")
    kind = "Bearer " if item.name == "Authorization" else ""
    return f'"{item.name}{between}{kind}${item.variable}"'
