"""Input driver: keys in order, and the terminal restored however the program ends."""

from __future__ import annotations

import asyncio
import codecs
import contextlib
import os
import selectors
import signal
from collections import deque
from contextlib import suppress
from itertools import takewhile
from typing import TYPE_CHECKING, Any, Final

from textual._xterm_parser import XTermParser
from textual.app import App
from textual.drivers.linux_driver import LinuxDriver
from textual.events import InputEvent, Key, MouseDown, MouseUp, Paste
from textual.message import Message

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import TextIO

    from textual.events import Event
    from textual.message_pump import MessagePump


PIECE: Final = 4096  # bytes read at once
BETWEEN_LOOKS: Final = 0.1  # seconds until a lone escape is a key, and until the end is noticed


class TerminalGone(Message):
    """Nobody is at the terminal any more: its window was closed, or its connection ended."""


class InputFailed(Message):
    """Bug in the thread that reads the terminal.

    Attributes:
        error: the bug.
    """

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error


class TerminalDriver(LinuxDriver):
    """Textual's driver with three differences.

    Bytes that are no UTF-8 and sequences that Textual cannot read end nothing. A terminal that has gone
    away ends the program; Textual would read its end again and again. And the program may be continued
    without having noticed that it was stopped (SIGSTOP).
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        if self._file is not None:
            self._file = _Output(self._file, self._tell_gone)  # type: ignore[assignment]
        # not between any two steps of the program: the one before may hold the lock of the output's queue
        signal.signal(signal.SIGCONT, self._continue_later)

    def _continue_later(self, *_: object) -> None:
        with contextlib.suppress(RuntimeError):  # the program is ending already
            self._loop.call_soon_threadsafe(self._sigcont_application)

    def start_application_mode(self) -> None:
        """Take the terminal; where that fails half-way, put it back."""
        try:
            super().start_application_mode()  # type: ignore[no-untyped-call]
        except Exception:
            # Textual 8.2.8 writes through that thread alone, and asserts that there is one
            if self._writer_thread is not None:
                self.stop_application_mode()
            raise

    def resume_application_mode(self) -> None:
        """Start again, after stopping what still runs: else its own modes would be put back at the end."""
        # nobody can catch SIGSTOP: after it the input thread still runs, and a second would share the keys;
        # the terminal would keep one more entry of keyboard modes (kitty protocol) than the end takes off
        if self._key_thread is not None and self._key_thread.is_alive():
            self.suspend_application_mode()
        super().resume_application_mode()

    def run_input_thread(self) -> None:
        """Turn what the terminal sends into messages, until the driver is told to stop."""
        try:
            self._read()
        except (EOFError, OSError):
            self._tell_gone()
        except Exception as error:  # noqa: BLE001 - Textual would show its text and the lines of our source
            self.send_message(InputFailed(error))

    def _read(self) -> None:
        # Textual 8.2.8 decodes strictly: one byte of Latin-1 would end its input thread;
        # and `debug` would have the parser write each key into keys.log
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        parser = XTermParser()
        with selectors.SelectSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                text = ""
                if selector.select(BETWEEN_LOOKS):
                    piece = os.read(self.fileno, PIECE)
                    # a terminal that has gone reads as empty for ever;
                    # Textual 8.2.8 takes that for a pipe and goes on
                    if not piece:
                        raise EOFError
                    text = decoder.decode(piece)
                parser = self._pass_on(parser, text)

    def _pass_on(self, parser: XTermParser, text: str) -> XTermParser:
        """Send the messages that a text holds; answers the parser for the next text."""
        messages: list[Message] = []
        # one at a time: an error ends the parser's generator, and with it what it was fed at once
        for character in text:
            try:
                messages.extend(parser.feed(character))
            except Exception:  # noqa: BLE001 - chr(), int() and more fail on what it does not expect; then it is over
                parser = _successor(parser)
        messages.extend(parser.tick())
        for message in messages:
            self.process_message(message)
        return parser

    def _tell_gone(self) -> None:
        with contextlib.suppress(RuntimeError):  # the program is ending already
            self.send_message(TerminalGone())


def _successor(parser: XTermParser) -> XTermParser:
    """Parser that remembers what the terminal has reported of itself."""
    new = XTermParser()
    # where the terminal reports its size in-band (mode 2048), Textual 8.2.8 reads mouse positions as pixels
    new.mouse_pixels = parser.mouse_pixels
    new.terminal_size, new.terminal_pixel_size = parser.terminal_size, parser.terminal_pixel_size
    return new


class _Output:
    """File whose terminal may go away: later writes are dropped, and nothing waits for them.

    Textual's writing thread would end, and the program would wait for ever for room in its queue.
    """

    def __init__(self, file: TextIO, tell_gone: Callable[[], None]) -> None:
        self._file = file
        self._tell_gone = tell_gone
        self.fileno = file.fileno

    def write(self, text: str) -> None:
        """Write a text."""
        try:
            self._file.write(text)
        except OSError:
            self._give_up()

    def flush(self) -> None:
        """Write what waits."""
        try:
            self._file.flush()
        except OSError:
            self._give_up()

    def _give_up(self) -> None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), self.fileno())  # what waits would fail again at the exit
        self._tell_gone()


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
    """

    def __init__(self, *, ansi_color: bool | None = None) -> None:
        super().__init__(ansi_color=ansi_color)
        self._held = deque[InputEvent | Paste]()
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
        while self._held:
            event = self._held[0]
            if event is not self._line_end and self._may_end_line(event):
                self._line_end = event
                self._pause(asyncio.sleep(LINE_END))
                return
            self._held.popleft()
            if event is self._line_end and self._goes_on():
                event = Key("space", " ")
            await super().on_event(event)
            if self._is_at_work(event):
                self._pause(self._rest())
                return

    def _pause(self, until: Coroutine[Any, Any, None]) -> None:
        self._pausing = asyncio.create_task(until)
        self._pausing.add_done_callback(lambda _: self.call_later(self._hand_on))

    # -- line ends ---------------------------------------------------------------------------------------

    def _may_end_line(self, event: InputEvent | Paste) -> bool:
        """Return whether that is Enter in a field that takes a paste of several lines."""
        return isinstance(event, Key) and event.key == "enter" and getattr(self.focused, "JOINS_LINES", False)

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
