"""Pages of a list, their headers, and `meta`, which repeats them (Smily reference, "Pagination")."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request

    from smily_tui.sandbox.resources import Entry

LONGEST_PAGE: Final = 100
_NUMBER: Final = re.compile(r"[0-9]{1,9}")
# a token in the query belongs in no link
_NOT_IN_LINKS: Final = ("page", "access_token", "bearer_token")


@dataclass(frozen=True)
class Page:
    """Page of a list.

    Attributes:
        request: whose parameters the links keep.
        total: number of entries in the list.
    """

    request: Request
    total: int

    @property
    def number(self) -> int:
        """Number of the page, from 1."""
        return _number(self.request, "page", 1)

    @property
    def size(self) -> int:
        """Largest number of entries in a page."""
        return min(_number(self.request, "per_page", LONGEST_PAGE), LONGEST_PAGE)

    @property
    def pages(self) -> int:
        """Number of pages; an empty list has one, too."""
        return max(1, -(-self.total // self.size))

    def cut(self, entries: Sequence[Entry]) -> Sequence[Entry]:
        """Return the entries of this page."""
        return entries[(self.number - 1) * self.size : self.number * self.size]

    def headers(self) -> dict[str, str]:
        """Return the paging headers of the answer."""
        return {
            "Link": ", ".join(f'<{url}>; rel="{rel}"' for rel, url in self._links().items()),
            **self._counts(),
            "X-Current-Page": str(self.number),
        }

    def meta(self) -> dict[str, Any]:
        """Return what the body repeats."""
        return {"Link": self._links(), **self._counts()}

    def _counts(self) -> dict[str, str]:
        return {
            "X-Total-Pages": str(self.pages),
            "X-Total-Count": str(self.total),
            "X-Per-Page": str(self.size),
        }

    def _links(self) -> dict[str, str]:
        numbers = {"first": 1, "prev": self.number - 1, "next": self.number + 1, "last": self.pages}
        kept = [pair for pair in self.request.query_params.multi_items() if pair[0] not in _NOT_IN_LINKS]
        return {
            rel: str(self.request.url.replace(query=urlencode(sorted([*kept, ("page", number)], key=str))))
            for rel, number in numbers.items()
            if 1 <= number <= self.pages
        }


def _number(request: Request, name: str, default: int) -> int:
    """Read a parameter; what is no number counts as absent."""
    text = request.query_params.get(name, "")
    return max(1, int(text)) if _NUMBER.fullmatch(text) else default
