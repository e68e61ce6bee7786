"""The program's own looks, dark and light."""

from __future__ import annotations

from textual.theme import Theme

DARK = Theme(
    name="smily-dark",
    primary="#5cc8a8",
    secondary="#7aa2f7",
    accent="#f3c969",
    success="#6bd49a",
    warning="#f3c969",
    error="#ff8a80",
    foreground="#e6ebf0",
    background="#11161c",
    surface="#1a2129",
    panel="#232c36",
    dark=True,
    variables={"footer-key-foreground": "#f3c969", "input-selection-background": "#5cc8a8 35%"},
)
LIGHT = Theme(
    name="smily-light",
    primary="#0b6e4f",
    secondary="#1f4fbf",
    accent="#8a5a00",
    success="#0b6e4f",
    warning="#8a5a00",
    error="#b3261e",
    foreground="#17202b",
    background="#f4f6f8",
    surface="#ffffff",
    panel="#e4e9ee",
    dark=False,
)
PROJECTOR = Theme(
    name="smily-projector",
    primary="#7cf5c4",
    secondary="#9ecbff",
    accent="#ffe14d",
    success="#7dff9c",
    warning="#ffe14d",
    error="#ffa39a",
    foreground="#ffffff",
    background="#000000",
    surface="#0d1117",
    panel="#22303c",
    dark=True,
    variables={"text-muted": "#d5dde5", "text-disabled": "#a9b4c0", "footer-key-foreground": "#ffe14d"},
)
