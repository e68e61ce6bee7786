"""Failures of the store.

VaultError                 exit code 7
  NotWritable              the folder or disk cannot be written (permissions, read-only)
  DiskFull                 no space or quota left
  Unreadable               the file cannot be read (permissions, hardware)
  Damaged                  the file is cut or was changed; its checksum does not fit
  Newer                    a newer smily-tui wrote it
  Unsafe                   a link, another owner or loose permissions where only a private file may be
  NoHome                   nothing names a folder for the store
  Locked                   another process holds the lock for too long
  SettingsUnreadable       config.toml is not valid
  SettingsNotChangeable    config.toml is valid, but there is no safe way to write a change into it
  ProtectionError          the encryption at rest
    NotSealed              a file of a protected store is not encrypted
    ProtectionLost         a file is encrypted, and nothing says that the store is protected
    HalfDone               protect or unprotect left some files as they were
  KeyUnavailable           the key that the store is encrypted with cannot be had:
    NoKeyring              no keyring of the system answers here
    KeyringSilent          it did not answer in time
    KeyringRefused         it is locked, or failed
    KeyMissing             it answers, and does not have that key
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
    """Failure to read, lock or write the store."""

    exit_code = 7
    default_kept = "Nothing was changed. What was stored before is still there."


class NotWritable(VaultError):
    """Write that the system refused."""


class DiskFull(VaultError):
    """No space or quota left."""

    default_next = "Free some space, or choose another folder with --home, then try again."


class Unreadable(VaultError):
    """Read that the system refused."""


class Damaged(VaultError):
    """File that is cut or was changed by another program."""

    default_kept = "The file was not changed."
    default_next = "Restore it from a backup, or move it away and authorize the account again."


class Newer(VaultError):
    """File that a newer smily-tui wrote."""

    default_kept = "The file was not changed."
    default_next = "Update smily-tui, then try again."


class Unsafe(VaultError):
    """File that is a link, or that other users own or may read."""

    default_kept = "The file was neither read nor changed."


class NoHome(VaultError):
    """Nothing names a folder for the store."""

    default_kept = "Nothing was read or written."
    default_next = "Set a folder with --home DIR or the variable SMILY_TUI_HOME."


class Locked(VaultError):
    """Lock that another process holds for too long."""

    default_next = "Wait for it to end, or stop that process, then try again."


class SettingsUnreadable(VaultError):
    """Settings file that is not valid."""

    default_kept = "Nothing was overwritten."
    default_next = "Fix that line, or move the file away."


class SettingsNotChangeable(VaultError):
    """Settings file that cannot be changed without touching more of it than the change."""

    default_kept = "Neither that file nor the store was changed."


class SealBroken(Damaged):
    """Encrypted file that was changed, or put in the place of another."""


class ProtectionError(VaultError):
    """Failure of the encryption at rest."""

    default_kept = "Nothing was sent or changed, and nothing was written unencrypted."


class KeyUnavailable(VaultError):
    """Data key of the store that cannot be had."""

    default_kept = ProtectionError.default_kept
    reason: ClassVar[str] = "the keyring failed"


class NoKeyring(KeyUnavailable):
    """No keyring of the system answers here."""

    reason = "no keyring answers here"
    default_next = (
        "Try again in your desktop session. Cron and ssh often reach no keyring. For these, first run "
        "smily-tui unprotect in the desktop session."
    )


class KeyringSilent(KeyUnavailable):
    """Keyring that did not answer in time."""

    reason = "the keyring did not answer"
    default_next = "Unlock it, or answer its question on the screen, then try again."


class KeyringRefused(KeyUnavailable):
    """Keyring that is locked, or failed."""

    reason = "the keyring is locked, or failed"
    default_next = "Unlock it, then try again."


class KeyMissing(KeyUnavailable):
    """Keyring without the key."""

    reason = "the keyring keeps no key"
    default_next = (
        "Unlock or restore the keyring that has it. If it is gone for good, move the state folder away and "
        "authorize the accounts again."
    )


class NotSealed(ProtectionError):
    """File in clear in an encrypted store: another program put it there."""

    default_next = "Did you restore it from a backup? Run smily-tui protect to encrypt it."


class ProtectionLost(ProtectionError):
    """Encrypted file in a store whose encryption state is lost."""

    default_next = "Run smily-tui protect. It finds the key from the encrypted files."


class HalfDone(ProtectionError):
    """Conversion that left some files as they were; everything can be read as before."""

    default_kept = "Nothing is lost. All files can still be read."


class NoSuchAccount(SmilyError):
    """No stored account goes by that name."""

    exit_code = 3
    default_kept = "Nothing was sent."
    default_next = "List the accounts with smily-tui accounts, or add one with smily-tui connect."


class SeveralAccounts(SmilyError):
    """More than one stored account goes by that name."""

    exit_code = 3
    default_kept = "Nothing was sent."
    default_next = "Name one of them: APP/ACCOUNT."


def not_one(
    spoken: str | Untrusted | None, addresses: Sequence[object], meant: str = ""
) -> NoSuchAccount | SeveralAccounts:
    """Return the error for a name that means no account, or more than one; `meant` is a similar one."""
    name = "" if spoken is None else f"“{clean(spoken, 100)}”"
    if not addresses:
        if name:
            advice = f"Did you mean {meant}?" if meant else ""
            return NoSuchAccount(f"There is no account {name}.", next=advice)
        return NoSuchAccount("No account is stored.", next="Add one with smily-tui connect.")
    names = ", ".join(map(str, addresses[:5])) + (", …" if len(addresses) > 5 else "")
    ambiguity = f"{name} could be several accounts" if name else "There are several accounts"
    return SeveralAccounts(f"{ambiguity}: {names}.")


# EFBIG: the limit of the shell (ulimit -f)
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
# EPERM: an immutable file (chattr +i)
_CLOSED = {errno.EACCES, errno.EPERM, errno.EROFS}


def not_written(path: Path, error: OSError) -> VaultError:
    """Return the named error for a write that the system refused."""
    name, reason = clean(path), clean(error.strerror or error)
    if error.errno in _FULL:
        return DiskFull(f"The disk is full: {name} could not be saved ({reason}).")
    advice = "Fix what the system reports, or choose another folder with --home."
    if error.errno in _CLOSED:
        advice = f"Make {clean(path.parent)} writable, or choose another folder with --home."
    return NotWritable(f"Could not save {name}: {reason}.", next=advice)


def not_read(path: Path, error: OSError) -> VaultError:
    """Return the named error for a read that the system refused."""
    return Unreadable(
        f"Could not read {clean(path)}: {clean(error.strerror or error)}.",
        next=f"Make {clean(path)} readable, then try again.",
    )
