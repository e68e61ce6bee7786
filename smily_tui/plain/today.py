"""Today's list in the plain mode: read it, save it as CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from smily_tui.messages import queue as say
from smily_tui.messages.accounts import time_of_day
from smily_tui.plain.console import sentences

if TYPE_CHECKING:
    from smily_tui.plain.session import Session


MOST_ENTRIES: Final = 50


def show_today(session: Session) -> None:
    """List what was authorized today, newest first, and save the whole list where that is wanted."""
    from smily_tui.desktop.files import save_text
    from smily_tui.queue import today

    console, stored = session.console, session.stored
    entries = stored.authorized_today()
    console.say(say.today(entries).replace(" ·", ",") + "." * bool(entries))
    for entry in list(reversed(entries))[:MOST_ENTRIES]:
        console.say(f"{time_of_day(entry.at)} {say.entry(entry)}".replace("! not", "Not"))
    if len(entries) > MOST_ENTRIES:
        console.say(f"And {len(entries) - MOST_ENTRIES} more. Save the list to see all of them.")
    if entries and console.confirmed("\n".join((*sentences(say.TODAY_KEPT), "Save the list as CSV?"))):
        folder = console.ask_unchanged("Folder", default="~")
        now = stored.clock.now().wall
        console.say(f"Saved to {save_text(folder, today.file_name(now), today.as_csv(entries))}")
