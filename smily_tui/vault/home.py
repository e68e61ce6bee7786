"""Where the settings and the state live."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from smily_tui.errors import UsageError
from smily_tui.text import clean
from smily_tui.vault.errors import NoHome


@dataclass(frozen=True)
class Home:
    """The two folders of one store.

    Attributes:
        config: holds `config.toml`, which people edit; no secret in it.
        state: holds secrets, tokens, journals and locks; for its owner alone (0700).
    """

    config: Path
    state: Path

    @classmethod
    def at(cls, folder: Path | str | None = None) -> Home:
        """Both below `folder`, else below SMILY_TUI_HOME, else where the system keeps such things.

        Raises:
            UsageError: `folder` or SMILY_TUI_HOME names no folder.
            NoHome: nothing names one, and this user has no home folder.
        """
        if folder is not None:
            return cls._below(folder, "--home")
        if named := os.environ.get("SMILY_TUI_HOME"):
            return cls._below(named, "SMILY_TUI_HOME")
        import platformdirs

        try:
            config = platformdirs.user_config_path("smily-tui", appauthor=False)
            state = platformdirs.user_state_path("smily-tui", appauthor=False)
        except RuntimeError:
            raise NoHome("This user has no home folder, so there is no place for the store.") from None
        return cls(config, state if state != config else state / "state")

    @classmethod
    def _below(cls, folder: Path | str, source: str) -> Home:
        if not str(folder).strip():  # as an unset variable of a shell leaves it
            raise UsageError(f"{source} is empty.", next="Name a folder.")
        try:
            absolute = Path(folder).expanduser().absolute()
        except (OSError, RuntimeError) as error:  # the current folder is gone; `~` of a user who is not known
            reason = clean(error.strerror if isinstance(error, OSError) else error)
            raise UsageError(
                f"{source} names no folder: {clean(folder)} ({reason}).",
                next="Give the whole path of a folder.",
            ) from None
        return cls(absolute, absolute / "state")

    @property
    def settings(self) -> Path:
        """The settings file."""
        return self.config / "config.toml"
