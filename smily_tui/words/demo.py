"""The words of the demo: its badge, and those around the owner whom the person plays."""

from __future__ import annotations

from typing import Final

SAID_NO: Final = "The owner said no: the page shows “access_denied”. Nothing is stored."
NO_BROWSER: Final = "No browser? {key} shows the owner's page here."
NONE_HERE: Final = "No browser here. {key}: answer as the owner."
ALLOWS: Final = "It will be able to: "
BADGE: Final = "The owner's browser · no real account"
TITLE_BADGE: Final = "DEMO · no real account"
ASKED_FOR: Final = "You asked for this: {happened}"
