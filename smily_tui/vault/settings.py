"""The settings file, config.toml: applications and preferences, edited by people too, whose comments stay."""

from __future__ import annotations

import os
import stat
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Final

from smily_tui.origin import BadServer
from smily_tui.outside import Record
from smily_tui.text import clean
from smily_tui.vault.application import Application, is_address_part
from smily_tui.vault.disk import durable_replace, make_folder
from smily_tui.vault.errors import SettingsUnreadable, not_read
from smily_tui.vault.locks import locked
from smily_tui.vault.preferences import Preferences, read_preferences

if TYPE_CHECKING:
    from collections.abc import Callable

    from tomlkit import TOMLDocument

    from smily_tui.vault.disk import Disk
    from smily_tui.vault.home import Home

HEAD: Final = "# smily-tui settings. Edit at will: comments and order are kept. No secret belongs here.\n"


class Settings:
    """Reads and changes config.toml."""

    def __init__(self, home: Home, disk: Disk) -> None:
        self._home = home
        self._disk = disk

    def applications(self) -> tuple[Application, ...]:
        """The stored applications, by key.

        Raises:
            SettingsUnreadable: the file is no TOML, or an application in it lacks a field.
        """
        document = self._parsed(self._text())
        if "applications" not in document:
            return ()
        table = document["applications"]
        if not isinstance(table, Record):
            raise self._wrong("`applications` must be a table")
        return tuple(self._application(key, table) for key in sorted(table))

    def save_application(self, application: Application) -> None:
        """Add or change one application; everything else in the file stays as it is."""
        import tomlkit

        def edit(document: TOMLDocument) -> None:
            applications = document.setdefault("applications", tomlkit.table(is_super_table=True))
            entry = applications.setdefault(application.key, tomlkit.table())
            entry["name"] = str(application.name)
            entry["client_id"] = application.client_id
            entry["server"] = str(application.server)
            entry["scopes"] = list(application.scopes)

        self._change(edit)

    def preferences(self) -> Preferences:
        """Looks and keys.

        Raises:
            SettingsUnreadable: the file is no TOML.
        """
        text = self._text()
        return read_preferences(self._parsed(text)) if text else Preferences()

    def save_theme(self, name: str) -> None:
        """Remember a theme; everything else in the file stays as it is."""
        import tomlkit

        def edit(document: TOMLDocument) -> None:
            document.setdefault("tui", tomlkit.table())["theme"] = name

        self._change(edit)

    def _change(self, edit: Callable[[TOMLDocument], None]) -> None:
        """Change the file, under its lock; one that cannot be understood is not touched."""
        import tomlkit

        for folder in (self._home.config, self._home.state):
            make_folder(folder, self._disk)
        with locked(self._home.state / "settings.lock"):
            text = self._text() or HEAD
            self._parsed(text)
            document = tomlkit.parse(text)
            edit(document)
            path, mode = self._target()
            durable_replace(path, tomlkit.dumps(document).encode(), self._disk, mode)

    def _target(self) -> tuple[Path, int]:
        """The real file behind config.toml, which may be a link into somebody's dotfiles, and its rights."""
        path = Path(os.path.realpath(self._home.settings))
        try:
            return path, stat.S_IMODE(path.stat().st_mode)
        except OSError:
            return path, 0o600

    def _text(self) -> str:
        try:
            return self._home.settings.read_text("utf-8")
        except FileNotFoundError:
            return ""
        except UnicodeDecodeError:
            raise self._wrong("it is not UTF-8 text") from None
        except OSError as error:
            raise not_read(self._home.settings, error) from None

    def _parsed(self, text: str) -> Record:
        try:
            return Record(tomllib.loads(text))
        except tomllib.TOMLDecodeError as error:
            raise self._wrong(clean(error)) from None

    def _application(self, key: str, table: Record) -> Application:
        if not is_address_part(key):
            raise self._wrong(f"“{clean(key)}” cannot name an application: use a-z, 0-9 and -")
        try:
            entry = table.record(key)
            return Application(
                key,
                clean(entry.text("name") if "name" in entry else key),
                entry.word("client_id"),
                tuple(clean(each) for each in entry.texts("scopes")) if "scopes" in entry else (),
                entry.origin("server"),
            )
        except BadServer as error:
            raise self._wrong(f"applications.{key}.server: {error.what.removesuffix('.')}") from None
        except KeyError:
            raise self._wrong(f"application {key} needs client_id and server") from None
        except (TypeError, ValueError):
            what = "client_id, server, name and scopes must be text, the first two without blanks"
            raise self._wrong(f"application {key}: {what}") from None

    def _wrong(self, reason: str) -> SettingsUnreadable:
        return SettingsUnreadable(f"{clean(self._home.settings)} cannot be understood: {reason}.")
