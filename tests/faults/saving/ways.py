"""The ways of saving a small secret that are compared: ours, the obvious one, and those of public libraries.

Each is used as its documentation shows it. The libraries are optional; a way whose library is not installed
says so and is left out.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import os
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from smily_tui.vault.disk import Disk, durable_replace, read_private
from smily_tui.vault.format import decode_file, encode_file

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Value = dict[str, str]


@dataclass(frozen=True)
class Way:
    """One way of saving.

    Attributes:
        name: as it stands in the table of figures.
        module: what must be importable for it.
        save: puts a value in the place of the one before.
        read: the value; raises whatever the library raises where it finds none.
    """

    name: str
    module: str
    save: Callable[[Path, Value], None]
    read: Callable[[Path], Value]

    def available(self) -> bool:
        """Import what this way needs; False where it is not installed."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # old libraries' own warnings are not what is tested
                importlib.import_module(self.module)
        except ImportError:
            return False
        return True


def value(number: int) -> Value:
    """The value that is saved as number so: as long as a token pair, each a little different in length.

    Where two lengths mix in one file, or an end is missing, it cannot equal any value.
    """
    length = 300 + number * 37 % 400
    secrets = hashlib.shake_256(str(number).encode()).hexdigest(length)
    return {"number": str(number), "access": secrets[:length], "refresh": secrets[length:]}


def number_in(way: Way, path: Path) -> tuple[int | None, str]:
    """Which value the file holds; None, and why, where it is none that was ever saved."""
    try:
        found = way.read(path)
        number = int(found["number"])
    except Exception as error:  # noqa: BLE001 - each library has its own errors for a file that is broken
        return None, repr(error)
    return (number, "") if found == value(number) else (None, "mixed or cut")


def _save_ours(path: Path, value: Value) -> None:
    durable_replace(path, encode_file("value", value), Disk())


def _read_ours(path: Path) -> Value:
    data = read_private(path, Disk())
    if data is None:
        raise FileNotFoundError(path)
    found = decode_file("value", data, path)
    return {name: found.text(name).for_parsing() for name in found}


def _save_in_place(path: Path, value: Value) -> None:
    text = json.dumps(value)
    with path.open("w", encoding="utf-8") as file:
        file.write(text)


def _read_json(path: Path) -> Value:
    return _mapping(json.loads(path.read_text("utf-8")))


def _save_with_msal(path: Path, value: Value) -> None:
    _of("msal_extensions", "FilePersistence")(str(path)).save(json.dumps(value))


def _read_with_msal(path: Path) -> Value:
    return _mapping(json.loads(_of("msal_extensions", "FilePersistence")(str(path)).load()))


def _save_with_tomlkit(path: Path, value: Value) -> None:
    document = _of("tomlkit", "document")()
    document.update(value)
    _of("tomlkit.toml_file", "TOMLFile")(path).write(document)


def _read_with_tomlkit(path: Path) -> Value:
    return _mapping(_of("tomlkit.toml_file", "TOMLFile")(path).read().unwrap())


def _keyring(path: Path) -> Any:
    keyring = _of("keyrings.alt.file", "PlaintextKeyring")()
    keyring.file_path = str(path)
    return keyring


def _save_with_keyring(path: Path, value: Value) -> None:
    _keyring(path).set_password("smily", "token", json.dumps(value))


def _read_with_keyring(path: Path) -> Value:
    return _mapping(json.loads(_keyring(path).get_password("smily", "token")))


def _save_with_botocore(path: Path, value: Value) -> None:
    _of("botocore.utils", "JSONFileCache")(str(path.parent))[path.stem] = value


def _read_with_botocore(path: Path) -> Value:
    return _mapping(_of("botocore.utils", "JSONFileCache")(str(path.parent))[path.stem])


def _save_with_atomicwrites(path: Path, value: Value) -> None:
    with _of("atomicwrites", "atomic_write")(os.fspath(path), overwrite=True) as file:
        file.write(json.dumps(value))


def _of(module: str, name: str) -> Any:
    return getattr(importlib.import_module(module), name)


def _mapping(found: Any) -> Value:
    if not isinstance(found, dict):
        raise TypeError("no mapping")
    return found


OURS: Final = Way("ours", "smily_tui.vault.disk", _save_ours, _read_ours)
IN_PLACE: Final = Way('open(path, "w")', "json", _save_in_place, _read_json)
LIBRARIES: Final = (
    Way("msal_extensions.FilePersistence", "msal_extensions", _save_with_msal, _read_with_msal),
    Way("tomlkit TOMLFile", "tomlkit.toml_file", _save_with_tomlkit, _read_with_tomlkit),
    Way("keyrings.alt PlaintextKeyring", "keyrings.alt.file", _save_with_keyring, _read_with_keyring),
    Way("botocore JSONFileCache", "botocore.utils", _save_with_botocore, _read_with_botocore),
    Way("atomicwrites.atomic_write", "atomicwrites", _save_with_atomicwrites, _read_json),
)
WAYS: Final = {way.name: way for way in (OURS, IN_PLACE, *LIBRARIES)}
FILE: Final = "tokens.json"  # botocore insists on the ending
