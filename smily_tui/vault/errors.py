"""What can go wrong with the store.

VaultError                 exit code 7
  NotWritable              the folder or disk cannot be written (rights, read-only)
  DiskFull                 no space or quota left
  Unreadable               the file cannot be read (rights, hardware)
  Damaged                  the file is cut or was changed; its checksum does not fit
  Newer                    a newer smily-tui wrote it
  Unsafe                   a link, a foreign owner or loose rights where only a private file may be
  NoHome                   nothing names a folder for the store
  Locked                   another process holds the lock for too long
  SettingsUnreadable       config.toml is not valid
  SettingsNotChangeable    config.toml is valid, but there is no safe way to write a change into it
  ProtectionError          the encryption at rest
    KeyUnavailable         the key that the store is encrypted with cannot be had:
      NoKeyring              no keyring of the system answers here
      KeyringSilent          it did not answer in time
      KeyringRefused         it is locked, or failed
      KeyMissing             it answers, and does not have that key
    NotSealed              a file of a protected store is not encrypted
    ProtectionLost         a file is encrypted, and nothing says that the store is protected
    HalfDone               protect or unprotect left some files as they were
  SealBroken (Damaged)     an encrypted file was changed, or belongs to another place
NoSuchAccount              exit code 3
SeveralAccounts            exit code 3
"""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING, ClassVar

from smily_tui.errors import SmilyError
from smily_tui.text import Untrusted, clean

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


class NoHome(VaultError):
    """Nothing names a folder for the store."""

    default_kept = "Nothing was read or written."
    default_next = "Name a folder: --home DIR, or the variable SMILY_TUI_HOME."


class Locked(VaultError):
    """Another process holds the lock of an account for too long."""

    default_next = "Wait for it to end, or stop that process, then try again."


class SettingsUnreadable(VaultError):
    """The settings file cannot be understood."""

    default_kept = "Nothing was overwritten."
    default_next = "Mend that line in an editor, or move the file away."


class SettingsNotChangeable(VaultError):
    """The settings file cannot be changed without touching more of it than the change."""

    default_kept = "Nothing was changed, in that file or in the store."


class SealBroken(Damaged):
    """An encrypted file was changed, or put in the place of another."""


class ProtectionError(VaultError):
    """What is stored is encrypted, and something about that is not as it should be."""

    default_kept = "Nothing was sent, nothing was changed, and nothing was written unencrypted."


class KeyUnavailable(ProtectionError):
    """The key that the store is encrypted with cannot be had."""

    reason: ClassVar[str] = "the keyring failed"


class NoKeyring(KeyUnavailable):
    """No keyring of the system answers here."""

    reason = "no keyring answers here"
    default_next = (
        "Try again where you are logged in to the desktop: cron and ssh often reach no keyring. For them the "
        "store has to be unencrypted: there, where the keyring answers, run smily-tui unprotect."
    )


class KeyringSilent(KeyUnavailable):
    """The keyring of the system did not answer in time."""

    reason = "the keyring did not answer"
    default_next = "Unlock it, or answer its question on the screen, then try again."


class KeyringRefused(KeyUnavailable):
    """The keyring of the system is locked, or failed."""

    reason = "the keyring is locked, or failed"
    default_next = "Unlock it, then try again."


class KeyMissing(KeyUnavailable):
    """The keyring of the system does not have the key."""

    reason = "the keyring keeps no key"
    default_next = (
        "Unlock or restore the keyring that has it. If it is gone for good, move the state folder away and "
        "authorize the accounts again."
    )


class NotSealed(ProtectionError):
    """A file of a protected store is not encrypted: it was put there by something else."""

    default_next = "If you put it there yourself, such as from a backup: smily-tui protect takes it in."


class ProtectionLost(ProtectionError):
    """A file is encrypted, and nothing says any more that the store is protected."""

    default_next = "Run smily-tui protect: it finds the key by the encrypted files."


class HalfDone(ProtectionError):
    """Some files could not be encrypted, or decrypted; everything can be read as before."""

    default_kept = "Nothing is lost: both kinds of files can be read meanwhile."


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


def not_one(spoken: str | Untrusted | None, found: Sequence[object]) -> NoSuchAccount | SeveralAccounts:
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
