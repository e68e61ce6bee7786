"""Actions: key, label, help and palette entry of each, in one place."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from textual.binding import Binding

from smily_tui.messages.accounts import ACTION_TEXTS

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class Action:
    """Action that a person can take on a screen.

    Attributes:
        key: the key, or several with commas, as Textual writes them.
        name: the method `action_NAME` of the screen or app.
        label: a word or two, for footer and palette.
        help: one sentence.
        show: whether the footer has room for it.
        of_app: whether the app does it rather than the screen.
        priority: whether its binding comes before that of the same key in Textual's `App`.
    """

    key: str
    name: str
    label: str
    help: str
    show: bool = True
    of_app: bool = False
    priority: bool = False

    @property
    def textual_name(self) -> str:
        """Action as Textual's bindings name it."""
        return f"app.{self.name}" if self.of_app else self.name

    @property
    def keys(self) -> str:
        """Keys as people write them."""
        return " ".join(_shown(key) for key in self.key.split(","))

    def on(self, key: str) -> Action:
        """Return the same action with another key."""
        return replace(self, key=key)


def _shown(key: str) -> str:
    if key.startswith("f") and key[1:].isdigit():
        return key.upper()
    return _KEYS.get(key, key.replace("ctrl+", "^"))


_KEYS = {"slash": "/", "question_mark": "?", "escape": "esc"}


def bindings(actions: Sequence[Action]) -> list[Binding | tuple[str, str] | tuple[str, str, str]]:
    """Return Textual's bindings for actions."""
    return [
        Binding(
            action.key,
            action.textual_name,
            action.label,
            show=action.show,
            priority=action.priority,
            tooltip=action.help,
            id=action.name,
        )
        for action in actions
    ]


def _job(name: str, *, show: bool = True, of_app: bool = False) -> Action:
    """Return the action for a job that the plain mode also has, in the same words."""
    job = ACTION_TEXTS[name]
    return Action(job.key, name, job.label, job.help, show=show, of_app=of_app)


# some terminals keep keys for themselves (VS Code: F1, ctrl+p, ctrl+q; docker attach: ctrl+p, ctrl+q),
# so the palette also has each action; ctrl+z is here because Textual 8.2.8 binds no key to its action
EVERYWHERE = (
    Action("f1", "help", "Help", "Show what this screen is for, and its keys.", of_app=True),
    _job("quit", show=False, of_app=True).on("ctrl+q"),
    Action(
        "ctrl+z",
        "suspend_process",
        "Suspend",
        "Go to the shell. Type fg there to return.",
        show=False,
        of_app=True,
    ),
)

WIRE = (
    Action("f2", "wire", "Wire", "Show every HTTP request and response, explained."),
    Action(
        "f3",
        "transcript",
        "Save transcript",
        "Save the requests and responses as Markdown, without secrets.",
        show=False,
        of_app=True,
    ),
)

WIRE_PANEL = (Action("escape", "close_wire", "Close", "Close the wire view.", show=False),)


TODAY = Action(
    "T",
    "export_today",
    "Today's list",
    "See the accounts authorized today, and save them as CSV.",
    show=False,
    of_app=True,
)

REVEAL = _job("reveal")
# few are shown: at 80 columns the footer has room for about 66 cells
DASHBOARD = (
    _job("add"),
    _job("refresh"),
    REVEAL,
    _job("copy"),
    _job("find"),
    _job("quit", of_app=True),
    _job("new", show=False),
    _job("refresh_due", show=False),
    _job("again", show=False),
    _job("rename", show=False),
    _job("export", show=False),
    _job("history", show=False),
    _job("forget", show=False),
    _job("restore", show=False),
    Action("s", "sort", "Sort", "Sort by name, state or time left."),
    Action("f", "only", "Filter", "Filter by state."),
    Action("l", "results", "Last results", "See how the last refresh went, account by account.", show=False),
    Action(
        "escape",
        "show_all",
        "Show all",
        "Clear search and filter, or stop a bulk refresh.",
        show=False,
    ),
    Action("Q", "queue", "Queue", "Connect many accounts, one after the other.", show=False),
    TODAY,
    replace(EVERYWHERE[0], key="question_mark", show=False),
)

# of the first page; not ctrl+w, which deletes a word in fields. ctrl+d deletes only where there is something
FIRST = (
    Action("ctrl+n", "where", "Where?", "See where Client ID and Client Secret are found (step 1)."),
    Action("ctrl+d", "demo", "Demo", "Try the demo without an app. Esc comes back (step 1)."),
)

# no letter, which the code's field would take; ctrl+e goes to its end
CAUSES = Action(
    "ctrl+r", "causes", "Other causes", "See less likely causes of the error (step 3).", show=False
)

# no letters, which are typed into the fields; nor ctrl+i, ctrl+m, ctrl+h and ctrl+[, which terminals send as
# Tab, Enter, Backspace and Esc
WIZARD = (
    Action("escape", "back", "Back", "Go back one step, or stop the request. Nothing is lost."),
    Action("ctrl+o", "open_link", "Open link", "Open the link in your browser (step 3)."),
    Action("ctrl+y", "copy_link", "Copy link", "Copy the link (step 3)."),
    Action("ctrl+t", "plain_link", "As text", "Show the link as plain text, to select and copy (step 3)."),
    Action("ctrl+g", "qr", "QR code", "Show the link as a QR code for a phone (step 3).", show=False),
    Action("f4", "message", "Message", "Write a message to the owner, with the link (step 3).", show=False),
)

OWNER = (
    Action(
        "f8",
        "answer_as_owner",
        "Be the owner",
        "Answer as the owner, without a browser (step 3).",
        show=False,
    ),
)
QUEUE_TABLE = (Action("enter", "go_on", "Open", "Open the row: its link, then its code."),)

QUEUE = (
    Action("a", "add_rows", "Add", "Add accounts: type, paste or choose a CSV file."),
    Action("slash", "find", "Find", "Find a row by part of its name."),
    Action("d", "remove_row", "Remove", "Remove this row from the queue."),
    Action("D", "clear_done", "Remove connected", "Remove all connected rows from the queue.", show=False),
    TODAY,
    Action("escape", "back", "Back", "Go back to the accounts. The queue is kept."),
)


def _without_step(action: Action) -> Action:
    """Return an action of the wizard for a screen that has no steps."""
    return replace(action, help=action.help.replace(" (step 3)", ""))


QUEUE_ROW = (
    Action("escape", "back", "Back", "Go back to the queue, or stop the request."),
    Action("f8", "next_row", "Next", "Skip this row and open the next one to do."),
    *(_without_step(action) for action in WIZARD if action.name != "back"),
)

# F8, its key in the wizard, is the next row here
QUEUE_OWNER = (_without_step(OWNER[0]).on("f10"),)

QUEUE_ADD = (
    Action("escape", "leave", "Back", "Go back without adding anything."),
    # ctrl+s arrives: Textual's driver turns the terminal's flow control (IXON) off
    Action("ctrl+s", "add_to_list", "Add", "Add these accounts to the queue."),
)

PERMISSIONS = (
    Action(
        "slash",
        "filter",
        "Find",
        "Search by task, endpoint (GET /rentals) or name. +name adds any scope (step 2).",
    ),
    Action(
        "1", "preset_read_only", "Preset: read only", "See everything, change nothing (step 2).", show=False
    ),
    Action("2", "preset_bookings", "Preset: bookings", "See and create bookings (step 2).", show=False),
    Action("3", "preset_everything", "Preset: everything", "See and change everything (step 2).", show=False),
    Action("4", "preset_last", "Preset: same as last time", "Use your last selection (step 2).", show=False),
)

PERMISSIONS_FOUND = (Action("escape", "end_search", "Clear search", "Show all permissions again (step 2)."),)

DONE = (
    Action("u", "ask_again", "Ask again", "Ask the owner for the missing permissions (step 4).", show=False),
)

SCOPES = (
    Action("space", "select", "Select", "Select or clear this permission (step 2)."),
    Action("enter", "go_on", "Continue", "Continue with the selected permissions (step 2).", show=False),
)

QUESTION = (
    Action("escape", "safe", "Safe answer", "Choose the answer that loses nothing."),
    *EVERYWHERE,
)

NAME = (
    Action("escape", "leave", "Back", "Keep the current name."),
    *EVERYWHERE,
)

CONSENT = (
    Action("escape", "leave", "Close", "Close the page without an answer."),
    *EVERYWHERE,
)

READING = (
    Action("escape,q", "close", "Close", "Go back."),
    *EVERYWHERE,
)

MESSAGE = (Action("escape", "close", "Close", "Close without copying."), *EVERYWHERE)

FOLDER = (replace(NAME[0], help="Go back without saving."), *EVERYWHERE)

APPLICATIONS = (replace(NAME[0], help="Go back to the accounts."), *EVERYWHERE)

TODAY_LIST = (replace(MESSAGE[0], help="Close without saving."), *EVERYWHERE)

HELP = (Action("escape,f1,q,question_mark", "close", "Close", "Go back."),)

ON_SCREENS = (
    (*DASHBOARD, *WIRE),
    (*FIRST, *WIZARD, *OWNER, CAUSES, *PERMISSIONS, *SCOPES, *DONE, *WIRE),
    WIRE_PANEL,
    PERMISSIONS_FOUND,
    QUESTION,
    NAME,
    CONSENT,
    READING,
    MESSAGE,
    FOLDER,
    TODAY_LIST,
    APPLICATIONS,
    (*QUEUE, *QUEUE_TABLE, *WIRE),
    (*QUEUE_ROW, *QUEUE_OWNER, *WIRE),
    (*QUEUE_ADD, *EVERYWHERE),
)


def typed_into(screen: Sequence[Action]) -> bool:
    """Return whether a screen has fields, in which a single character is text."""
    return not {DASHBOARD[0], READING[0], WIRE_PANEL[0], QUEUE[0]} & set(screen)
