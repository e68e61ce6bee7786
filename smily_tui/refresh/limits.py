"""Where the server has had too many requests of an application, it is asked no more for it."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from smily_tui.oauth.errors import RateLimited

if TYPE_CHECKING:
    from collections.abc import Iterator


class Limits:
    """What the server said of each application while several accounts are renewed, in threads or not."""

    def __init__(self) -> None:
        self._found: dict[str, RateLimited] = {}

    @contextlib.contextmanager
    def asking(self, application: str) -> Iterator[None]:
        """Around a request for the application with that key.

        Raises:
            RateLimited: the server has said so, now or before; then nothing is asked.
        """
        if found := self._found.get(application):
            error = RateLimited(f"Not asked for: {found.what}", next=found.next)
            error.again_at = found.again_at
            raise error
        try:
            yield
        except RateLimited as error:
            self._found[application] = error
            raise
