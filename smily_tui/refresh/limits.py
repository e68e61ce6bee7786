"""Where a server has had too many requests, or a proxy takes no login, nothing more is tried."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from smily_tui.oauth.errors import ProxyUnusable, RateLimited

if TYPE_CHECKING:
    from collections.abc import Iterator


class Limits:
    """What the server said of each application while several accounts are renewed, in threads or not."""

    def __init__(self) -> None:
        self._found: dict[str, RateLimited] = {}
        self._proxy: ProxyUnusable | None = None

    @contextlib.contextmanager
    def asking(self, application: str) -> Iterator[None]:
        """Around a request for the application with that key.

        Raises:
            RateLimited: the server has said so, now or before; then nothing is asked.
            ProxyUnusable: the proxy cannot be used for any account; a wrong login is not tried for each.
        """
        if self._proxy is not None:
            raise ProxyUnusable(f"Not tried: {self._proxy.what}", next=self._proxy.next)
        if found := self._found.get(application):
            error = RateLimited(f"Not asked for: {found.what}", next=found.next)
            error.again_at = found.again_at
            raise error
        try:
            yield
        except RateLimited as error:
            self._found[application] = error
            raise
        except ProxyUnusable as error:
            self._proxy = error
            raise
