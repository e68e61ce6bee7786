"""Actions: key, label, help and palette entry of each, in one place."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final, NamedTuple

from smily_tui.demo import TROUBLES
from smily_tui.messages.accounts import ACTION_TEXTS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.binding import Binding


class Group(Enum):
    """Group of actions in the help and the palette; `{}` is what the screen is about."""

    MOVE = "Move"
    ONE = "This {}"
    ALL = "All {}s"
    PROGRAM = "Program"


# by name: one action may stand on several screens; any other is about one account
_GROUPS: Final = {
    Group.MOVE: {
        "find", "sort", "only", "show_all", "filter", "end_search", "select", "go_on", "next_row",
        "back", "leave", "close", "close_wire", "safe",
    },
    Group.ALL: {
        "add", "new", "refresh_due", "restore", "results", "queue", "apps", "export_today",
        "add_rows", "clear_done", "add_to_list", "restore_app",
    },
    Group.PROGRAM: {"wire", "transcript", "help", "quit", "suspend_process"},
}  # fmt: skip


class Action(NamedTuple):
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
    def group(self) -> Group:
        """Group in the help and the palette."""
        return next((group for group, names in _GROUPS.items() if self.name in names), Group.ONE)

    @property
    def keys(self) -> str:
        """Keys as people write them."""
        return " ".join(_shown(key) for key in self.key.split(","))

    def saying(self, text: str) -> Action:
        """Return the same action with another sentence for it."""
        return self._replace(help=text)

    def on(self, key: str) -> Action:
        """Return the same action with another key."""
        return self._replace(key=key)


class Entry(NamedTuple):
    """Entry of the palette.

    Attributes:
        label: a word or two.
        help: one sentence.
        act: does it.
        keys: keys as people write them; empty where there is none.
        group: title that it stands under.
        is_nested: whether it stands in a list of its own, and here is found by its name only.
    """

    label: str
    help: str
    act: Callable[[], object]
    keys: str = ""
    group: str = ""
    is_nested: bool = False


def _shown(key: str) -> str:
    if key.startswith("f") and key[1:].isdigit():
        return key.upper()
    return _KEYS.get(key, key.replace("ctrl+", "^"))


_KEYS = {"slash": "/", "question_mark": "?", "escape": "esc", "right": "→", "left": "←"}


def with_letters(answers: Sequence[Action], *, safe: str, asked_by: str) -> tuple[Action, ...]:
    """Return the answers to a question, each with the first letter of a word of its label that is free.

    The letter that a person reads comes first; yes and no keep y and n, and the safe answer has Esc as well.
    The key that brought the question up is no letter: pressed twice, it would answer.
    """
    taken = {asked_by, *(action.key for action in answers)}
    lettered = []
    for action in answers:
        initials = (word[0].casefold() for word in action.label.split())
        letter = next((key for key in initials if key.isascii() and key.isalpha() and key not in taken), "")
        taken.add(letter)
        keys = filter(None, (letter, action.key, "escape" if action.name == safe else ""))
        lettered.append(action.on(",".join(keys)))
    return tuple(lettered)


def bindings(actions: Sequence[Action]) -> list[Binding | tuple[str, str] | tuple[str, str, str]]:
    """Return Textual's bindings for actions."""
    from textual.binding import Binding  # here: `smily-tui keys` does not wait for Textual

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
REVEAL_REFRESH = Action(
    "V", "reveal_refresh", "Show refresh token", "Show the refresh token for 30 seconds.", show=False
)
# in every list of rows, beside the arrows
MOVES = (
    Action("j", "scroll_down", "Next row", "Move down.", show=False),
    Action("k", "scroll_up", "Previous row", "Move up.", show=False),
    Action("g", "scroll_home", "First row", "Go to the first row.", show=False),
    Action("G", "scroll_end", "Last row", "Go to the last row.", show=False),
)
SELECT = Action(
    "space", "select", "Select", "Select several accounts, to refresh, forget or export them.", show=False
)
# few are shown: at 80 columns the footer has room for about 66 cells
DASHBOARD = (
    _job("add"),
    _job("refresh"),
    _job("copy"),
    _job("try_it"),
    _job("find"),
    Action("s", "sort", "Sort", "Sort by the next column."),
    Action("f", "only", "Filter", "Filter by state."),
    _job("quit", of_app=True),
    REVEAL,
    REVEAL_REFRESH,
    _job("undo"),
    _job("new", show=False),
    _job("refresh_due", show=False),
    _job("again", show=False),
    _job("rename", show=False),
    _job("export", show=False),
    _job("history", show=False),
    _job("forget", show=False),
    _job("restore", show=False),
    Action("l", "results", "Last results", "See how the last refresh went, account by account.", show=False),
    Action(
        "escape",
        "show_all",
        "Show all",
        "Clear selection, search and filter, or stop a bulk refresh.",
    ),
    Action("A", "apps", "Apps", "See your apps, rename or remove one, replace its secret.", show=False),
    Action("Q", "queue", "Queue", "Connect many accounts, one after the other.", show=False),
    TODAY,
    Action("L", "log", "Messages", "See the messages of this session again.", show=False),
    EVERYWHERE[0]._replace(key="question_mark", show=False),
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
LINK_ACTIONS = frozenset(action.name for action in (*WIZARD[1:], *OWNER))
"""Names of the actions on the link of step 3."""

QUEUE_TABLE = (
    Action("enter", "go_on", "Open", "Open this row. On a connected row, open the next one to do."),
)

QUEUE = (
    Action("a", "add_rows", "Add", "Add accounts: type, paste or choose a CSV file."),
    Action("slash", "find", "Find", "Find a row by part of its name."),
    Action("e", "edit_row", "Edit", "Change this row's name, account number or permissions."),
    Action("d", "remove_row", "Remove", "Remove this row from the queue."),
    Action("D", "clear_done", "Remove connected", "Remove all connected rows from the queue.", show=False),
    Action("u", "ask_again", "Ask again", "Ask the owner of a connected account again.", show=False),
    TODAY,
    Action("escape", "back", "Back", "Go back to the accounts. The queue is kept."),
)


def _without_step(action: Action) -> Action:
    """Return an action of the wizard for a screen that has no steps."""
    return action._replace(help=action.help.replace(" (step 3)", ""))


QUEUE_ROW = (
    Action("escape", "back", "Back", "Go back to the queue, or stop the request."),
    Action("f9", "next_row", "Next", "Skip this row and open the next one to do."),
    *(_without_step(action) for action in WIZARD if action.name != "back"),
)

QUEUE_OWNER = (_without_step(OWNER[0]),)

QUEUE_ADD = (
    Action("escape", "leave", "Back", "Go back without adding anything."),
    # ctrl+s arrives: Textual's driver turns the terminal's flow control (IXON) off
    Action("ctrl+s", "add_to_list", "Add", "Add these accounts to the queue."),
)

QUEUE_EDIT = (
    Action("escape", "leave", "Back", "Go back without changing the row."),
    Action("ctrl+s", "save_row", "Save", "Save the row."),
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

# names of their own: a single letter of [keys] moves an action of the dashboard, which has no fields
DONE = (
    Action("t", "first_call", "Try it", "Make a first call with the new token (step 4)."),
    Action("y", "right_account", "Yes", "Confirm that it is the right account (step 4).", show=False),
    Action("n", "wrong_account", "No", "Forget this account, then authorize another (step 4).", show=False),
    Action("u", "ask_again", "Ask again", "Ask the owner for the missing permissions (step 4).", show=False),
    Action("a", "another", "Another account", "Connect another account with the same app (step 4)."),
    Action("c", "copy_token", "Copy token", "Copy the access token (step 4).", show=False),
    Action("d,escape", "to_dashboard", "Dashboard", "Go to the accounts, or stop the call (step 4)."),
)

TRY_IT = (
    Action("enter,t", "send", "Send", "Send the request. Choose another one with the arrows."),
    Action("c", "copy_curl", "Copy as curl", "Copy the request as a curl command, without the token."),
    Action("u", "ask_for_it", "Ask for it", "Ask the owner for the permission that the request needs."),
    Action("escape", "back", "Back", "Go back, or stop the request."),
)

SCOPES = (
    Action("space", "select", "Select", "Select or clear this permission (step 2)."),
    Action("enter", "go_on", "Continue", "Continue with the selected permissions (step 2).", show=False),
)

# each question has its own words for these, and a letter of its own for each
ANSWERS = (
    Action("y", "yes", "Yes", "Choose the first answer."),
    Action("n", "no", "No", "Choose the last answer."),
)
QUESTION = (*ANSWERS, *EVERYWHERE)


def labelled(yes: str, no: str) -> tuple[Action, Action]:
    """Return the two answers in the words of a question."""
    return ANSWERS[0]._replace(label=yes), ANSWERS[1]._replace(label=no)


ALWAYS = Action("a", "always", "Don't ask again", "Copy now and from now on, without this question.")
COPY_QUESTION = (ANSWERS[0], ALWAYS, ANSWERS[1], *EVERYWHERE)

_LEAVE = Action("escape", "leave", "Cancel", "Keep the current name.")
NAME = (Action("enter", "accept", "Rename", "Save the name."), _LEAVE, *EVERYWHERE)

EXPORT = (
    Action("s", "save_export", "Save", "Save it as a file in this folder."),
    Action("c", "copy_export", "Copy", "Copy it instead."),
    _LEAVE._replace(help="Go back without exporting."),
    *EVERYWHERE,
)

CONSENT = (
    Action("a", "approve", "Authorize", "Approve as the owner of the chosen account."),
    Action("d", "decline", "Deny", "Decline as the owner."),
    _LEAVE._replace(label="Close", help="Close the page without an answer."),
    *EVERYWHERE,
)

READING = (
    Action("escape,q", "close", "Close", "Go back."),
    *EVERYWHERE,
)

RESULTS = (
    Action("f", "select_failed", "Select failed", "Select the failed accounts in the list."),
    *READING,
)

PALETTE = (Action("escape", "close", "Close", "Close the list."), *EVERYWHERE)

MESSAGE = (
    Action("c", "copy_message", "Copy", "Copy the message."),
    Action("t", "message_as_text", "As text", "Show the message as plain text, to select and copy."),
    Action("l", "next_language", "Language", "Write it in the next language."),
    READING[0]._replace(help="Close without copying."),
    *EVERYWHERE,
)

FOLDER = (
    Action("enter", "accept", "Save", "Save it in this folder."),
    _LEAVE._replace(help="Go back without saving."),
    *EVERYWHERE,
)

APPLICATIONS = (_LEAVE._replace(label="Back", help="Go back to the accounts."), *EVERYWHERE)

TODAY_LIST = (
    Action("s", "save_csv", "Save as CSV", "Save the list as a CSV file."),
    READING[0]._replace(help="Close without saving."),
    *EVERYWHERE,
)

APPS = (
    _job("rename").saying("Rename this app. Commands still use its short name."),
    Action("s", "new_secret", "New secret", "Replace the Client Secret, once the server accepts it."),
    Action("p", "app_permissions", "Permissions", "Choose the permissions to ask the next owner for."),
    Action("d", "remove_app", "Remove", "Move this app and its accounts to the trash."),
    Action("z,U", "restore_app", "Restore", "Restore the last removed app, with its accounts."),
    Action("escape", "back", "Back", "Go back to the accounts."),
)

APP_PERMISSIONS = (Action("escape", "back", "Back", "Go back. The permissions stay as they were."),)

SECRET = (
    Action("enter", "accept", "Check and replace", "Replace the old secret if the server accepts it."),
    _LEAVE._replace(help="Go back. The old secret stays."),
    *EVERYWHERE,
)

SLIDES = (
    Action("right", "next", "Next", "Perform the next step, for real."),
    Action("left", "previous", "Back", "Look back. Nothing is undone."),
    Action("x", "faults", "Trouble", "Show or hide the errors that keys 1 to 9 cause."),
    Action("t", "lapse", "Time ×60", "Let two hours pass in two minutes, or stop that.", of_app=True),
    Action("w", "http", "HTTP", "Show or hide the requests of this step, without secrets."),
    Action("f", "page", "Page", "Open the wizard or the accounts in the same state."),
    Action("b", "blank", "Blank", "Blank the screen, or show it again."),
    Action("home", "restart", "Start again", "Go back to the first step. Nothing is undone.", show=False),
    Action("escape", "leave", "Leave", "Close what is open, or leave the slides.", show=False),
    _job("quit", show=False, of_app=True),
)
FAULT_KEYS = tuple(
    Action(
        str(key),
        f"cause_{trouble.fault.replace('-', '_')}",
        trouble.label.capitalize(),
        trouble.help,
        show=False,
    )
    for key, trouble in enumerate(TROUBLES, 1)
)

HELP = (Action("escape,f1,q,question_mark", "close", "Close", "Go back."),)

ON_SCREENS = (
    (*DASHBOARD, *MOVES, SELECT, *WIRE),
    (*FIRST, *WIZARD, *OWNER, CAUSES, *PERMISSIONS, *SCOPES, *DONE, *WIRE),
    WIRE_PANEL,
    PERMISSIONS_FOUND,
    QUESTION,
    COPY_QUESTION,
    NAME,
    EXPORT,
    CONSENT,
    READING,
    RESULTS,
    MESSAGE,
    PALETTE,
    FOLDER,
    TODAY_LIST,
    APPLICATIONS,
    (*APPS, *MOVES, *WIRE),
    (*APP_PERMISSIONS, *PERMISSIONS, *SCOPES, *WIRE),
    SECRET,
    (*TRY_IT, *WIRE),
    (*QUEUE, *MOVES, *QUEUE_TABLE, *WIRE),
    (*QUEUE_ROW, *QUEUE_OWNER, CAUSES, *WIRE),
    (*QUEUE_ADD, *EVERYWHERE),
    (*QUEUE_EDIT, *EVERYWHERE),
    (*SLIDES, *FAULT_KEYS),
)


SCREENS = {
    "Everywhere": EVERYWHERE,
    "Lists": MOVES,
    "Accounts": (*DASHBOARD, SELECT),
    "Connect an account": (*FIRST, *WIZARD, *OWNER, CAUSES, *PERMISSIONS, *PERMISSIONS_FOUND, *SCOPES, *DONE),
    "Apps": APPS,
    "Queue": (*QUEUE_TABLE, *QUEUE),
    "Queue: one account": (*QUEUE_ROW, *QUEUE_OWNER),
    "Queue: add accounts": QUEUE_ADD,
    "Queue: change a row": QUEUE_EDIT,
    "Requests and responses": (*WIRE, *WIRE_PANEL),
    "Try it": TRY_IT,
    "Slides": (*SLIDES, *FAULT_KEYS),
    "Questions and texts": (*COPY_QUESTION[:3], READING[0]),
    "Results of the last refresh": RESULTS[:2],
    "Rename, save in a folder": (NAME[0], FOLDER[0], SECRET[0], NAME[1]),
    "Export": EXPORT[:3],
    "Message to the owner": MESSAGE[:4],
    "Today's list": TODAY_LIST[:2],
    "Owner's page of the demo": CONSENT[:3],
}
"""Actions of each screen, as documents and `smily-tui keys` list them."""


def typed_into(screen: Sequence[Action]) -> bool:
    """Return whether a screen has fields, in which a single character is text."""
    without_fields = (
        *(DASHBOARD, READING, WIRE_PANEL, QUEUE, APPS, SLIDES, TRY_IT),
        *(ANSWERS, CONSENT, MESSAGE, TODAY_LIST, RESULTS),
    )
    return not {actions[0] for actions in without_fields} & set(screen)
