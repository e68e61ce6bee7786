"""Themes; in each of them every text has a contrast of 4.5 to 1 or more."""

from __future__ import annotations

from typing import Final

from textual.theme import Theme


def _theme(
    name: str,
    *,
    dark: bool,
    ground: tuple[str, str, str],
    text: tuple[str, str],
    colours: tuple[str, str, str, str],
    on_primary: str,
) -> Theme:
    """Return a theme.

    Args:
        name: as config.toml and the palette call it.
        dark: whether the background is.
        ground: background, fields, panels.
        text: what is read first, and what explains it.
        colours: the program's own, good, look out, wrong. All are readable on the whole ground.
        on_primary: text on the program's own colour.
    """
    background, surface, panel = ground
    foreground, muted = text
    primary, success, warning, error = colours
    return Theme(
        name=name,
        dark=dark,
        background=background,
        surface=surface,
        panel=panel,
        foreground=foreground,
        primary=primary,
        secondary=primary,
        success=success,
        warning=warning,
        accent=warning,
        error=error,
        variables={
            "text": foreground,
            "text-muted": muted,
            "text-disabled": muted,
            "text-primary": primary,
            "text-success": success,
            "text-warning": warning,
            "text-accent": warning,
            "text-error": error,
            "block-cursor-foreground": on_primary,
            "block-cursor-background": primary,
            "block-cursor-blurred-foreground": foreground,
            "block-cursor-blurred-background": panel,
            "button-foreground": foreground,
            "button-color-foreground": on_primary,
            "footer-key-foreground": warning,
            "input-cursor-foreground": background,
            "input-cursor-background": foreground,
            "input-selection-foreground": on_primary,
            "input-selection-background": primary,
            "screen-selection-foreground": on_primary,
            "screen-selection-background": primary,
            "scrollbar": primary,
            "scrollbar-background": panel,
        },
    )


# Textual's own fall short: in textual-dark `$primary` has 4.1 to 1 as a text, `$text-disabled` 3.6 to 1
DARK: Final = _theme(
    "smily-dark",
    dark=True,
    ground=("#11161c", "#1a2129", "#232c36"),
    text=("#e6ebf0", "#a9b4c0"),
    colours=("#5cc8a8", "#6bd49a", "#f3c969", "#ff8a80"),
    on_primary="#0b1014",
)
LIGHT: Final = _theme(
    "smily-light",
    dark=False,
    ground=("#f4f6f8", "#ffffff", "#e4e9ee"),
    text=("#17202b", "#4a5663"),
    colours=("#0b6e4f", "#0b6e4f", "#7a4f00", "#b3261e"),
    on_primary="#ffffff",
)
PROJECTOR: Final = _theme(  # for a washed-out picture on a wall: black on white, few and dark colours
    "smily-projector",
    dark=False,
    ground=("#ffffff", "#ebebeb", "#d9d9d9"),
    text=("#000000", "#262626"),
    colours=("#00429d", "#004d00", "#663d00", "#990000"),
    on_primary="#ffffff",
)
CONTRAST: Final = _theme(
    "smily-contrast",
    dark=True,
    ground=("#000000", "#262626", "#3d3d3d"),
    text=("#ffffff", "#ffffff"),
    colours=("#00ffff", "#00ff7f", "#ffff00", "#ffb3ab"),
    on_primary="#000000",
)
_OWN: Final = "ansi_default"  # the terminal's own text and background colour
# for NO_COLOR: with one colour, only reverse, bold and underline tell cursor and selection apart
PLAIN: Final = Theme(
    name="smily-ansi",
    ansi=True,
    primary=_OWN,
    secondary=_OWN,
    success=_OWN,
    warning=_OWN,
    accent=_OWN,
    error=_OWN,
    foreground=_OWN,
    background=_OWN,
    surface=_OWN,
    panel=_OWN,
    boost=_OWN,
    variables={
        "ansi-background": _OWN,
        "ansi-foreground": _OWN,
        "text-muted": _OWN,
        "text-disabled": _OWN,
        "foreground-muted": _OWN,
        "border": _OWN,
        "border-blurred": _OWN,
        "block-cursor-background": _OWN,
        "block-cursor-text-style": "bold reverse",
        "block-cursor-blurred-text-style": "underline",
        "footer-key-foreground": _OWN,
        "input-selection-background": _OWN,
        "input-selection-text-style": "reverse",
        "link-background-hover": _OWN,
        "link-color": _OWN,
        "link-color-hover": _OWN,
        "scrollbar": _OWN,
        "scrollbar-hover": _OWN,
        "scrollbar-active": _OWN,
        "scrollbar-background": _OWN,
        "scrollbar-background-hover": _OWN,
        "scrollbar-background-active": _OWN,
        "screen-selection-background": _OWN,
        "screen-selection-foreground": _OWN,
    },
)
THEMES: Final = (DARK, LIGHT, PROJECTOR, CONTRAST, PLAIN)
