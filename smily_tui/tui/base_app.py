"""Base app: theme, keys and preferences from config.toml."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from textual.app import SystemCommand
from textual.scrollbar import ScrollBar

from smily_tui.errors import SmilyError
from smily_tui.text import Clean, clean
from smily_tui.tui.ascii import AsciiFilter
from smily_tui.tui.input import InOrderApp
from smily_tui.tui.themes import PLAIN, THEMES
from smily_tui.tui.widgets.bars import LineScrollBar
from smily_tui.vault.settings import CLIPBOARDS, Preferences, not_one_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from textual.dom import DOMNode
    from textual.filter import LineFilter
    from textual.screen import Screen
    from textual.theme import Theme
    from textual.types import AnimationLevel

    from smily_tui.accounts import Accounts
    from smily_tui.tui.actions import Action


_ANIMATIONS: Final[dict[str, AnimationLevel]] = {"none": "none", "basic": "basic", "full": "full"}


class BaseApp(InOrderApp):
    """Looks, keys, and the palette and help that follow from them.

    Args:
        authorizations: where the preferences are stored.
        ascii: show nothing but ASCII, whatever the preferences say.

    Attributes:
        ignored: what the preferences hold that could not be used, in words.
    """

    def __init__(self, authorizations: Accounts, *, ascii: bool = False) -> None:  # noqa: A002
        no_colour = bool(os.environ.get("NO_COLOR"))
        super().__init__(ansi_color=True if no_colour else None)
        ScrollBar.renderer = LineScrollBar
        self._stored = authorizations
        preferences, self.ignored = _read(authorizations)
        self.in_ascii = ascii or preferences.ascii
        self._offer_themes((PLAIN,) if no_colour else THEMES, preferences.theme)
        if preferences.animation in _ANIMATIONS:
            self.animation_level = _ANIMATIONS[preferences.animation]
        self.clipboard_way = preferences.clipboard or CLIPBOARDS[0]
        self._wanted_keys = preferences.keys
        self._own_keys: dict[str, str] = {}

    # -- looks -------------------------------------------------------------------------------------------

    def _offer_themes(self, themes: Sequence[Theme], wanted: str) -> None:
        """Have our own themes only, and the wanted one if it is among them."""
        before = list(self.available_themes)
        for theme in themes:
            self.register_theme(theme)
        self.theme = wanted if wanted in {each.name for each in themes} else themes[0].name
        for name in before:
            self.unregister_theme(name)
        known = [each.name for each in THEMES]
        if wanted and wanted not in known:
            self.ignored += (not_one_of("theme", wanted, known),)

    def remember_themes(self) -> None:
        """From now on, store each theme that is chosen."""
        self.theme_changed_signal.subscribe(self, self._remember)

    def _remember(self, theme: Theme) -> None:
        def store() -> None:
            try:
                self._stored.save_theme(theme.name)
            except SmilyError as error:
                words = f"The theme is not remembered. {error.what}"
                self.call_from_thread(self._say, f"! {words}")

        self.run_worker(store, thread=True, exit_on_error=False)

    def _say(self, words: str) -> None:
        """Words on the status line of the first screen that has one, from the top.

        Not in a toast: the toolkit loses wide letters of it that stand over an edge of what is below.
        """
        from smily_tui.tui.widgets.status_line import StatusLine

        for screen in reversed(self.screen_stack):
            for line in screen.query(StatusLine):
                line.say(words)
                return

    def get_line_filters(self) -> Sequence[LineFilter]:
        """What happens to each line before it is shown."""
        filters = super().get_line_filters()
        return [*filters, AsciiFilter()] if self.in_ascii else filters

    # -- keys and actions --------------------------------------------------------------------------------

    def use_own_keys(self) -> None:
        """Take the keys from the preferences; after the first frame, which needs none."""
        from smily_tui.tui.keys import read_keys

        self._own_keys, unusable = read_keys(self._wanted_keys)
        self.ignored += unusable
        self.set_keymap(self._own_keys)

    def actions_on(self, screen: Screen[object]) -> Iterator[tuple[DOMNode, Action]]:
        """Each action of a screen and of the widgets on it, with its keys, and who does it."""
        for node in (screen, *screen.query("*")):
            for each in getattr(node, "ACTIONS", ()):
                yield (self if each.of_app else node), self._with_own_key(each)

    def key_of(self, action: Action) -> str:
        """The key of an action, as people write it."""
        return self._with_own_key(action).keys

    def keys_of(self, actions: Iterable[Action]) -> dict[str, str]:
        """The keys of these actions by the names of the actions, for sentences that speak of them."""
        return {each.name: self.key_of(each) for each in actions}

    def _with_own_key(self, action: Action) -> Action:
        key = self._own_keys.get(action.name)
        return action.on(key) if key else action

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The palette: what can be done now, and the looks. No screenshot: it could show secrets."""
        told = set()
        for node, each in self.actions_on(screen):
            if each.name not in told and node.check_action(each.name, ()) and _is_shown(node):
                told.add(each.name)
                yield SystemCommand(each.label, each.help, getattr(node, f"action_{each.name}"))
        yield SystemCommand("Theme", "Choose the colours; they are remembered.", self.action_change_theme)

    def action_help(self) -> None:
        """What the present screen is for, and its keys."""
        about = getattr(self.screen, "ABOUT", "")
        if about:
            from smily_tui.tui.screens.dialogs import HelpScreen

            actions = [each for _, each in self.actions_on(self.screen)]
            self.push_screen(HelpScreen(about.format_map(self.keys_of(actions)), actions))


def _read(authorizations: Accounts) -> tuple[Preferences, tuple[Clean, ...]]:
    try:
        found = authorizations.preferences()
    except SmilyError as error:
        return Preferences(), (clean(error.what),)
    return found, found.ignored


def _is_shown(node: DOMNode) -> bool:
    return all(getattr(each, "display", True) for each in node.ancestors_with_self)
