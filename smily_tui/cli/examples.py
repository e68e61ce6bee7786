"""An example or two for each command, as its help shows them."""

from __future__ import annotations

from typing import Final

EXAMPLES: Final = {
    "": ("smily-tui", "smily-tui demo", "smily-tui token my-app/villa-rosa"),
    "demo": ("smily-tui demo", "smily-tui demo --presenter"),
    "connect": ("smily-tui connect", "smily-tui connect --plain --app my-app --scope bookings"),
    "token": (
        "smily-tui token my-app/villa-rosa",
        'curl -H "Authorization: Bearer $(smily-tui token)" https://www.bookingsync.com/api/v3/me',
    ),
    "refresh": ("smily-tui refresh my-app/villa-rosa", "smily-tui refresh --all"),
    "accounts": ("smily-tui accounts --json", "smily-tui accounts --history my-app/villa-rosa"),
    "api": ("smily-tui api me", "smily-tui api rentals my-app/villa-rosa"),
    "export": ("smily-tui export --format curl", "smily-tui export my-app/villa-rosa --format json"),
    "handover": (
        "smily-tui handover my-app/villa-rosa",
        "smily-tui handover my-app/villa-rosa --take-back",
    ),
    "forget": ("smily-tui forget my-app/villa-rosa", "smily-tui forget --restore my-app/villa-rosa"),
    "protect": ("smily-tui protect",),
    "unprotect": ("smily-tui unprotect",),
    "sandbox": ("smily-tui sandbox", "smily-tui sandbox --port 8080 --rotation immediate"),
    "doctor": ("smily-tui doctor", "smily-tui doctor --probe-rotation my-app/villa-rosa"),
}


def examples(command: str) -> str:
    """The examples of a command, or of the program where that is empty, as the end of a help."""
    return "\n".join(("examples:", *(f"  {line}" for line in EXAMPLES[command])))
