"""Folders of one store."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

from smily_tui.errors import UsageError
from smily_tui.text import clean
from smily_tui.vault.errors import NoHome


class Home(NamedTuple):
    """Folders of one store.

    Attributes:
        config: holds `config.toml`, which people edit; no secret in it.
        state: holds secrets, tokens, journals and locks; for its owner alone (0700).
    """

    config: Path
    state: Path

    @classmethod
    def at(cls, folder: Path | str | None = None) -> Home:
        """Return both below `folder`, else below SMILY_TUI_HOME, else where the system keeps such folders.

        Raises:
            UsageError: `folder` or SMILY_TUI_HOME names no folder.
            NoHome: nothing names one, and this user has no home folder.
        """
        if folder is not None:
            return cls._below(folder, "--home")
        if named := os.environ.get("SMILY_TUI_HOME"):
            return cls._below(named, "SMILY_TUI_HOME")
        return cls._of_system()

    @classmethod
    def _of_system(cls) -> Home:
        import platformdirs

        try:
            config = platformdirs.user_config_path("smily-tui", appauthor=False)
            state = platformdirs.user_state_path("smily-tui", appauthor=False)
        except RuntimeError:
            raise NoHome("This user has no home folder for the store.") from None
        # platformdirs gives one folder for both on macOS; the settings are not for their owner alone
        return cls(config, state if state != config else state / "state")

    def queue(self, application: str) -> Path:
        """Return the file of an application's queue."""
        # no application can have a name with a dot
        return self.state / f"{application}.queue"

    @classmethod
    def _below(cls, folder: Path | str, source: str) -> Home:
        # an unset variable in a shell: --home "$DIR"
        if not str(folder).strip():
            raise UsageError(f"{source} is empty.", next="Set it to a folder.")
        try:
            absolute = Path(folder).expanduser().absolute()
        except (OSError, RuntimeError) as error:
            # OSError: the current folder is gone; RuntimeError: `~user` of an unknown user
            reason = clean(error.strerror if isinstance(error, OSError) else error)
            raise UsageError(
                f"{source} is not a folder: {clean(folder)} ({reason}).",
                next="Use the full path of a folder.",
            ) from None
        return cls(absolute, absolute / "state")

    @property
    def folder(self) -> Path | None:
        """Folder that `--home` takes for it; None where the system keeps such folders."""
        try:
            return None if self == self._of_system() else self.config
        except NoHome:
            return self.config

    @property
    def settings(self) -> Path:
        """Path of the settings file."""
        return self.config / "config.toml"
