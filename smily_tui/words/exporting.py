"""What is said when an access token leaves in a form that other programs take."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from smily_tui.command import command
from smily_tui.words.amounts import in_words, time_of_day

if TYPE_CHECKING:
    from smily_tui.wire.export import Export

WHAT: Final = "The access token, in a form that another program takes; never the refresh token."
FORMATS: Final = {
    "env": "lines for a shell: eval, source",
    "json": "one object, for programs",
    "curl": "a curl command for the API's first call",
    "httpie": "the same with HTTPie",
    "postman": "a collection to import into Postman",
}


def advice(export: Export) -> str:
    """Until when it is good, and what a script does instead."""
    left = in_words(export.expires_at - export.now)
    return (
        f"The access token in it is good until {time_of_day(export.expires_at)} ({left}); treat it like a "
        f"password. A script that runs longer asks for a fresh one: "
        f"{command('smily-tui', 'token', export.address)}"
    )
