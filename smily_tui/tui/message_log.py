"""Log of what the status line said, for a person who was not looking."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST: Final = 200
"""Messages that are kept."""


@dataclass(frozen=True)
class Logged:
    """Message of the status line.

    Attributes:
        at: when it was shown, in UTC seconds.
        text: its lines.
        kind: the class of the status line: -done, -error, or empty for a remark.
    """

    at: float
    text: str
    kind: str


class MessageLog:
    """Last messages of the session; nothing of them is stored."""

    def __init__(self) -> None:
        self._messages: deque[Logged] = deque(maxlen=LONGEST)

    def add(self, message: Logged) -> None:
        """Keep a message, unless it repeats the one before."""
        if not self._messages or self._messages[-1].text != message.text:
            self._messages.append(message)

    def newest_first(self) -> Iterator[Logged]:
        """Yield the messages."""
        return reversed(self._messages)
