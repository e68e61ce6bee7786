"""What can go wrong with the store.

VaultError                 exit code 7
  NotWritable              the folder or disk cannot be written (rights, read-only)
  DiskFull                 no space or quota left
  Unreadable               the file cannot be read (rights, hardware)
  Damaged                  the file is cut or was changed; its checksum does not fit
  Newer                    a newer smily-tui wrote it
  Unsafe                   a link, a foreign owner or loose rights where only a private file may be
  Locked                   another process holds the lock for too long
  SettingsUnreadable       config.toml is not valid
NoSuchAccount              exit code 3
SeveralAccounts            exit code 3
"""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

from smily_tui.errors import SmilyError
from smily_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


class VaultError(SmilyError):
    """The store cannot be read, locked or written."""

    exit_code = 7
    default_kept = "Nothing was changed: what was stored before is still there."


class NotWritable(VaultError):
    """A folder or file of the store cannot be written."""


class DiskFull(VaultError):
    """There is no room left for the store."""

    default_next = "Free some space, or choose another folder with --home, then try again."


class Unreadable(VaultError):
    """A file of the store is there but cannot be read."""


class Damaged(VaultError):
    """A file of the store is cut or was changed by something else."""

    default_kept = "The file was left as it is."
    default_next = "Restore it from a backup, or move it away and authorize the account again."


class Newer(VaultError):
    """A file of the store was written by a newer smily-tui."""

    default_kept = "The file was left as it is."
    default_next = "Update smily-tui, then try again."


class Unsafe(VaultError):
    """A file of the store is a link, belongs to somebody else or can be read by others."""

    default_kept = "The file was neither read nor changed."


class Locked(VaultError):
    """Another process holds the lock of an account for too long."""

    default_next = "Wait for it to end, or stop that process, then try again."


class SettingsUnreadable(VaultError):
    """The settings file cannot be understood."""

    default_kept = "Nothing was overwritten."
    default_next = "Mend that line in an editor, or move the file away."


class NoSuchAccount(SmilyError):
    """No stored account goes by that name."""

    exit_code = 3
    default_kept = "Nothing was sent."
    default_next = "smily-tui accounts lists them; smily-tui connect adds one."


class SeveralAccounts(SmilyError):
    """More than one stored account goes by that name."""

    exit_code = 3
    default_kept = "Nothing was sent."
    default_next = "Say which one: APPLICATION/ACCOUNT."


def not_one(spoken: str | None, found: Sequence[object]) -> NoSuchAccount | SeveralAccounts:
    """The error for a name that means no account, or more than one."""
    name = "" if spoken is None else f"“{clean(spoken, 100)}”"
    if not found:
        return NoSuchAccount(f"There is no account {name}." if name else "No account is stored.")
    names = ", ".join(str(address) for address in found[:5]) + (", …" if len(found) > 5 else "")
    said = f"{name} could be several accounts" if name else "There are several accounts"
    return SeveralAccounts(f"{said}: {names}.")


_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_CLOSED = {errno.EACCES, errno.EPERM, errno.EROFS}


def not_written(path: Path, error: OSError) -> VaultError:
    """The named error for a write that the system refused."""
    shown, reason = clean(path), clean(error.strerror or error)
    if error.errno in _FULL:
        return DiskFull(f"The disk is full: {shown} could not be saved ({reason}).")
    advice = "Choose another folder with --home, or mend what the system complains of, then try again."
    if error.errno in _CLOSED:
        advice = f"Make {clean(path.parent)} writable for you, or choose another folder with --home."
    return NotWritable(f"Could not save {shown}: {reason}.", next=advice)


def not_read(path: Path, error: OSError) -> VaultError:
    """The named error for a read that the system refused."""
    return Unreadable(
        f"Could not read {clean(path)}: {clean(error.strerror or error)}.",
        next=f"Make {clean(path)} readable for you, then try again.",
    )
