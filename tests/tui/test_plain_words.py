"""Words for somebody who has never heard of any of this: a term is explained where it first stands."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from textual.widgets import Static

from smily_tui.messages import connect as say
from smily_tui.tui.pages.page import Page
from smily_tui.tui.screens.wizard import PAGES
from tests.support.tui.all_scenes import SCENES
from tests.support.tui.pictures import GOLDEN
from tests.support.tui.scenes import make_world, running, wizard

if TYPE_CHECKING:
    from pathlib import Path

# A term, and the sentence that explains it on the first page where it may stand.
EXPLAINED = {
    r"client ids?": ("application", say.CLIENT_ID_HINT),
    r"client secrets?": ("application", say.STORAGE_HINT),
    r"partner panel": ("application", say.CREDENTIALS_PLACE[0]),
    r"redirect uri": ("application", say.CREDENTIALS_PLACE[-1]),
    r"permissions?": ("permissions", say.SCOPES_HINT),
    r"codes?": ("application", say.CREDENTIALS_PLACE[-1]),
    r"scopes?": ("authorize", say.ERROR_HELP[1]),
    r"clients?": ("authorize", say.ERROR_HELP[2]),
    r"access tokens?": ("done", say.TOKENS_HINT),
    r"refresh tokens?": ("done", say.TOKENS_HINT),
    r"tokens?": ("done", say.TOKENS_HINT),
}
NEVER = (
    r"oauth", r"grants?", r"out of band", r"oob", r"endpoints?", r"bearer", r"json", r"tls", r"dns", r"api",
    r"invalid_\w+", r"uri", r"payload", r"http", r"authentication",
)  # fmt: skip
# What is no sentence of ours: an address to copy, and what a server said.
QUOTED = re.compile(
    r"\S+/oauth/authorize\S*|urn:ietf:wg:oauth:2\.0:oob|curl -H .*?https?://\S+|https?://\S+"
    r"|It says: “[^”]*”|discount codes?|“access_denied”|\S*/tokens\b"
)


# Only after step 3; and what is for those who want to know all, or for the owner.
CAME_BACK = {"wizard-client-refused": "authorize", "wizard-twin": "done"}
APART = ("wizard-help", "wizard-qr", "wizard-message", "wizard-message-french")
WIZARD_SCENES = [name for name in SCENES if name.startswith("wizard-") and name not in APART]
STOPS = "●◉○"
BESIDE = "▏"  # to the right of it is the sequence of the protocol


def read(golden: Path) -> tuple[str, str]:
    """Return the page of a pictured state, and what it says, without the line of stops above it."""
    rows = golden.read_text("utf-8").splitlines()
    at = next(number for number, row in enumerate(rows) if any(stop in row for stop in STOPS))
    stops = [char for char in rows[at] if char in STOPS]
    page = PAGES[stops.index("◉") if "◉" in stops else len(stops) - 1]
    end = next(number for number, row in enumerate(rows) if number > at and not row.split(BESIDE)[0].strip())
    said = [row.split(BESIDE)[0].strip(" ┃│") for row in rows[end:-1]]
    return page, " ".join(said)


def unexplained(page: str, said: str) -> list[str]:
    """The terms in what a page says that are explained neither there nor on an earlier one."""
    said = QUOTED.sub("", said).casefold()
    known = PAGES[: PAGES.index(page) + 1]
    found = []
    for term, (first, _) in EXPLAINED.items():
        rest = re.sub(rf"\b{term}\b", "", said)
        if rest != said and first not in known:
            found.append(term)
        said = rest
    return found + [term for term in NEVER if re.search(rf"\b{term}\b", said)]


async def test_each_term_is_explained_on_the_page_that_is_named(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=False)
    async with running(world, (120, 36)) as pilot:
        await wizard(pilot).add_pages()
        pages = {each.id: each for each in wizard(pilot).query(Page)}
        for first, sentence in EXPLAINED.values():
            assert sentence in " ".join(str(each.content) for each in pages[first].query(Static))


@pytest.mark.parametrize("name", WIZARD_SCENES)
def test_no_page_uses_a_term_that_was_not_explained(name: str) -> None:
    page, said = read(GOLDEN / f"{name}-120x36.txt")
    assert len(said) > 100
    assert unexplained(CAME_BACK.get(name, page), said) == []


@pytest.mark.parametrize(
    ("page", "said", "found"),
    [
        ("application", "Paste the access token.", [r"access tokens?"]),
        ("application", "Your Client ID, and nothing else.", []),
        ("authorize", "The OAuth grant was refused.", [r"oauth", r"grants?"]),
        ("authorize", "It says: “unknown client”", []),
        ("done", "The token is good.", []),
        ("permissions", "Which scopes?", [r"scopes?"]),
    ],
)
def test_the_search_itself_finds_what_it_should(page: str, said: str, found: list[str]) -> None:
    assert unexplained(page, said) == found
