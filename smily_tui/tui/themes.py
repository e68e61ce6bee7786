"""Themes: colours by role; in each theme every text has a contrast of 4.5 to 1 or more.

The style sheet and the widgets name roles, never colours:

    $background, $foreground   ground and text
    $text-muted                what is secondary: labels, hints, what is done
    $primary                   the program's own colour: the mark, the cursor, buttons, and every focus
    $surface, $panel           what lifts off the ground: fields; bars and buttons
    $focus                     ground of a field that has the focus, beside its bar in $primary
    $rule                      lines between things and around cards; $primary where the card has the focus
    $valid, $expiring, $expired, $attention, $elsewhere, $busy
                               states of accounts and of the queue: in rows, bars, digits and counters
    $text-success, $text-warning, $text-error
                               what the program says: it worked, look out, it did not work
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from textual.theme import Theme


def _theme(
    name: str,
    *,
    dark: bool,
    ground: tuple[str, str, str],
    text: tuple[str, str],
    primary: tuple[str, str, str],
    rule: str,
    states: tuple[str, str, str, str],
) -> Theme:
    """Return a theme.

    Args:
        name: as config.toml and the palette call it.
        dark: whether the background is.
        ground: background, fields, panels.
        text: what is read first, and what explains it.
        primary: the program's own colour, text on it, and the ground of a field that has the focus.
        rule: lines around cards.
        states: valid, expiring, expired, needs authorization. All are readable on the whole ground.
    """
    background, surface, panel = ground
    foreground, muted = text
    accent, on_accent, focus = primary
    valid, expiring, expired, attention = states
    return Theme(
        name=name,
        dark=dark,
        background=background,
        surface=surface,
        panel=panel,
        foreground=foreground,
        primary=accent,
        secondary=accent,
        success=valid,
        warning=expiring,
        accent=accent,
        error=attention,
        variables={
            **_states(valid, expiring, expired, attention, elsewhere=muted, busy=accent),
            "focus": focus,
            "rule": rule,
            "border": accent,
            "border-blurred": rule,
            "text": foreground,
            "text-muted": muted,
            "text-disabled": muted,
            "text-primary": accent,
            "text-accent": accent,
            "text-success": valid,
            "text-warning": expiring,
            "text-error": attention,
            "on-primary": on_accent,
            "block-cursor-foreground": on_accent,
            "block-cursor-background": accent,
            "block-cursor-blurred-foreground": foreground,
            "block-cursor-blurred-background": panel,
            "option-cursor-text-style": "bold",
            "button-foreground": foreground,
            "button-color-foreground": on_accent,
            "button-text-style": "none",
            "button-primary-text-style": "bold",
            "footer-key-foreground": accent,
            "field-text-style": "none",
            "field-focus-text-style": "bold",
            "input-cursor-foreground": on_accent,
            "input-cursor-background": accent,
            "input-selection-foreground": on_accent,
            "input-selection-background": accent,
            "screen-selection-foreground": on_accent,
            "screen-selection-background": accent,
            "scrollbar": accent,
            "scrollbar-background": background,
        },
    )


def _states(
    valid: str, expiring: str, expired: str, attention: str, *, elsewhere: str, busy: str
) -> dict[str, str]:
    return {
        "valid": valid,
        "expiring": expiring,
        "expired": expired,
        "attention": attention,
        "elsewhere": elsewhere,
        "busy": busy,
    }


# Textual's own fall short: in textual-dark `$primary` has 4.1 to 1 as a text, `$text-disabled` 3.6 to 1
DARK: Final = _theme(
    "smily-dark",
    dark=True,
    ground=("#0f141b", "#18202a", "#222c38"),
    text=("#e8edf3", "#9aa8b8"),
    primary=("#4fd1c5", "#06201d", "#123a3c"),
    rule="#3b4a5a",
    states=("#7ee08a", "#ffd166", "#ff9e64", "#ff7b86"),
)
LIGHT: Final = _theme(
    "smily-light",
    dark=False,
    ground=("#fbfcfd", "#eef2f6", "#e2e8ee"),
    text=("#14202c", "#4b5968"),
    primary=("#00696b", "#ffffff", "#cfeceb"),
    rule="#b3c0cc",
    states=("#136b2c", "#7a5200", "#9a3f00", "#b3142b"),
)
PROJECTOR: Final = _theme(  # for a washed-out picture on a wall: black on white, few and dark colours
    "smily-projector",
    dark=False,
    ground=("#ffffff", "#f0f0f0", "#dedede"),
    text=("#000000", "#2e2e2e"),
    primary=("#003e8f", "#ffffff", "#c4dcff"),
    rule="#767676",
    states=("#004d00", "#5c3a00", "#7a2b00", "#990000"),
)
CONTRAST: Final = _theme(
    "smily-contrast",
    dark=True,
    ground=("#000000", "#1c1c1c", "#333333"),
    text=("#ffffff", "#ffffff"),
    primary=("#00ffff", "#000000", "#004a4a"),
    rule="#ffffff",
    states=("#00ff7f", "#ffff00", "#ffc04d", "#ffb3ab"),
)
OWN: Final = "ansi_default"  # the terminal's own text and background colour


def _in_names(name: str, *, primary: str, on_primary: str, states: tuple[str, str, str, str]) -> Theme:
    """Return a theme of the terminal's own colours, on its own ground; what is secondary is its text, too.

    The terminal's bright black, which others take for it, is its ground in Solarized.
    """
    valid, expiring, expired, attention = states
    is_mono = primary == OWN
    cursor = "bold reverse" if is_mono else "bold"
    names = (
        "ansi-background", "ansi-foreground", "text-muted", "text-disabled", "foreground-muted",
        "link-background-hover", "scrollbar-background", "scrollbar-background-hover",
        "scrollbar-background-active", "scrollbar-corner-color", "block-cursor-blurred-background",
        "block-hover-background", "focus", "border-blurred", "rule",
    )  # fmt: skip
    accents = (
        "border", "footer-key-foreground", "link-color", "link-color-hover", "scrollbar", "scrollbar-hover",
        "scrollbar-active", "block-cursor-background", "input-selection-background",
        "screen-selection-background", "input-cursor-background",
    )  # fmt: skip
    on_accents = (
        "on-primary", "block-cursor-foreground", "input-selection-foreground", "screen-selection-foreground",
        "button-color-foreground", "input-cursor-foreground",
    )  # fmt: skip
    return Theme(
        name=name,
        ansi=True,
        primary=primary,
        secondary=primary,
        success=valid,
        warning=expiring,
        accent=primary,
        error=attention,
        foreground=OWN,
        background=OWN,
        surface=OWN,
        panel=OWN,
        boost=OWN,
        variables={
            **_states(valid, expiring, expired, attention, elsewhere=OWN, busy=primary),
            **dict.fromkeys(names, OWN),
            **dict.fromkeys(accents, primary),
            **dict.fromkeys(on_accents, on_primary),
            "block-cursor-text-style": cursor,
            "block-cursor-blurred-text-style": "underline",
            # Textual 8.2 draws no option in reverse
            "option-cursor-text-style": "bold underline" if is_mono else "bold",
            "button-text-style": "underline",
            "button-primary-text-style": "bold underline",
            "field-text-style": "underline",
            "field-focus-text-style": "bold underline",
            "input-cursor-text-style": "reverse" if is_mono else "none",
            "input-selection-text-style": "reverse" if is_mono else "none",
        },
    )


# below 256 colours, and for who wants them: the names that a terminal's own palette fills in
ANSI: Final = _in_names(
    "smily-ansi",
    primary="ansi_cyan",
    on_primary="ansi_black",
    states=("ansi_green", "ansi_yellow", "ansi_magenta", "ansi_red"),
)
# for NO_COLOR: with one colour, only reverse, bold and underline tell cursor and selection apart
MONO: Final = _in_names("smily-mono", primary=OWN, on_primary=OWN, states=(OWN, OWN, OWN, OWN))
THEMES: Final = (DARK, LIGHT, PROJECTOR, CONTRAST, ANSI, MONO)
AUTO: Final = "smily-auto"
"""Name of the theme that follows the terminal's background; it is what a person has who chose none."""


def following(*, dark: bool) -> Theme:
    """Return the theme that follows the terminal, for a dark or a light background."""
    return replace(DARK if dark else LIGHT, name=AUTO)
