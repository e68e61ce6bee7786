"""Journal of one account: the intent of a token request, and the raw response before it is parsed.

The intent and room for the answer are on the disk before a single byte is sent, so that a full or broken
disk is found while the refresh token is still good. The answer is on the disk before it is parsed.
"""

from __future__ import annotations

import contextlib
import os
import re
import time
import zlib
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from smily_tui.system import Process
from smily_tui.text import clean
from smily_tui.vault.disk import Disk, durable_replace, read_private, remove, write_all
from smily_tui.vault.errors import Damaged, Locked, VaultError
from smily_tui.vault.format import decode_file, encode_file, is_sealed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from smily_tui.records import Record
    from smily_tui.vault.encryption import Protection

ROOM: Final = 64 * 1024 + 2048
KIND: Final = "journal"
ASIDE: Final = ("next-damaged", *(f"next-damaged-{number}" for number in range(2, 10)))
_HEAD: Final = b"%s %d %d %08x%s\n"
_OPTION: Final = re.compile(rb"[a-z0-9,._-]{1,200}")
_WHOLE: Final = b"answer"
_PIECE: Final = b"piece"
_TORN: Final = b"torn"
_SEALED: Final = b"sealed"
_ANSWER: Final = "answer"


class Answer(NamedTuple):
    """Response of a token endpoint as it arrived: status and at most 64 KiB of body.

    Attributes:
        again_at: when, in seconds UTC, the server takes the next request; not kept on the disk.
        coding: how the body is coded, by its label.
        spent: the fingerprint of the code or refresh token that it answers; empty where that is not known.
    """

    status: int
    body: bytes
    again_at: float | None = None
    coding: str = ""
    spent: str = ""


Form = Literal["whole", "piece", "torn"]


class Entry(NamedTuple):
    """Content of a journal.

    Attributes:
        intent: what was to be sent: kind of grant, generation, fingerprint, time, process.
        arrived: what there is of the answer; None where there is nothing.
        form: whether that is whole, a piece that was cut on its way here, or torn on its way to the disk.
    """

    intent: Record
    arrived: Answer | None
    form: Form

    @property
    def answer(self) -> Answer | None:
        """Whole answer; None where none arrived or it was cut."""
        return self.arrived if self.form == "whole" else None

    @property
    def owner(self) -> Process:
        """Process that wrote it."""
        return Process(self.intent.integer("pid"), self.intent.integer("began"))

    def is_under_way(self) -> bool:
        """Return whether another process, still alive, is at work on this request."""
        return self.owner.pid != os.getpid() and self.owner.is_alive()


class Journal:
    """Journal file of one account.

    Args:
        path: where it is.
        disk: does the work.
        protection: whether it is encrypted; what `open` finds holds for the answer, too, so that the key
            is there before anything is sent.
        place: the account's address.
    """

    def __init__(self, path: Path, disk: Disk, protection: Protection, place: str) -> None:
        self.path = path
        self._disk = disk
        self._protection = protection
        self._places: tuple[str, ...] = (place,)
        self._generation = 0
        self._is_sealed = False
        self._answer_at = 0
        self.holds_answer = False

    def open(self, intent: dict[str, object], last_look: Callable[[], None] = lambda: None) -> None:
        """Write the intent, who writes it, and room for the answer, durably.

        Raises:
            NotWritable, DiskFull, KeyUnavailable: nothing may be sent now.
        """
        process = Process.this()
        head = self._head(intent | {"pid": process.pid, "began": process.began})
        durable_replace(self.path, head + bytes(ROOM), self._disk, last_look=last_look)

    def _head(self, intent: dict[str, object]) -> bytes:
        """Encode the intent, encrypted or not; the answer will be written in the same way."""
        generation = intent.get("generation", 0)
        self._generation = generation if isinstance(generation, int) else 0
        head = self._protection.encrypt(encode_file(KIND, intent), KIND, self._generation, *self._places)
        self._is_sealed = is_sealed(head)
        self._answer_at = len(head)
        return head

    def record(self, answer: Answer, *, whole: bool = True) -> None:
        """Put a raw answer, or a piece of one, into its room and push it to the disk.

        A disk that fails here, after `open`, is no reason to drop an answer that is in memory: whether it
        is on the disk is what `holds_answer` tells.
        """
        try:
            self._write(self._record(_WHOLE if whole else _PIECE, answer))
            self.holds_answer = True
        except OSError:
            self.holds_answer = False

    def _record(self, word: bytes, answer: Answer) -> bytes:
        """Encode an answer for the room reserved for it."""
        record = _in_room(word, answer)
        if not self._is_sealed:
            return record
        sealed = self._protection.encrypt(record, _ANSWER, self._generation, *self._places)
        return _in_room(_SEALED, Answer(answer.status, sealed))

    def _write(self, data: bytes) -> None:
        descriptor = self._disk.open(self.path, os.O_WRONLY)
        try:
            self._disk.seek(descriptor, self._answer_at)
            write_all(descriptor, data, self._disk)
            self._disk.fsync(descriptor)
        finally:
            self._disk.close(descriptor)

    def close(self) -> None:
        """Delete the journal: what it was for is saved or was refused."""
        remove(self.path, self._disk)

    def read(self) -> Entry | None:
        """Read the journal; None where there is none.

        Raises:
            Damaged, Newer, Unsafe, Unreadable, ProtectionError: it is there and cannot be used.
        """
        data = read_private(self.path, self._disk)
        if data is None:
            return None
        head_end = data.index(b"\n") + 1 if b"\n" in data else 0
        with contextlib.suppress(ValueError, IndexError):
            head_end += int(data[:head_end].split(b" ")[3])
        place = self._places[-1]
        head = self._protection.decrypt(data[:head_end], self.path, KIND, place)
        arrived, form = _answer_in(data[head_end:], self._opened)
        return Entry(decode_file(KIND, head, self.path), arrived, form)

    def _opened(self, sealed: bytes) -> bytes:
        """Decrypt the record of an answer; empty where it was cut: a piece cannot be decrypted."""
        with contextlib.suppress(Damaged):
            return self._protection.decrypt(sealed, self.path, _ANSWER, self._places[-1])
        return b""

    def write_again(self, *places: str) -> bool:
        """Write what is there once more, sealed or not as the store is now; whether anything was there.

        Args:
            places: the addresses that it may lie at from now on, the present one last; none: as before.

        Raises:
            Locked: another process is at work with it.
            VaultError: it cannot be read or written; it is as it was.
        """
        if (owner := self.at_work()) is not None:
            raise Locked(f"Process {owner} is using {clean(self.path.stem)} without its lock.")
        entry = self.read()
        if entry is None:
            return False
        self._places = places or self._places
        head = self._head(entry.intent.raw())
        record = b""
        if entry.arrived is not None:
            word = {"whole": _WHOLE, "piece": _PIECE, "torn": _TORN}[entry.form]
            record = self._record(word, entry.arrived)
        durable_replace(self.path, head + record.ljust(ROOM, b"\0"), self._disk)
        return True

    def is_ours(self) -> bool:
        """Return whether this process wrote what is on the disk."""
        with contextlib.suppress(Damaged, KeyError, TypeError, ValueError):
            entry = self.read()
            return entry is not None and entry.owner == Process.this()
        return False

    def wait_for_owner(self, patience: float) -> None:
        """Wait while another process is at work with this journal, for `patience` seconds.

        The account's lock keeps others away; where its file was deleted under them, this does.

        Raises:
            Locked: it did not end in time.
            Newer, Unsafe, Unreadable: the journal cannot be used.
        """
        ends = time.monotonic() + patience
        while (owner := self.at_work()) is not None:
            if time.monotonic() > ends:
                sentence = (
                    f"Process {owner} has been using {clean(self.path.stem)} for too long, without its lock."
                )
                raise Locked(sentence)
            time.sleep(0.02)

    def at_work(self) -> int | None:
        """Return the id of another process that is at work with this journal."""
        with contextlib.suppress(Damaged, KeyError, TypeError, ValueError):
            entry = self.read()
            if entry is not None and entry.is_under_way():
                return entry.owner.pid
        return None

    def keep_aside(self) -> None:
        """Keep a damaged journal under a name of `ASIDE`, so that a new one can be written."""
        self.copy_aside()
        self.close()

    def copy_aside(self) -> Path | None:
        """Keep what the journal holds under a name of `ASIDE`, too, before it is written anew; answers where.

        It takes the place of none that was kept before, but for the last where no name is free.
        """
        data = read_private(self.path, self._disk)
        if data is None:
            return None
        names = [self.path.with_suffix(f".{ending}") for ending in ASIDE]
        for name in names:
            if not os.path.lexists(name) or _holds(name, data, self._disk):
                break
        durable_replace(name, data, self._disk)
        return name


def _holds(path: Path, data: bytes, disk: Disk) -> bool:
    with contextlib.suppress(VaultError):
        return read_private(path, disk) == data
    return False


def _in_room(word: bytes, answer: Answer) -> bytes:
    coding = answer.coding.lower().replace(" ", "").encode("ascii", "replace")
    options = {b"coding": coding, b"spent": answer.spent.encode("ascii", "replace")}
    written = (b" %s=%s" % option for option in options.items() if _OPTION.fullmatch(option[1]))
    checksum = zlib.crc32(answer.body)
    return _HEAD % (word, answer.status, len(answer.body), checksum, b"".join(written)) + answer.body


def _answer_in(room: bytes, opened: Callable[[bytes], bytes]) -> tuple[Answer | None, Form]:
    """Return what there is of an answer; `opened` decrypts an encrypted record."""
    first, _, remainder = room.partition(b"\n")
    word, *numbers = first.split(b" ")
    if word not in (_WHOLE, _PIECE, _TORN, _SEALED):
        return None, "torn"
    try:
        status, length, checksum = int(numbers[0]), int(numbers[1]), int(numbers[2], 16)
        options = dict(option.decode("ascii").split("=", 1) for option in numbers[3:])
    except (ValueError, IndexError):
        return _torn(0, room, {})
    body = remainder[:length]
    if word == _SEALED:
        return _answer_in(opened(body), lambda _: b"") if body else (None, "torn")
    if word == _TORN or len(body) != length or zlib.crc32(body) != checksum:
        return _torn(status, body, options)
    form: Form = "whole" if word == _WHOLE else "piece"
    return _answer(status, body, options), form


def _torn(status: int, body: bytes, options: dict[str, str]) -> tuple[Answer | None, Form]:
    # what was not written yet is as `open` filled the room: NUL, which no token contains
    body = body.rstrip(b"\0")
    return (_answer(status, body, options) if body else None), "torn"


def _answer(status: int, body: bytes, options: dict[str, str]) -> Answer:
    return Answer(status, body, coding=options.get("coding", ""), spent=options.get("spent", ""))
