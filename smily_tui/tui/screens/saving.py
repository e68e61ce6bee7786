"""Files that a person saves from a screen: transcript of the wire, list of today."""

from __future__ import annotations

from asyncio import to_thread
from typing import Any

from smily_tui.desktop.files import save_text
from smily_tui.errors import SmilyError
from smily_tui.messages.queue import TODAY_KEPT, TODAY_SAVED
from smily_tui.queue import today
from smily_tui.text import clean
from smily_tui.tui.screens.base import StatusScreen, once
from smily_tui.tui.screens.dialogs import FolderDialog, TodayScreen
from smily_tui.wire import explain


@once()
async def save_transcript(screen: StatusScreen[Any]) -> None:
    """Ask for a folder and write the redacted exchanges into it."""
    log = screen.app.wire
    if not log.exchanges:
        screen.status.say("No requests yet.")
        return
    now = screen.app.clock.now().wall
    text = explain.transcript(log.link.address if log.link else "", log.exchanges, now)
    await _save(screen, FolderDialog(), explain.file_name(now), text, "✓ Saved the transcript to {path}")


@once()
async def save_today(screen: StatusScreen[Any]) -> None:
    """Show what was authorized today, and write it into a file if the person wants that."""
    try:
        entries = await to_thread(screen.app.stored.authorized_today)
    except SmilyError as error:
        screen.status.error(error)
        return
    now = screen.app.clock.now().wall
    if await screen.app.push_screen_wait(TodayScreen(entries)):
        dialog = FolderDialog(assurance=TODAY_KEPT)
        await _save(screen, dialog, today.file_name(now), today.as_csv(entries), TODAY_SAVED)


async def _save(screen: StatusScreen[Any], dialog: FolderDialog, name: str, text: str, saved: str) -> None:
    folder = await screen.app.push_screen_wait(dialog)
    if not folder:
        return
    status = screen.status
    try:
        path = await to_thread(save_text, folder, name, text)
    except SmilyError as error:
        status.error(error)
    else:
        status.done(saved.format(path=clean(path)))
