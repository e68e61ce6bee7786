"""A request and its answer as they may be shown: nothing in it is secret."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Final

from smily_tui.text import Clean, clean

NONE: Final = Clean("")
LONGEST_VALUE: Final = 1000


@dataclass(frozen=True)
class Item:
    """A field or a header.

    Attributes:
        name: as it is sent.
        value: as it may be shown.
        variable: what stands for the secret in a command; empty where the value is none.
    """

    name: Clean
    value: Clean
    variable: Clean = NONE


@dataclass(frozen=True)
class Exchange:
    """One request, planned or sent, and what came of it.

    Attributes:
        server: the origin.
        method, path, headers, fields: the request.
        status: of the answer; 0 where none came.
        answer_headers: those that are of interest.
        body: the answer's body, line by line.
        failure: why there is no whole answer; empty where there is.
        at: when it was sent (UTC seconds); 0: it was not sent yet.
        seconds: how long it took.
        in_doubt: whether the server may have acted although there is no whole answer.
    """

    server: Clean
    method: Clean
    path: Clean
    headers: tuple[Item, ...]
    fields: tuple[Item, ...]
    status: int = 0
    answer_headers: tuple[Item, ...] = ()
    body: tuple[Clean, ...] = ()
    failure: Clean = NONE
    at: float = 0.0
    seconds: float = 0.0
    in_doubt: bool = False

    @property
    def sent(self) -> bool:
        """Whether it is more than a plan."""
        return self.at > 0

    @property
    def good(self) -> bool:
        """Whether a whole answer came, and it was yes."""
        return 200 <= self.status < 300 and not self.failure

    def field(self, name: str) -> str:
        """The value of a form field as it may be shown; empty where there is none."""
        return next((str(each.value) for each in self.fields if each.name == name), "")

    def as_dict(self) -> dict[str, Any]:
        """For the helper's standard output."""
        return asdict(self)

    @classmethod
    def from_dict(cls, stated: dict[str, Any]) -> Exchange:
        """The exchange read back; raises KeyError, TypeError or ValueError where it is none."""
        return cls(
            server=_text(stated["server"]),
            method=_text(stated["method"]),
            path=_text(stated["path"]),
            headers=_items(stated["headers"]),
            fields=_items(stated["fields"]),
            status=int(stated["status"]),
            answer_headers=_items(stated["answer_headers"]),
            body=tuple(indented(each) for each in stated["body"]),
            failure=_text(stated["failure"]),
            at=float(stated["at"]),
            seconds=float(stated["seconds"]),
            in_doubt=bool(stated["in_doubt"]),
        )


def indented(line: str) -> Clean:
    """A cleaned line that keeps the spaces at its beginning."""
    spaces = len(line) - len(line.lstrip(" "))
    return Clean(" " * min(spaces, 80) + _text(line))


def _text(value: object) -> Clean:
    return clean(value, LONGEST_VALUE)


def _items(stated: list[dict[str, str]]) -> tuple[Item, ...]:
    return tuple(Item(_text(each["name"]), _text(each["value"]), _text(each["variable"])) for each in stated)
