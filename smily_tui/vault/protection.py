"""Whether the store is encrypted, remembered in the state folder, and what that means for each file."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

from smily_tui.text import clean
from smily_tui.vault.data_key import DataKeys
from smily_tui.vault.disk import Disk, durable_replace, make_folder, read_private
from smily_tui.vault.errors import Damaged, NotSealed, ProtectionLost
from smily_tui.vault.frame import enframe, unframe
from smily_tui.vault.sealing import Label, is_sealed, label_of, seal, unseal

if TYPE_CHECKING:
    from pathlib import Path

KIND: Final = "protection"
_MEND: Final = "Move it away, then run smily-tui protect: it finds the key by the encrypted files."


class Stage(Enum):
    """How far a store is encrypted, as a word and as people are told."""

    PLAIN = ("plain", "not encrypted")
    SEALING = ("sealing", "only partly encrypted: run smily-tui protect again")
    SEALED = ("sealed", "encrypted")
    OPENING = ("opening", "only partly encrypted: run smily-tui unprotect again")

    def __init__(self, word: str, words: str) -> None:
        self.word = word
        self.words = words


@dataclass(frozen=True)
class Remembered:
    """What is remembered.

    Attributes:
        stage: how far the store is encrypted.
        key_id: which key it is, or was, encrypted with; empty where it never was.
    """

    stage: Stage
    key_id: str = ""


class Protection:
    """The encryption of one store.

    What is remembered is read when it is first needed, and again under each lock that is taken: a file is
    written as it says then. `protect` changes it first and takes each lock afterwards, so that no file
    stays as it was.

    Args:
        state: the store's state folder.
    """

    def __init__(self, state: Path) -> None:
        self.path = state / "protection.json"
        self._remembered: Remembered | None = None
        self.keys = DataKeys()

    @property
    def now(self) -> Remembered:
        """What is remembered.

        Raises:
            Damaged, Newer, Unsafe, Unreadable: the file is there and cannot be used.
        """
        if self._remembered is None:
            self._remembered = self._read()
        return self._remembered

    @property
    def seals(self) -> bool:
        """Whether what is written now is encrypted."""
        return self.now.stage in (Stage.SEALING, Stage.SEALED)

    def look_again(self) -> None:
        """Forget what was read: it may have changed."""
        self._remembered = None

    def remember(self, remembered: Remembered, disk: Disk) -> None:
        """Durably change what is remembered."""
        content = {"stage": remembered.stage.word, "key": remembered.key_id}
        make_folder(self.path.parent, disk)
        durable_replace(self.path, enframe(KIND, content), disk)
        self._remembered = remembered

    def check(self) -> None:
        """See that what comes can be written: that the key can be had, where one is needed."""
        if self.seals:
            self.keys.of(self.now.key_id)

    def cover(self, data: bytes, kind: str, generation: int, *places: str) -> bytes:
        """A file as it is to be written now: sealed, or as it is.

        Raises:
            KeyUnavailable: it may not be written as it is, and the key cannot be had.
        """
        if not self.seals:
            return data
        key_id = self.now.key_id
        return seal(data, Label(kind, generation, key_id, places), self.keys.of(key_id))

    def uncover(self, data: bytes, path: Path, kind: str, place: str) -> bytes:
        """A file as it was before it was sealed, or as it is.

        Raises:
            NotSealed, ProtectionLost: it is not as the store is.
            Damaged, SealBroken, Newer, KeyUnavailable: it is sealed, and cannot be opened.
        """
        if is_sealed(data):
            if not self.now.key_id:
                raise ProtectionLost(f"{clean(path)} is encrypted, but {clean(self.path)} is missing.")
            if self.now.stage is Stage.PLAIN:
                raise ProtectionLost(f"{clean(path)} is encrypted, but {clean(self.path)} says that none is.")
            return unseal(data, path, kind, place, self.keys.of)
        if self.now.stage is Stage.SEALED:
            raise NotSealed(f"{clean(path)} is not encrypted, as all of this store should be.")
        return data

    def read(self, path: Path, kind: str, place: str, disk: Disk) -> bytes | None:
        """The file at `path` uncovered; None where it is not there. Needs no lock; raises as `uncover`."""
        data = read_private(path, disk)
        if data is None:
            return None
        try:
            return self.uncover(data, path, kind, place)
        except (NotSealed, ProtectionLost):
            self.look_again()  # the store may have been protected, or no more, since that was last read
            again = read_private(path, disk)
            return None if again is None else self.uncover(again, path, kind, place)

    def readdress(self, path: Path, kind: str, place: str, places: tuple[str, ...], disk: Disk) -> None:
        """A sealed file belongs to other places from now on; one that is not sealed belongs to none."""
        data = read_private(path, disk)
        if data is not None and is_sealed(data):
            generation = label_of(data, path).generation
            plain = self.uncover(data, path, kind, place)
            durable_replace(path, self.cover(plain, kind, generation, *places), disk)

    def _read(self) -> Remembered:
        data = read_private(self.path, Disk())
        if data is None:
            return Remembered(Stage.PLAIN)
        try:
            content = unframe(KIND, data, self.path)
            stage = next(each for each in Stage if each.word == content.word("stage"))
            return Remembered(stage, content.word("key"))
        except (KeyError, TypeError, ValueError, StopIteration):
            raise Damaged(f"{clean(self.path)} is not as smily-tui writes it.", next=_MEND) from None
        except Damaged as error:
            raise error.saying(next=_MEND) from None
