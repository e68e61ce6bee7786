"""The owner of an account at a real browser: opens the link, chooses, says yes or no, reads the code."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, ParamSpec, Self, TypeVar

from playwright.sync_api import Page, sync_playwright

if TYPE_CHECKING:
    from collections.abc import Callable


_P = ParamSpec("_P")
_T = TypeVar("_T")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class Chromium:
    """Debian's Chromium, headless, driven from a thread of its own.

    Playwright leaves an event loop marked as running in its thread between two calls: in the thread of
    the tests no asyncio test could follow.
    """

    def __init__(self, executable: str) -> None:
        self._thread = ThreadPoolExecutor(1, "browser")
        self._playwright = self.call(sync_playwright().start)
        self._browser = self.call(
            self._playwright.chromium.launch, executable_path=executable, args=FLAGS, timeout=60_000
        )

    def call(self, function: Callable[_P, _T], *arguments: _P.args, **named: _P.kwargs) -> _T:
        """Call a function in the browser's thread and wait for what it returns."""
        return self._thread.submit(function, *arguments, **named).result()

    def window(self) -> Page:
        """A new private window; use it in the browser's thread only."""
        return self.call(lambda: self._browser.new_context().new_page())

    def close(self) -> None:
        """End the browser and its thread."""
        self.call(self._browser.close)
        self.call(self._playwright.stop)
        self._thread.shutdown()


class Owner:
    """A person with a private window of their own."""

    def __init__(self, chromium: Chromium) -> None:
        self._chromium = chromium
        self._page = chromium.window()

    def approve(self, link: str, account: str | None = None) -> str:
        """Open the link, choose an account by its name (None: as it comes), say yes; the code shown."""

        def at_the_browser(page: Page) -> str:
            page.goto(link)
            if account is not None:
                page.get_by_label(account).check()
            page.get_by_role("button", name="Authorize").click()
            return _code_on(page)

        return self._chromium.call(at_the_browser, self._page)

    def deny(self, link: str) -> str:
        """Open the link and say no; the words on the page after it."""

        def at_the_browser(page: Page) -> str:
            page.goto(link)
            page.get_by_role("button", name="Deny").click()
            return page.locator("body").inner_text()

        return self._chromium.call(at_the_browser, self._page)

    def code_without_being_asked(self, link: str) -> str:
        """Open the link again while signed in: the code shown at once."""

        def at_the_browser(page: Page) -> str:
            page.goto(link)
            return _code_on(page)

        return self._chromium.call(at_the_browser, self._page)

    def sign_out(self) -> None:
        """Forget who was signed in."""
        self._chromium.call(self._page.context.clear_cookies)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._chromium.call(self._page.context.close)


def _code_on(page: Page) -> str:
    return page.locator("#authorization_code").inner_text()
