"""Every action is defined once: its key, label, help and palette entry can never disagree."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from textual.binding import Binding

from smily_tui.messages.accounts import ACTION_TEXTS

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class Action:
    """One thing that a person can do on a screen.

    Attributes:
        key: the key, or several with commas, as Textual writes them.
        name: the method `action_NAME` of the screen or app.
        label: a word or two, for footer and palette.
        help: one sentence.
        show: whether the footer has room for it.
        of_app: whether the app does it rather than the screen.
    """

    key: str
    name: str
    label: str
    help: str
    show: bool = True
    of_app: bool = False

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
            tooltip=action.help,
            id=action.name,
        )
        for action in actions
    ]


# some terminals keep keys for themselves (VS Code: F1, ctrl+p, ctrl+q; docker attach: ctrl+p, ctrl+q),
# so the palette has each action, too; ctrl+z is here because Textual 8.2.8 binds no key to its action
EVERYWHERE = (
    Action("f1", "help", "Help", "What this screen is for, and all its keys.", of_app=True),
    Action(
        "ctrl+q",
        "quit",
        "Quit",
        "Leave; a refresh that is running is finished and saved.",
        show=False,
        of_app=True,
    ),
    Action(
        "ctrl+z", "suspend_process", "Suspend", "Back to the shell; fg returns here.", show=False, of_app=True
    ),
)

WIRE = (
    Action("f2", "wire", "Wire", "What is said over HTTP: each request and answer, explained."),
    Action(
        "f3",
        "transcript",
        "Save transcript",
        "Write what was said, masked, into a Markdown file.",
        show=False,
        of_app=True,
    ),
)

WIRE_PANEL = (Action("escape", "close_wire", "Close", "Close the wire view.", show=False),)


def _job(name: str, *, show: bool = True, of_app: bool = False) -> Action:
    """Return the action for a job that the plain mode has, too, in the same words."""
    job = ACTION_TEXTS[name]
    return Action(job.key, name, job.label, job.help, show=show, of_app=of_app)


TODAY = Action(
    "T",
    "export_today",
    "Export today's list",
    "What was authorized today; as CSV without secrets if you want.",
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
    Action("s", "sort", "Sort", "Sort by name, by state, by time left."),
    Action(
        "f",
        "only",
        "Filter",
        "Show only those that need you, that expire, are expired, are valid.",
    ),
    Action("l", "results", "Last results", "What came of the last refresh, account by account.", show=False),
    Action(
        "escape",
        "show_all",
        "Show all",
        "End search and filter; while many are refreshed: begin no more of them.",
        show=False,
    ),
    Action("Q", "queue", "Queue", "Many owners to ask: one after the other, from a list.", show=False),
    TODAY,
    Action(
        "question_mark", "help", "Help", "What this screen is for, and all its keys.", show=False, of_app=True
    ),
)

# no letters, which are typed into the fields; nor ctrl+i, ctrl+m, ctrl+h and ctrl+[, which terminals send as
# Tab, Enter, Backspace and Esc
WIZARD = (
    Action(
        "escape", "back", "Back", "One step back, or stop a request that can be stopped; nothing is lost."
    ),
    Action("ctrl+o", "open_link", "Open link", "Open the link in your browser (step 3)."),
    Action("ctrl+y", "copy_link", "Copy link", "Copy the link (step 3)."),
    Action("ctrl+t", "plain_link", "As text", "Show the link as plain text, to select and copy (step 3)."),
    Action("ctrl+g", "qr", "QR code", "Show the link as a QR code for a phone (step 3).", show=False),
    Action(
        "f4",
        "message",
        "Message",
        "Copy a ready message with the link for an owner elsewhere (step 3).",
        show=False,
    ),
)

OWNER = (Action("f8", "say_yes", "Be the owner", "The owner's page without a browser (step 3).", show=False),)
QUEUE_TABLE = (Action("enter", "go_on", "Go on", "Go on with the chosen row: its link, then its code."),)

QUEUE = (
    Action("a", "add_rows", "Add", "Enter rows: typed, pasted, or from a CSV file."),
    Action("slash", "find", "Find", "Type a part of a name to find a row."),
    Action("d", "remove_row", "Remove", "Take the chosen row off the list."),
    Action("D", "clear_done", "Remove done", "Take all rows that are verified off the list.", show=False),
    TODAY,
    Action("escape", "back", "Back", "Back to the accounts; the list stays."),
)


def _without_step(action: Action) -> Action:
    """Return an action of the wizard for a screen that has no steps."""
    return replace(action, help=action.help.replace(" (step 3)", ""))


QUEUE_ROW = (
    Action("escape", "back", "Back", "Back to the list, or stop a request that can be stopped."),
    Action("f8", "next_row", "Next", "Leave this row as it is; go to the next one that waits."),
    *(_without_step(action) for action in WIZARD if action.name != "back"),
)

# F8, its key in the wizard, is the next row here
QUEUE_OWNER = (_without_step(OWNER[0]).on("f10"),)

QUEUE_ADD = (
    Action("escape", "leave", "Back", "Add nothing."),
    # ctrl+s arrives: Textual's driver turns the terminal's flow control (IXON) off
    Action("ctrl+s", "add_to_list", "Add", "Add these rows to the list."),
)

PERMISSIONS = (
    Action(
        "slash", "filter", "Find", "Type a wish, a request (GET /rentals) or a name; +name adds one (step 2)."
    ),
    Action("1", "preset_read_only", "Preset: read only", "See all, change nothing (step 2).", show=False),
    Action("2", "preset_bookings", "Preset: bookings", "Take and see bookings (step 2).", show=False),
    Action("3", "preset_everything", "Preset: everything", "All that there is (step 2).", show=False),
    Action(
        "4", "preset_last", "Preset: same as last time", "What you asked for last time (step 2).", show=False
    ),
)

PERMISSIONS_FOUND = (
    Action("escape", "end_search", "End the search", "Show all permissions again (step 2)."),
)

DONE = (
    Action("u", "ask_again", "Ask again", "Ask the owner again for what was not given (step 4).", show=False),
)

SCOPES = (
    Action("space", "select", "Tick", "Ask for this permission, or do not (step 2)."),
    Action("enter", "go_on", "Continue", "Go on with what is ticked (step 2).", show=False),
)

QUESTION = (
    Action("escape", "safe", "Leave it", "The safe answer; the left and right buttons are the answers."),
    *EVERYWHERE,
)

NAME = (
    Action("escape", "leave", "Back", "Leave the name as it is."),
    *EVERYWHERE,
)

CONSENT = (
    Action("escape", "leave", "Close", "Leave the page without an answer."),
    *EVERYWHERE,
)

READING = (
    Action("escape,q", "close", "Close", "Back to the screen below."),
    *EVERYWHERE,
)

MESSAGE = (Action("escape", "close", "Close", "Copy nothing."), *EVERYWHERE)

FOLDER = (replace(NAME[0], help="Write nothing."), *EVERYWHERE)

APPLICATIONS = (replace(NAME[0], help="Back to the accounts; nothing is connected."), *EVERYWHERE)

TODAY_LIST = (replace(MESSAGE[0], help="Back to the screen below; nothing is saved."), *EVERYWHERE)

HELP = (Action("escape,f1,q,question_mark", "close", "Close", "Back to the screen below."),)

ON_SCREENS = (
    (*DASHBOARD, *WIRE),
    (*WIZARD, *OWNER, *PERMISSIONS, *SCOPES, *DONE, *WIRE),
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
