"""Step 2: permissions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from smily_tui.messages import connect as say
from smily_tui.oauth.scope_search import search
from smily_tui.oauth.scopes import PRESETS, arrange, closest_scope, find, included, is_valid_name
from smily_tui.text import clean, counted
from smily_tui.tui.actions import PERMISSIONS, PERMISSIONS_FOUND, SCOPES, Action, bindings
from smily_tui.tui.pages.page import Page, buttons, line
from smily_tui.tui.widgets.inputs import Button, PasteInput

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from textual.app import ComposeResult

    from smily_tui.tui.base_app import BaseApp


ABOUT_WIDTH, KIND_WIDTH = 13, 12
UNKNOWN = "Other"
ALWAYS = frozenset({"public"})


# not Textual's SelectionList (8.2.8): there only a colour tells what is ticked, and Enter ticks
class ScopeList(OptionList):
    """Scopes to tick with Space; a search hides rows and never unticks one."""

    ACTIONS = SCOPES
    BINDINGS = bindings(ACTIONS)

    class Ticked(Message):
        """Ticks have changed."""

    class Pointed(Message):
        """Cursor is on another row, or on none."""

    class GoOn(Message):
        """Go to the next step."""

    def __init__(self, chosen: Iterable[str], *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._ticked = set(chosen)
        self._query = ""
        self._rows: list[str] = []

    @property
    def chosen(self) -> tuple[str, ...]:
        """Ticked scopes, in the order of the request."""
        return arrange(self._ticked)

    @property
    def pointed(self) -> str | None:
        """Scope under the cursor."""
        return None if self.highlighted is None else self._rows[self.highlighted]

    def on_mount(self) -> None:
        self._fill()

    def choose(self, names: Iterable[str]) -> None:
        """Tick exactly these scopes."""
        self._ticked = set(names)
        self._fill()
        self.post_message(self.Ticked())

    def add(self, name: str) -> None:
        """Tick one more scope; the catalogue may not know it."""
        self.choose([*self._ticked, name])

    def search(self, query: str) -> None:
        """Show only rows that fit a task, an endpoint or a part of a name."""
        self._query = query
        self._fill()

    def action_go_on(self) -> None:
        self.post_message(self.GoOn())

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if self._rows[event.option_index] in self._ticked & ALWAYS:
            self.app.bell()  # without “public” nobody knows the account's owner
            return
        self._ticked ^= {self._rows[event.option_index]}
        # not `_fill`, which would move the cursor; another row may be included now
        for index in range(len(self._rows)):
            self.replace_option_prompt_at_index(index, self._row(index))
        self.post_message(self.Ticked())

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        self.post_message(self.Pointed())

    def _fill(self) -> None:
        unknown = sorted(name for name in self._ticked if find(name) is None)
        fitting = [name for name in unknown if self._query.strip().casefold() in name.casefold()]
        self._rows = [scope.name for scope in search(self._query)] + fitting
        if not self._rows and (meant := closest_scope(self._query)):
            self._rows = [meant]
        self.clear_options()
        self.add_options(Option(self._row(index)) for index in range(len(self._rows)))
        hits = [at for at, name in enumerate(self._rows) if not self._query or name not in ALWAYS]
        self.highlighted = next(iter(hits), 0) if self._rows else None
        self.post_message(self.Pointed())

    def included_in(self, name: str) -> str:
        """Return the wider ticked scope that includes a scope; empty where none does."""
        return included(self._ticked).get(name, "")

    def _tick(self, name: str) -> str:
        if name in self._ticked:
            return "[x]"
        return "[+]" if self.included_in(name) else "[ ]"

    def _row(self, index: int) -> Content:
        """Return resource, only where it changes, tick, kind and meaning of a scope."""
        name = self._rows[index]
        scope = find(name)
        about = _about(name) if index == 0 or _about(self._rows[index - 1]) != _about(name) else ""
        kind = scope.kind.ending if scope else name
        summary = scope.summary if scope else "not in Smily's list"
        return Content.assemble(
            (about.ljust(ABOUT_WIDTH), "bold"),
            f"{self._tick(name)} ",
            (kind.ljust(KIND_WIDTH), "bold" if name in self._ticked else ""),
            summary,
            "  (recommended)" if scope and scope.recommended else "",
        )


def _about(name: str) -> str:
    scope = find(name)
    return scope.resource if scope else UNKNOWN


PRESET = "preset_"


def in_brief(scopes: Collection[str]) -> str:
    """Return the name of the preset that these scopes are, or their number."""
    for action in PERMISSIONS:
        if set(PRESETS.get(_preset_name(action), ())) == set(scopes):
            return _preset_label(action)
    return counted(len(scopes), "permission")


def _preset_name(action: Action) -> str:
    return action.name.removeprefix(PRESET).replace("_", "-")


def _preset_label(action: Action) -> str:
    return action.label.partition(": ")[2].capitalize()


NOTHING_FOUND = "No match. Try: create bookings, prices, GET /rentals. +name adds any scope."


class PermissionsPage(Page):
    """Scopes to ask for: ticked one by one, found by a task, or taken as a preset."""

    DEFAULT_CSS = """
    PermissionsPage { overflow-y: hidden; }
    PermissionsPage ScopeList {
        height: 1fr; min-height: 4; border: none; background: $surface;
        text-wrap: nowrap; text-overflow: ellipsis; scrollbar-size-vertical: 1;
    }
    PermissionsPage ScopeList:focus { border: none; }
    PermissionsPage .presets, PermissionsPage .find { height: 1; }
    PermissionsPage .find Input { width: 1fr; }
    PermissionsPage .find .mark { width: 2; color: $text-accent; text-style: bold; }
    PermissionsPage .presets Button { width: auto; min-width: 0; margin-right: 1; }
    PermissionsPage #scope-about { height: auto; min-height: 1; color: $text-muted; }
    """
    ACTIONS = (*PERMISSIONS, *PERMISSIONS_FOUND)
    BINDINGS = bindings(ACTIONS)
    app: BaseApp
    _last: tuple[str, ...] = ()

    def compose(self) -> ComposeResult:
        yield line(say.SCOPES_QUESTION, "heading")
        yield line(f"{say.SCOPES_HINT} Space selects.")
        with Horizontal(classes="find"):
            yield Static("/", classes="mark", markup=False)
            yield PasteInput(placeholder="find: create bookings, prices, GET /rentals …", id="filter")
        yield Horizontal(
            *(self._preset_button(action) for action in PERMISSIONS if action.name.startswith(PRESET)),
            classes="presets",
        )
        yield ScopeList(["public"], id="scopes")
        yield line("", id="scope-about")
        yield line("", "count", id="scope-words")
        yield buttons("Continue ›")

    def _preset_button(self, action: Action) -> Button:
        key, label, name = self.app.key_of(action), _preset_label(action), _preset_name(action)
        return Button(Content(f"{key} {label}"), id=f"preset-{name}")

    def on_mount(self) -> None:
        self.remember(())

    def fill(self, scopes: Iterable[str]) -> None:
        """Tick these scopes."""
        self.query_one(ScopeList).choose(scopes)

    def remember(self, last: tuple[str, ...]) -> None:
        """Offer the scopes of the last time; none where there was no last time."""
        self._last = last
        self.query_one("#preset-last").display = bool(last)

    @property
    def chosen(self) -> tuple[str, ...]:
        """Ticked scopes."""
        return self.query_one(ScopeList).chosen

    def action_filter(self) -> None:
        self.query_one("#filter", Input).focus()

    @on(Button.Pressed, ".presets Button")
    def _preset(self, event: Button.Pressed) -> None:
        event.stop()
        self._take((event.button.id or "").removeprefix("preset-"))

    def _take(self, preset: str) -> None:
        self.query_one("#filter", Input).value = ""
        self.fill(PRESETS.get(preset, self._last))
        self.query_one(ScopeList).focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Allow the preset of the last time only where there was one, the end of a search only in one."""
        del parameters
        if action == "end_search":
            field = self.query_one("#filter", Input)
            return bool(field.value) or field.has_focus
        return action != "preset_last" or bool(self._last)

    def action_end_search(self) -> None:
        self.query_one("#filter", Input).value = ""
        self.query_one(ScopeList).focus()

    def action_preset_read_only(self) -> None:
        self._take("read-only")

    def action_preset_bookings(self) -> None:
        self._take("bookings")

    def action_preset_everything(self) -> None:
        self._take("everything")

    def action_preset_last(self) -> None:
        self._take("last")

    @on(Input.Changed, "#filter")
    def _search(self, event: Input.Changed) -> None:
        self.query_one(ScopeList).search(event.value.removeprefix("+"))
        # `end_search` is allowed from the first letter on; Textual asks again only when told to
        self.screen.refresh_bindings()

    @on(Input.Submitted, "#filter")
    def _add_or_leave(self, event: Input.Submitted) -> None:
        """Add a name that no row has, or one after a plus; else go to the rows."""
        scopes = self.query_one(ScopeList)
        name = self._addable(event.value)
        if name:
            event.input.value = ""
            scopes.add(name)
        scopes.focus()

    def _addable(self, typed: str) -> str:
        """Return the name that Enter would add; empty where there is none."""
        name = typed.strip().removeprefix("+")
        is_meant = typed.strip().startswith("+") or self.query_one(ScopeList).option_count == 0
        return name if is_meant and is_valid_name(name) and "/" not in name else ""

    @on(ScopeList.GoOn)
    def _go_on(self) -> None:
        self.post_message(self.GoOn())

    @on(ScopeList.Pointed)
    @on(ScopeList.Ticked)
    def _explain(self) -> None:
        """Show what Enter would add, or the meaning of the scope under the cursor."""
        pointed, typed = self.query_one(ScopeList).pointed, self.query_one("#filter", Input).value
        if addable := self._addable(typed):
            text = f"{_unlisted(addable)}Press Enter to add “{clean(addable, 40)}”."
        elif pointed is None:
            text = NOTHING_FOUND
        elif typed and not search(typed):
            text = say.MEANT.format(name=clean(typed.strip(), 40))
        else:
            text = f"{clean(pointed, 60)}: {self._meaning(pointed)}"
        self.query_one("#scope-about", Static).update(Content(text))

    def _meaning(self, name: str) -> str:
        wider, scope = self.query_one(ScopeList).included_in(name), find(name)
        if wider:
            return say.INCLUDED.format(wider=wider)
        return scope.meaning if scope else "requested as typed"

    @on(ScopeList.Ticked)
    def _count(self) -> None:
        """Show the number of ticked scopes, and advice on them."""
        remark = say.advice(self.chosen)
        if remark == say.PUBLIC_ALONE:
            remark = f"{remark} {say.READ_MORE.format(key=self.app.key_of(_READ_ONLY))}"
        text = Content(f"{len(self.chosen)} selected.")
        if remark:
            text = Content.assemble(text, (f" ! {remark}", "$text-warning"))
        self.query_one("#scope-words", Static).update(text)


_READ_ONLY = next(action for action in PERMISSIONS if action.name == "preset_read_only")


def _unlisted(name: str) -> str:
    """Remark on a name that the catalogue lacks; empty where it has it."""
    return "" if find(name) else f"{say.unknown(clean(name, 40))} "
