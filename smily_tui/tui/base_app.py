"""Base app: what screens and widgets ask of the app. It knows none of them."""

from __future__ import annotations

import functools
import os
import sys
from collections import deque
from typing import TYPE_CHECKING, Final, NamedTuple

from textual.reactive import var
from textual.scrollbar import ScrollBar

from smily_tui import signals
from smily_tui.errors import SmilyError
from smily_tui.secret import Secret
from smily_tui.text import Clean, clean
from smily_tui.tui.actions import Action, Entry, Group
from smily_tui.tui.ascii import AsciiFilter
from smily_tui.tui.input import GroundReported, InOrderApp
from smily_tui.tui.themes import ANSI, AUTO, MONO, THEMES, following
from smily_tui.tui.widgets.first_frame import LineScrollBar
from smily_tui.vault.settings import Preferences, not_one_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from textual.dom import DOMNode
    from textual.filter import LineFilter
    from textual.screen import Screen
    from textual.theme import Theme
    from textual.types import AnimationLevel

    from smily_tui.accounts import Accounts
    from smily_tui.demo import DemoInfo
    from smily_tui.desktop.browser import Opened
    from smily_tui.desktop.clipboard import Clipboard, Copied
    from smily_tui.tui.wire.log import WireLog

MOST_MESSAGES: Final = 200
_OFFERED: Final = (Group.ONE, Group.ALL, Group.MOVE, Group.PROGRAM)  # order in the palette
_ANIMATIONS: Final[dict[str, AnimationLevel]] = {"none": "none", "basic": "basic", "full": "full"}


class Logged(NamedTuple):
    """Message of a status line, for a person who was not looking.

    Attributes:
        at: when it was shown, in UTC seconds.
        text: its lines.
        kind: the class of the status line: -done, -error, or empty for a remark.
    """

    at: float
    text: str
    kind: str


class BaseApp(InOrderApp):
    """Themes, keys, wire log, browser and clipboard.

    Args:
        accounts: stored accounts and preferences.
        demo: what the demo fills in; None outside of it.
        ascii: show nothing but ASCII, whatever the preferences say.
        open_link, copy: open a link in a browser, copy a text; tests pass their own.

    Attributes:
        ignored: preferences that could not be used, in words.
        copies_agreed: tokens go to the clipboard without a question.
        presenter: large, calm and without secrets, for a projector.
        wire_open: the wire view is open on every screen.
        speed: seconds that pass in one; the demo can make its time faster.
        messages: what the status lines said last, oldest first; they are not stored.
        messages_fade: messages go after a while.
        order: name of the order in which accounts are listed; empty: none was chosen.
    """

    speed: var[float] = var(1.0)

    def __init__(
        self,
        accounts: Accounts,
        *,
        demo: DemoInfo | None = None,
        ascii: bool = False,  # noqa: A002
        open_link: Callable[[str], Opened] | None = None,
        copy: Callable[[str | Secret], Copied] | None = None,
    ) -> None:
        no_colour = bool(os.environ.get("NO_COLOR"))
        # for NO_COLOR Textual 8.2.8 shows greys (Monochrome); no colours at all (NoColor) only with this
        super().__init__(ansi_color=True if no_colour else None)
        # on the class, since Textual makes the scroll bars of its widgets itself
        ScrollBar.renderer = LineScrollBar
        self.stored = accounts
        self.clock = accounts.clock
        self.demo = demo
        self.presenter = self.wire_open = False
        self.messages: deque[Logged] = deque(maxlen=MOST_MESSAGES)
        self.messages_fade = True
        preferences, self.ignored = _read(accounts)
        self.order: str = preferences.order
        self.in_ascii = ascii or preferences.ascii
        self.copies_agreed = preferences.copy_without_asking
        self._offer_themes((MONO,) if no_colour else self._themes(), preferences.theme)
        if preferences.animation in _ANIMATIONS:
            self.animation_level = _ANIMATIONS[preferences.animation]
        self._open_link = open_link
        self._copy, self._clipboard_way = copy, preferences.clipboard
        self._wanted_keys = preferences.keys
        self._own_keys: dict[str, str] = {}

    @functools.cached_property
    def outer_clipboard(self) -> Clipboard:
        """Clipboard of the desktop; Textual's own is for what is cut inside the app."""
        from smily_tui.desktop.clipboard import Clipboard

        return Clipboard(self._clipboard_way, self._copy)

    @functools.cached_property
    def wire(self) -> WireLog:
        """Log of the requests and answers that helpers report."""
        from smily_tui.tui.wire.log import WireLog

        return WireLog(self)

    def explained(self, kind: str, text: str) -> str:
        """Put before `words` what the person asked the demo to make happen, if it is of that kind."""
        return text if self.demo is None else self.demo.ordered.explain(kind, text)

    def note_message(self, text: str, kind: str) -> None:
        """Keep a message, unless it repeats the one before."""
        if not self.messages or self.messages[-1].text != text:
            self.messages.append(Logged(self.clock.now().wall, text, kind))

    # -- themes -------------------------------------------------------------------------------------------

    def _themes(self) -> Sequence[Theme]:
        """Return the themes that the terminal can show, the usual one first."""
        if self.console.color_system in {"256", "truecolor"}:
            return (following(dark=True), *THEMES)
        # Rich would take the nearest of 16 colours: white for most of ours, on bright black
        return (ANSI, MONO)

    def _offer_themes(self, themes: Sequence[Theme], name: str) -> None:
        """Have our own themes only, and the wanted one if it is among them."""
        before = list(self.available_themes)
        for theme in themes:
            self.register_theme(theme)
        self.theme = name if name in {theme.name for theme in themes} else themes[0].name
        # after the choice: until then one of these is in use
        for unregistered in before:
            self.unregister_theme(unregistered)
        names = [AUTO, *(theme.name for theme in THEMES)]
        if name and name not in names:
            self.ignored += (not_one_of("theme", name, names),)

    def refresh_css(self, animate: bool = True) -> None:
        """Restyle what is there; before the first screen only the colours are noted."""
        # Textual 8.2.8 would parse the style sheet for a theme that is chosen before the start,
        # and once more for the first screen
        if self.screen_stack:
            super().refresh_css(animate)
        else:
            self.stylesheet.set_variables(self.get_css_variables())

    def on_ground_reported(self, event: GroundReported) -> None:
        """Follow the terminal's background, where the person has chosen no other theme."""
        stored = self.available_themes.get(AUTO)
        if stored is not None and stored.dark is not event.is_dark:
            self.register_theme(following(dark=event.is_dark))
            if self.theme == AUTO:
                self.mutate_reactive(BaseApp.theme)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Add the ASCII filter where it is wanted."""
        filters = super().get_line_filters()
        return [*filters, AsciiFilter()] if self.in_ascii else filters

    # -- keys and actions --------------------------------------------------------------------------------

    def use_own_keys(self) -> None:
        """Take the keys from the preferences, where there are some."""
        if not self._wanted_keys:
            return
        from smily_tui.tui.keys import read_keys

        self._own_keys, unusable = read_keys(self._wanted_keys)
        self.ignored += unusable
        self.set_keymap(self._own_keys)

    def actions_on(self, screen: Screen[object]) -> Iterator[tuple[DOMNode, Action]]:
        """Yield the actions of a screen and its widgets, each with its keys and the node that does it."""
        for node in (screen, *screen.query("*")):
            for action in getattr(node, "ACTIONS", ()):
                yield (self if action.of_app else node), self._with_own_key(action)

    def key_of(self, action: Action) -> str:
        """Return the key of an action, as people write it."""
        return self._with_own_key(action).keys

    def keys_of(self, actions: Iterable[Action]) -> dict[str, str]:
        """Return keys by the names of their actions, for sentences that name them."""
        return {action.name: self.key_of(action) for action in actions}

    def _with_own_key(self, action: Action) -> Action:
        key = self._own_keys.get(action.name)
        return action.on(key) if key else action

    def entries_on(self, screen: Screen[object]) -> Iterator[Entry]:
        """Yield what the palette offers: what can be done now, by group, and the themes."""
        subject, offered = getattr(screen, "SUBJECT", "account"), set()
        actions = sorted(self.actions_on(screen), key=lambda owned: _OFFERED.index(owned[1].group))
        for node, action in actions:
            if action.label not in offered and node.check_action(action.name, ()) and _is_shown(node):
                offered.add(action.label)
                act = functools.partial(self.run_action, action.name, node)
                group = action.group.value.format(subject)
                yield Entry(action.label, action.help, act, action.keys, group)
        yield Entry("Theme", "Choose the colours.", self.action_change_theme, group=Group.PROGRAM.value)

    def title_window(self, text: str) -> None:
        """Show a text as the title of the terminal's window, where the driver can."""
        title = getattr(self._driver, "window_title", None)
        if title is not None:
            title.show(text)

    # -- what leaves the terminal ----------------------------------------------------------------------

    def open_link(self, link: str) -> Opened:
        """Ask a browser to open a link, from a thread."""
        from smily_tui.desktop import browser

        return (self._open_link or browser.open_link)(link)

    def copy_outside(self, text: str | Secret, instead: str = "") -> str:
        """Copy a text, from a thread; the words say how it went, and what can be done `instead`.

        A secret goes to a clipboard that can be cleared again, never through the terminal, whose
        recordings would keep it.
        """
        copied = self.outer_clipboard.copy(text)
        if isinstance(text, Secret):
            return copied.words if copied.verified else f"{copied.words} {instead}".rstrip()
        # OSC 52: nothing acknowledges it, and tmux drops it by default; so the words never say “copied”
        if copied.ask_terminal:
            self.call_from_thread(self.copy_to_clipboard, text)
        return copied.words

    def clear_clipboard(self) -> bool:
        """Clear the clipboard now if a secret waits to be cleared; return whether one did."""
        return self.outer_clipboard.close()

    def qr_as_text(self, link: str) -> str:
        """Return the link as a QR code that may be longer than the screen, or the width it needs."""
        from smily_tui.desktop import qr

        try:
            drawing = qr.fitting(link, self.size.width, None, ascii=self.in_ascii)
        except qr.TooLongForQr as error:
            return f"({error.what})"
        if drawing is not None:
            return drawing.in_escapes()
        least = qr.drawings(link, ascii=self.in_ascii)[-1]
        return f"(The QR code needs {least.width} columns.)"

    def show_plain(self, text: str, link: str = "") -> None:
        """Leave the full screen, print a text that can be selected as it is, and wait for Enter.

        Where a text browser can open the link, and the person asks for that, it has the terminal meanwhile.
        """
        from smily_tui.desktop import browser

        name = browser.text_browser() if link else ""
        offer = f"\nOr type b and press Enter to open it here in {name}.\n" if name else ""
        # Textual's handlers of signals are off while the terminal waits for Enter
        with self.suspend(), signals.ending(interrupt=True):
            # Textual draws on stderr, too; stdout may lead into a file
            sys.stderr.write(f"\n{text}\n{offer}")
            sys.stderr.flush()
            if sys.stdin.readline().strip().casefold() == "b" and name:
                browser.open_in_terminal(name, link)
        self.refresh()


def _read(accounts: Accounts) -> tuple[Preferences, tuple[Clean, ...]]:
    try:
        preferences = accounts.settings.preferences()
    except SmilyError as error:
        return Preferences(), (clean(error.what),)
    return preferences, preferences.ignored


def _is_shown(node: DOMNode) -> bool:
    return all(getattr(ancestor, "display", True) for ancestor in node.ancestors_with_self)
