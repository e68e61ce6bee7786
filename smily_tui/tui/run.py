"""Starts the full-screen program, where there is a terminal for it."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Final

from smily_tui.terminal import check_terminal

if TYPE_CHECKING:
    from smily_tui.demo import DemoInfo
    from smily_tui.refresh.authorizations import Authorizations
    from smily_tui.text import Untrusted

LEAKING: Final = ("TEXTUAL_LOG", "TEXTUAL_DEBUG", "TEXTUAL")


def run(
    authorizations: Authorizations,
    *,
    demo: DemoInfo | None = None,
    connect: bool = False,
    application: Untrusted | None = None,
    presenter: bool = False,
    ascii: bool = False,  # noqa: A002
) -> int:
    """Show the dashboard, or the wizard where nothing is stored or `connect` asks for it.

    The toolkit's debugging switches write every typed key and paste into files; they are dropped first.

    Raises:
        UsageError: there is no terminal, or no such application.
        KeyUnavailable: what is stored is encrypted, and its key cannot be had.
    """
    check_terminal()
    authorizations.at_rest.check()
    authorizations.at_rest.ask_beside()
    for name in LEAKING:
        os.environ.pop(name, None)
    from smily_tui.tui.app import SmilyApp

    app = SmilyApp(
        authorizations,
        demo=demo,
        connect=connect,
        application=application,
        presenter=presenter,
        ascii=ascii,
    )
    app.run()
    if app.clear():
        from smily_tui.desktop.clipboard import CLEARED

        sys.stderr.write(f"{CLEARED}\n")
    return app.return_code or 0
