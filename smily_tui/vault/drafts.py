"""Draft of an unfinished wizard, kept for a day so that a person can continue.

The Client Secret is not in it: it is in the vault once a code was exchanged with it, and asked for again
otherwise.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from smily_tui.records import FreeText, decode, encode
from smily_tui.vault.disk import (
    Disk,
    check_private_folder,
    clean_temp_files,
    durable_replace,
    make_folder,
    read_private,
    remove,
)
from smily_tui.vault.errors import VaultError
from smily_tui.vault.format import decode_file, encode_file

if TYPE_CHECKING:
    from smily_tui.clock import Clock, Instant
    from smily_tui.origin import Origin
    from smily_tui.vault.home import Home


KIND: Final = "draft"
KEPT: Final = 86400.0
STEPS: Final = ("application", "permissions", "authorize")


@dataclass(frozen=True)
class Draft:
    """Draft of what was entered so far.

    Attributes:
        step: where the person was, one of `STEPS`.
        server: the origin it is meant for.
        name: the application's name.
        client_id: its Client ID.
        application: its key; empty where it was not entered whole.
        scopes: the permissions that were ticked.
        link_made: when the link was made; None where none was.
        account_id: the account that the page should have chosen; None: any.
        at: when this was kept; what is entered is the same whenever that was.
    """

    step: str
    server: Origin
    name: FreeText
    client_id: FreeText
    application: str = ""
    scopes: tuple[FreeText, ...] = ("public",)
    link_made: Instant | None = None
    account_id: int | None = None
    at: Instant | None = field(default=None, compare=False)

    @property
    def number(self) -> int:
        """Number of the step, counted from 1."""
        return STEPS.index(self.step) + 1


class Drafts:
    """File of the draft. Best effort: I/O errors are ignored."""

    def __init__(self, home: Home, clock: Clock, server: Origin, disk: Disk | None = None) -> None:
        # no application can have a name with a dot
        self._path = home.state / "wizard.draft"
        self._clock = clock
        self._server = server
        self._disk = disk or Disk()

    def find(self) -> Draft | None:
        """Read the draft for this server; None where there is none less than a day old.

        Temporary files of killed writes are deleted.
        """
        clean_temp_files(self._path, self._disk)
        with contextlib.suppress(VaultError, KeyError, TypeError, ValueError):
            data = read_private(self._path, self._disk)
            draft = None if data is None else decode(Draft, decode_file(KIND, data, self._path))
            if draft is None or draft.at is None or draft.server != self._server or draft.step not in STEPS:
                return None
            # abs: a draft of tomorrow tells of a clock that was set back since
            if abs(self._clock.now().since(draft.at)) < KEPT:
                return draft
            self.drop()
        return None

    def keep(self, draft: Draft) -> None:
        """Write a draft in place of the one before."""
        with contextlib.suppress(VaultError):
            make_folder(self._path.parent, self._disk)
            check_private_folder(self._path.parent)
            durable_replace(
                self._path, encode_file(KIND, encode(replace(draft, at=self._clock.now()))), self._disk
            )

    def drop(self) -> None:
        """Delete the draft."""
        with contextlib.suppress(VaultError):
            remove(self._path, self._disk)


class Unfinished:
    """Wizard in progress: its draft is kept when it changes and dropped at the end.

    Args:
        drafts: where the draft lies; None: nothing is kept, as in the demo, whose store is thrown away.
    """

    def __init__(self, drafts: Drafts | None) -> None:
        self._drafts = drafts
        self._kept: Draft | None = None
        self._newest: Draft | None = None

    def note(self, draft: Draft | None) -> None:
        """Note what was entered so far; None where nothing is worth keeping."""
        self._newest = draft

    def keep(self) -> None:
        """Put it on the disk, unless it is there already; what was kept and erased since is dropped."""
        draft = self._newest
        if self._drafts is None or draft == self._kept:
            return
        if draft is None:
            self._drafts.drop()
        else:
            self._drafts.keep(draft)
        self._kept = draft

    def drop(self) -> None:
        """Drop the draft: the wizard is finished, or started over."""
        self._kept = self._newest = None
        if self._drafts is not None:
            self._drafts.drop()
