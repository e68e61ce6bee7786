"""The account's owner, whom the person plays in the demo where there is no browser."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from smily_tui.messages import connect as words
from smily_tui.plain.waiting import wait_for
from smily_tui.text import clean

if TYPE_CHECKING:
    from smily_tui.plain.console import Console
    from smily_tui.sandbox.owner import ConsentPage, Owner
    from smily_tui.secret import Secret

NO: Final = "no"
HOW: Final = ("A number says yes, for that account.", "no says no.")
NONE_OF_THEM: Final = "That is no number of an account."


def play(console: Console, owner: Owner, link: str) -> Secret | None:
    """Say what the page behind the link asks, and send the answer; the code, None where there is none.

    Raises:
        Back, Leave: the page stays unanswered.
        PageUnusable: there is no such page.
    """
    page = wait_for(console, partial(owner.read, link))
    console.say(words.BADGE, page.question)
    console.say(*(f"{number} {name}" for number, name in page.accounts))
    console.say(f"{words.ALLOWS}{', '.join(page.allows)}.", *HOW)
    account = _chosen(console, page)
    code = wait_for(console, partial(owner.answer, page, account or page.chosen, yes=bool(account)))
    if code is None:
        console.say(words.SAID_NO)
    return code


def _chosen(console: Console, page: ConsentPage) -> str:
    """The number of the account; empty for a no."""
    numbers = [number for number, _ in page.accounts]
    while True:
        asked = console.ask("Yes, for account", default=clean(page.chosen), explain=HOW)
        typed = asked.for_parsing().casefold()
        if typed == NO:
            return ""
        if typed in numbers:
            return typed
        console.say(NONE_OF_THEM)
