"""Settings file config.toml. Comments and layout survive every change."""

from __future__ import annotations

import codecs
import contextlib
import os
import stat
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from smily_tui.origin import BadServer
from smily_tui.records import Record
from smily_tui.system import command, here
from smily_tui.text import Clean, Untrusted, clean
from smily_tui.vault.disk import (
    LARGEST,
    Disk,
    clean_temp_files,
    durable_replace,
    locked,
    make_folder,
    probe,
    read_regular,
    temp_files_of,
)
from smily_tui.vault.errors import (
    Damaged,
    NotWritable,
    SettingsNotChangeable,
    SettingsUnreadable,
    Unsafe,
    VaultError,
)
from smily_tui.vault.model import Application, is_address_part
from smily_tui.vault.toml_text import NotChangeable, with_fields, without_table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from smily_tui.vault.home import Home


HEAD: Final = "# smily-tui settings. Edit freely: comments and order are kept. Put no secrets here.\n"
_TRIES: Final = 5
_ROOM: Final = 16 * 1024  # for one more application, in bytes


class _Overtaken(Exception):
    """Raised if another program wrote the file after it was read."""


class Settings:
    """Settings file of one store: reads and changes config.toml."""

    def __init__(self, home: Home, disk: Disk) -> None:
        self._home = home
        self._disk = disk

    def applications(self) -> tuple[Application, ...]:
        """Return the stored applications, by key.

        Raises:
            SettingsUnreadable: the file is no TOML, or an application in it lacks a field.
        """
        return self._applications(self._text())

    def _applications(self, text: str) -> tuple[Application, ...]:
        document = self._parsed(text)
        if "applications" not in document:
            return ()
        table = document["applications"]
        if not isinstance(table, Record):
            raise self._wrong("`applications` must be a table")
        return tuple(self._application(key, table) for key in sorted(table))

    def check(self, application: Application) -> None:
        """Check that an application can be stored, without doing it.

        Raises:
            SettingsUnreadable, SettingsNotChangeable, NotWritable, DiskFull: it cannot.
        """
        text = self._text()
        if self._with_application(text or HEAD, application) != text:
            path, _ = self._changeable()
            probe(path, len(text) + _ROOM, self._disk)

    def save_application(self, application: Application) -> None:
        """Add or change one application; everything else in the file stays as it is.

        Raises:
            SettingsUnreadable, SettingsNotChangeable, NotWritable, DiskFull: nothing was changed.
        """
        self._change(lambda text: self._with_application(text, application))

    def remove_application(self, key: str) -> None:
        """Remove one application; all else in the file stays as it is; raises as `save_application`."""
        self._change(
            lambda text: self._changed_table(text, lambda: without_table(text, ("applications", key)))
        )

    def _with_application(self, text: str, application: Application) -> str:
        fields: dict[str, Any] = {
            "name": str(application.name),
            "client_id": application.client_id,
            "server": str(application.server),
            "scopes": [str(scope) for scope in application.scopes],
        }
        stored = next((entry for entry in self._applications(text) if entry.key == application.key), None)
        if stored == application:
            return text
        if stored is not None and stored.server == application.server:
            # a person may have written it in another way, as with a slash at its end
            del fields["server"]
        return self._with_fields(text, ("applications", application.key), fields)

    def preferences(self) -> Preferences:
        """Return the theme, the keys and other choices.

        Raises:
            SettingsUnreadable: the file is no TOML.
        """
        text = self._text()
        return read_preferences(self._parsed(text)) if text else Preferences()

    def save_theme(self, name: str) -> None:
        """Remember a theme; everything else in the file stays as it is; raises as `save_application`."""
        self._save_choice("theme", name)

    def save_order(self, name: str) -> None:
        """Remember the order of the accounts; raises as `save_application`."""
        self._save_choice("order", name)

    def _save_choice(self, setting: str, value: str) -> None:
        self._change(lambda text: self._with_fields(text, ("tui",), {setting: value}))

    def save_copy_without_asking(self) -> None:
        """Ask no more before a token is copied; raises as `save_application`."""
        self._change(lambda text: self._with_fields(text, ("tui",), {"copy_without_asking": True}))

    def _with_fields(self, text: str, path: tuple[str, ...], fields: dict[str, Any]) -> str:
        return self._changed_table(text, lambda: with_fields(text, path, fields))

    def _changed_table(self, text: str, change: Callable[[], str]) -> str:
        self._parsed(text)
        try:
            return change()
        except NotChangeable as refusal:
            where = f"{clean(self._home.settings)}, line {refusal.line}"
            raise SettingsNotChangeable(
                f"{where}: smily-tui cannot safely change [{refusal.table}].",
                next=f"Write it as a table of its own below a line [{refusal.table}], then try again.",
            ) from None

    def _change(self, edit: Callable[[str], str]) -> None:
        """Change the file, under its lock; one that cannot be understood is not touched."""
        make_folder(self._home.state, self._disk)
        with locked(self._home.state / "settings.lock"):
            for _ in range(_TRIES):
                if self._changed(edit):
                    return
        raise SettingsNotChangeable(
            f"Another program is changing {clean(self._home.settings)}.",
            next="Wait until it is done, then try again.",
        )

    def _changed(self, edit: Callable[[str], str]) -> bool:
        """Change the file; return False if an editor, which knows no lock, saved it meanwhile."""
        before = self._bytes()
        # tomllib refuses a mark; it is put back, as all else in the file stays byte for byte
        mark = codecs.BOM_UTF8 if before.startswith(codecs.BOM_UTF8) else b""
        # bytes throughout: text mode would turn CR LF into LF
        after = mark + edit(self._decoded(before) or HEAD).encode()
        if after == before:
            return True
        path, mode = self._changeable()

        def last_look() -> None:
            if self._bytes() != before:
                raise _Overtaken

        try:
            durable_replace(path, after, self._disk, mode, last_look=last_look)
        except _Overtaken:
            return False
        return True

    def tidy(self) -> None:
        """Delete temporary files of killed changes, unless a change is under way."""
        path, _ = self._target()
        with contextlib.suppress(VaultError):
            if temp_files_of(path):
                with locked(self._home.state / "settings.lock", patience=0.0):
                    clean_temp_files(path, self._disk)

    def _changeable(self) -> tuple[Path, int]:
        """Return the file and its mode, and make its folder; raises NotWritable for a read-only file."""
        make_folder(self._home.config, self._disk)
        path, mode = self._target()
        if not mode & stat.S_IWUSR:
            raise NotWritable(
                f"{clean(path)} is read-only.",
                next=f"Make it writable: {command(*here.MAKE_WRITABLE, path)}",
            )
        return path, mode

    def _target(self) -> tuple[Path, int]:
        """Return the file behind config.toml, which may be a link into a folder of dotfiles, and its mode."""
        # a rename onto the link would replace it, and leave the file among the dotfiles as it was
        path = Path(os.path.realpath(self._home.settings))
        try:
            return path, stat.S_IMODE(path.stat().st_mode)
        except OSError:
            return path, 0o600

    def _text(self) -> str:
        return self._decoded(self._bytes())

    def _bytes(self) -> bytes:
        path, _ = self._target()
        try:
            return read_regular(path, self._disk) or b""
        except Unsafe:
            raise self._wrong("it is not a plain file") from None
        except Damaged:
            raise self._wrong(f"it is larger than {LARGEST >> 20} MiB") from None

    def _decoded(self, data: bytes) -> str:
        """Decode the file; raises SettingsUnreadable."""
        try:
            # editors of Windows begin it with a byte order mark
            return data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            raise self._wrong(f"it is not UTF-8 text (at line {line})") from None

    def _parsed(self, text: str) -> Record:
        import tomllib  # most who begin have no settings

        try:
            return Record(tomllib.loads(text))
        except tomllib.TOMLDecodeError as error:
            raise self._wrong(clean(error)) from None
        except ValueError:
            # Python converts no numbers longer than sys.get_int_max_str_digits()
            raise self._wrong("a number in it has thousands of digits") from None
        except RecursionError:
            raise self._wrong("its brackets are nested too deep") from None

    def _application(self, key: str, table: Record) -> Application:
        if not is_address_part(key):
            raise self._wrong(f"“{clean(key)}” cannot name an app: use a-z, 0-9 and -")
        try:
            entry = table.record(key)
            return Application(
                key,
                clean(entry.text("name") if "name" in entry else key),
                entry.identifier("client_id"),
                tuple(map(clean, entry.texts("scopes"))) if "scopes" in entry else (),
                entry.origin("server"),
            )
        except BadServer as error:
            raise self._wrong(f"applications.{key}.server: {error.what.removesuffix('.')}") from None
        except KeyError:
            raise self._wrong(f"app {key} needs client_id and server") from None
        except (TypeError, ValueError):
            rule = "client_id, server, name and scopes must be text, the first two without blanks"
            raise self._wrong(f"app {key}: {rule}") from None

    def _wrong(self, reason: str) -> SettingsUnreadable:
        return SettingsUnreadable(f"{clean(self._home.settings)} is not valid: {reason}.")


ORDERS: Final = ("name", "state", "time left", "number", "app", "last refresh")
ANIMATIONS: Final = ("none", "basic", "full")
CLIPBOARDS: Final = ("auto", "system", "osc52", "off")
_NONE: Final = Clean("")


class Preferences(NamedTuple):
    """Choices in the settings file about theme, keys and terminal; empty or False: the program's own choice.

    Attributes:
        theme: the name of a theme; empty: none is chosen.
        ascii: show nothing but ASCII.
        animation: one of `ANIMATIONS`; empty: none is chosen.
        keys: action to keys, as a person wrote them.
        ignored: settings that could not be used, in words.
        clipboard: one of `CLIPBOARDS`; empty: none is chosen.
        copy_without_asking: copy a token without a question before.
        order: one of `ORDERS`, of the accounts; empty: none is chosen.
    """

    theme: Clean = _NONE
    ascii: bool = False
    animation: Clean = _NONE
    keys: Mapping[Clean, Clean] = MappingProxyType({})
    ignored: tuple[Clean, ...] = ()
    clipboard: Clean = _NONE
    copy_without_asking: bool = False
    order: Clean = _NONE


def read_preferences(document: Record) -> Preferences:
    """Return the preferences in a parsed settings file; unusable ones are ignored and named."""
    ignored: list[Clean] = []
    tui, keys = (_table(document, name, ignored) for name in ("tui", "keys"))
    return Preferences(
        theme=_text(tui, "theme", ignored),
        ascii=_flag(tui, "ascii", ignored),
        copy_without_asking=_flag(tui, "copy_without_asking", ignored),
        animation=_choice(tui, "animation", ANIMATIONS, ignored),
        clipboard=_choice(tui, "clipboard", CLIPBOARDS, ignored),
        order=_choice(tui, "order", ORDERS, ignored),
        keys={clean(name): key for name in keys if (key := _text(keys, name, ignored, "keys"))},
        ignored=tuple(ignored),
    )


def _table(document: Record, name: str, ignored: list[Clean]) -> Record:
    table = document.get(name)
    if isinstance(table, Record):
        return table
    if name in document:
        ignored.append(clean(f"{name} must be a table"))
    return Record({})


def _text(table: Record, name: str, ignored: list[Clean], of: str = "tui") -> Clean:
    text = table.get(name)
    if isinstance(text, Untrusted):
        return clean(text)
    if name in table:
        ignored.append(clean(f"{name} in [{of}] must be text in quotes"))
    return _NONE


def _choice(table: Record, name: str, choices: Sequence[str], ignored: list[Clean]) -> Clean:
    choice = _text(table, name, ignored)
    if not choice or choice in choices:
        return choice
    ignored.append(not_one_of(name, choice, choices))
    return _NONE


def not_one_of(name: str, value: str, choices: Sequence[str]) -> Clean:
    """Return the sentence for a setting of [tui] whose value is none of the choices."""
    return clean(f"[tui] {name} = “{value}”: it can be {', '.join(choices)}")


def _flag(table: Record, name: str, ignored: list[Clean]) -> bool:
    flag = table.get(name)
    if isinstance(flag, bool):
        return flag
    if name in table:
        ignored.append(clean(f"{name} in [tui] must be true or false"))
    return False
