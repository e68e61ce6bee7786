"""What the demo gives the person to begin with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from smily_tui.secret import Secret


@dataclass(frozen=True)
class DemoInfo:
    """The application that the demo's own server knows; filled in for the person."""

    client_id: str
    client_secret: Secret
    server: str
    name: str = "Demo app"
