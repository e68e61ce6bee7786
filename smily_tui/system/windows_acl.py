"""Privacy of files on Windows: an access control list for this user, the system and administrators alone."""

from __future__ import annotations

import ctypes
import re
import sys
from ctypes import byref, wintypes
from typing import TYPE_CHECKING, Final

from smily_tui.text import clean

if TYPE_CHECKING:
    from pathlib import Path

    from smily_tui.system.interface import Exposure

assert sys.platform == "win32"  # for types

ADMINISTRATORS: Final = frozenset({"SY", "BA"})  # as root elsewhere: they can take any file
# creator owner and owner rights: the owner, who is judged by itself
OWNERS: Final = frozenset({"CO", "OW"})

_kernel32: Final = ctypes.WinDLL("kernel32", use_last_error=True)
_advapi32: Final = ctypes.WinDLL("advapi32", use_last_error=True)
_kernel32.GetCurrentProcess.restype = wintypes.HANDLE
_kernel32.LocalFree.argtypes = [ctypes.c_void_p]


def make_private(path: Path) -> None:
    """Let this user, the system and administrators use a file or folder, and no one else."""
    inherit = "OICI" if path.is_dir() else ""
    rule = "D:P" + "".join(f"(A;{inherit};FA;;;{sid})" for sid in (user_sid(), *sorted(ADMINISTRATORS)))
    descriptor, dacl = ctypes.c_void_p(), 0x4
    if not _advapi32.ConvertStringSecurityDescriptorToSecurityDescriptorW(rule, 1, byref(descriptor), None):
        raise ctypes.WinError(ctypes.get_last_error())
    try:
        if not _advapi32.SetFileSecurityW(str(path), dacl, descriptor):
            raise ctypes.WinError(ctypes.get_last_error())
    finally:
        _kernel32.LocalFree(descriptor)


_FILE: Final = 1  # SE_FILE_OBJECT
_OWNER_AND_DACL: Final = 0x1 | 0x4
_ENTRY: Final = re.compile(r"\((?P<kind>[A-Z]+);(?P<flags>[^;]*);[^;]*;[^;]*;[^;]*;(?P<sid>[^;)]*)[^)]*\)")


def exposure(path: Path) -> Exposure | None:
    """Judge owner and ACL: only this user, the system and administrators may have access."""
    rule, user = _rule_of(path), _alias(user_sid())
    owner = re.match(r"O:(S-[0-9-]+|[A-Z]{2})", rule)
    whole = "(OI)(CI)F" if path.is_dir() else "F"
    if owner is None or owner[1] not in {user, *ADMINISTRATORS}:
        return (f"{clean(path)} belongs to another user.", "Take it:", ("takeown", "/f", path))
    _, has_acl, entries = rule.partition("D:")
    allowed = {match["sid"] for match in _ENTRY.finditer(entries) if match["kind"] not in ("D", "OD")}
    # without any list everybody may do everything
    if not has_acl or "NO_ACCESS_CONTROL" in entries or allowed - {user, *ADMINISTRATORS, *OWNERS}:
        # *: the user by number, which both shells write in the same way
        mine = ("icacls", path, "/inheritance:r", "/grant:r", f"*{user_sid()}:{whole}")
        return (f"Other users can read {clean(path)}.", "Make it private:", mine)
    return None


def _rule_of(path: Path) -> str:
    """Return owner and ACL in the security descriptor definition language."""
    descriptor = ctypes.c_void_p()
    failed = _advapi32.GetNamedSecurityInfoW(
        str(path), _FILE, _OWNER_AND_DACL, None, None, None, None, byref(descriptor)
    )
    if failed:
        raise ctypes.WinError(failed)
    try:
        return _in_words(descriptor)
    finally:
        _kernel32.LocalFree(descriptor)


def _in_words(descriptor: ctypes.c_void_p) -> str:
    text = wintypes.LPWSTR()
    if not _advapi32.ConvertSecurityDescriptorToStringSecurityDescriptorW(
        descriptor, 1, _OWNER_AND_DACL, byref(text), None
    ):
        raise ctypes.WinError(ctypes.get_last_error())
    try:
        return text.value or ""
    finally:
        _kernel32.LocalFree(text)


def _alias(sid: str) -> str:
    """Return the name that the definition language has for a SID, such as LA; the SID if it has none."""
    descriptor = ctypes.c_void_p()
    if not _advapi32.ConvertStringSecurityDescriptorToSecurityDescriptorW(
        f"O:{sid}", 1, byref(descriptor), None
    ):
        raise ctypes.WinError(ctypes.get_last_error())
    try:
        return _in_words(descriptor).removeprefix("O:")
    finally:
        _kernel32.LocalFree(descriptor)


def user_sid() -> str:
    """Return the security identifier of this process's user."""
    token, size, text = wintypes.HANDLE(), wintypes.DWORD(), wintypes.LPWSTR()
    query, token_user = 0x8, 1
    process = wintypes.HANDLE(_kernel32.GetCurrentProcess())
    if not _advapi32.OpenProcessToken(process, query, byref(token)):
        raise ctypes.WinError(ctypes.get_last_error())
    try:
        buffer = ctypes.create_string_buffer(256)
        if not _advapi32.GetTokenInformation(token, token_user, buffer, len(buffer), byref(size)):
            raise ctypes.WinError(ctypes.get_last_error())
        sid = ctypes.cast(buffer, ctypes.POINTER(ctypes.c_void_p))[0]
        if not _advapi32.ConvertSidToStringSidW(ctypes.c_void_p(sid), byref(text)):
            raise ctypes.WinError(ctypes.get_last_error())
        return text.value or ""
    finally:
        _kernel32.LocalFree(text)
        _kernel32.CloseHandle(token)
