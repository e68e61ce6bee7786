"""Where the settings and the state live."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


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
    def at(cls, folder: Path | None = None) -> Home:
        """Both below `folder`, else below SMILY_TUI_HOME, else where the system keeps such things."""
        chosen = folder or (Path(os.environ["SMILY_TUI_HOME"]) if os.environ.get("SMILY_TUI_HOME") else None)
        if chosen is not None:
            absolute = chosen.expanduser().absolute()
            return cls(absolute, absolute / "state")
        import platformdirs

        config = platformdirs.user_config_path("smily-tui", appauthor=False)
        state = platformdirs.user_state_path("smily-tui", appauthor=False)
        return cls(config, state if state != config else state / "state")

    @property
    def settings(self) -> Path:
        """The settings file."""
        return self.config / "config.toml"
