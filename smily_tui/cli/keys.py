"""`smily-tui keys`: the keys of the full screen, by screen; Textual is not started for it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from smily_tui.cli.common import open_accounts
from smily_tui.cli.streams import tell
from smily_tui.json_output import json_output
from smily_tui.messages.accounts import NOT_USED
from smily_tui.tui.actions import SCREENS, Action

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print JSON for programs")


def run(options: argparse.Namespace) -> int:
    """Print the keys, with those that the settings change."""
    changed = _changed(options)
    screens = {
        screen: [action.on(changed.get(action.name, action.key)) for action in actions]
        for screen, actions in SCREENS.items()
    }
    if options.json:
        rows = [
            {"screen": screen, "keys": [_as_dict(action) for action in actions]}
            for screen, actions in screens.items()
        ]
        sys.stdout.write(json_output(screens=rows))
        return 0
    sys.stdout.write("\n".join(f"{screen}\n{_rows(actions)}" for screen, actions in screens.items()))
    return 0


def _changed(options: argparse.Namespace) -> Mapping[str, str]:
    """Return the keys in the settings by action; what cannot be used is told."""
    preferred = open_accounts(options).settings.preferences().keys
    if not preferred:
        return {}
    from smily_tui.tui.keys import read_keys

    keys, ignored = read_keys(preferred)
    for remark in ignored:
        tell(NOT_USED.format(what=remark))
    return keys


def _rows(actions: list[Action]) -> str:
    widest = max(len(action.label) for action in actions)
    return "".join(f"  {action.keys:<6}  {action.label:<{widest}}  {action.help}\n" for action in actions)


def _as_dict(action: Action) -> dict[str, str]:
    return {"key": action.keys, "name": action.name, "label": action.label, "help": action.help}
