"""Keys in order: the work of one is finished before the next is read."""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import suppress
from itertools import takewhile
from typing import TYPE_CHECKING, Any, Final

from textual.app import App
from textual.events import Event, InputEvent, Key, MouseDown, MouseUp, Paste
from textual.message import Message

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from textual.message_pump import MessagePump


class TerminalGone(Message):
    """Nobody is at the terminal any more: its window was closed, or its connection ended."""


class GroundReported(Message):
    """Background of the terminal, as the terminal told it.

    Attributes:
        is_dark: whether light text is read on it.
    """

    def __init__(self, *, is_dark: bool) -> None:
        super().__init__()
        self.is_dark = is_dark


class InputFailed(Message):
    """Bug in the thread that reads the terminal.

    Attributes:
        error: the bug.
    """

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error


PASSES: Final = 3
"""Messages of messages (a key, the page's wish, the new focus): so many times the way up to the app."""
STUCK: Final = 0.2
"""Seconds that a widget has to answer; one whose queue Textual closes, since it is removed, never does."""
UNDER_WAY: Final = 0.5
"""Seconds that keys wait for what was begun before them, as a page that opens after a look at the disk."""
LINE_END: Final = 0.03
"""Seconds within which the next line of a paste follows, at terminals without bracketed paste (mode 2004)."""


class InOrderApp(App[None]):
    """App that finishes the work of one key before it reads the next.

    Textual 8.2 (`App.on_event`) hands each key to the widget that has the focus at that moment. A Tab that
    waits in a field's own queue moves the focus later, and what was typed behind it goes into the field
    before it: the Client Secret into the Client ID, when a password manager or a script types both in one
    go. Textual has no call that ends when a message and all that came of it are handled: hence `_rest`.

    Attributes:
        newest_key: the last key that was handed on, as Textual names it.
    """

    def __init__(self, *, ansi_color: bool | None = None) -> None:
        super().__init__(ansi_color=ansi_color)
        self.newest_key = ""
        self._held = deque[InputEvent | Paste]()
        self._dropped = ""
        self._line_end: InputEvent | Paste | None = None
        self._pausing: asyncio.Task[None] | None = None

    async def on_event(self, event: Event) -> None:
        """Hold keys, pastes and clicks back while one before them is at work."""
        # a forwarded event has been to its widget, and only bubbles up
        if not isinstance(event, InputEvent | Paste) or event.is_forwarded:
            await super().on_event(event)
            return
        self._held.append(event)
        if self._pausing is None:
            await self._hand_on()

    async def _hand_on(self) -> None:
        """Hand on what is held back, up to the first that may bring something about."""
        self._pausing = None
        self._drop()
        while self._held:
            event = self._held[0]
            if event is not self._line_end and self._may_end_line(event):
                self._line_end = event
                self._pause(asyncio.sleep(LINE_END))
                return
            self._held.popleft()
            if event is self._line_end and self._goes_on():
                event = Key("space", " ")
            if isinstance(event, Key):
                self.newest_key = event.key
            await super().on_event(event)
            if self._is_at_work(event):
                self._pause(self._rest())
                return

    def drop_repeated(self) -> None:
        """Drop the key at work if it comes again before that is over: it would do something else then."""
        if self._pausing is not None:
            self._dropped = self.newest_key

    def _drop(self) -> None:
        while self._held and isinstance(event := self._held[0], Key) and event.key == self._dropped:
            self._held.popleft()
        self._dropped = ""

    def _pause(self, until: Coroutine[Any, Any, None]) -> None:
        self._pausing = asyncio.create_task(until)
        self._pausing.add_done_callback(lambda _: self.call_later(self._hand_on))

    # -- line ends ---------------------------------------------------------------------------------------

    def _may_end_line(self, event: InputEvent | Paste) -> bool:
        """Return whether that is Enter in a field that takes a paste of several lines."""
        return isinstance(event, Key) and event.key == "enter" and getattr(self.focused, "joins_lines", False)

    def _goes_on(self) -> bool:
        """Return whether text follows at once: then this is a line end of an unbracketed paste, not Enter."""
        return len(list(takewhile(_is_text, self._held))) > 1

    # -- what a key brings about -------------------------------------------------------------------------

    def _is_at_work(self, event: InputEvent | Paste) -> bool:
        """Return whether it may do more than put text into the field that has the focus."""
        if isinstance(event, Key):
            return self.focused is None or not self.focused.check_consume_key(event.key, event.character)
        # no Click: Textual makes it of a MouseUp itself, past `on_event`
        return isinstance(event, MouseDown | MouseUp | Paste)

    async def _rest(self) -> None:
        """Until what was begun is at its end, and the screen that came of it is laid out."""
        before = None
        while before != (now := (self.screen, self.focused)):
            for _ in range(PASSES):
                await self._handled()
            # only where screen or focus has changed: else there is no layout to wait for
            if before is not None:
                await _called(self.screen, after_refresh=True)
            before = now
        await self._until_ended()

    async def _handled(self) -> None:
        """Until each from the focused widget up to the app has handled what it had been sent."""
        for node in (self.focused or self.screen).ancestors_with_self:
            await _called(node)

    async def _until_ended(self) -> None:
        """For a moment, until what the screen has begun has ended or asks something."""
        ends = asyncio.get_running_loop().time() + UNDER_WAY
        while getattr(self.screen, "under_way", ()) and asyncio.get_running_loop().time() < ends:
            await asyncio.sleep(LINE_END)
            await self._handled()


async def _called(node: MessagePump, *, after_refresh: bool = False) -> None:
    """Until that node comes to a call; not for ever."""
    reached = asyncio.Event()
    # both return False where the node's queue is closed already
    call = node.call_after_refresh if after_refresh else node.call_later
    if call(reached.set):
        with suppress(TimeoutError):
            async with asyncio.timeout(STUCK):
                await reached.wait()


def _is_text(event: InputEvent | Paste) -> bool:
    return isinstance(event, Key) and event.is_printable and (event.character or "").isalnum()
