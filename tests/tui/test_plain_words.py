"""Words for somebody who has never heard of any of this: a term is explained where it first stands."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from textual.widgets import Button, Collapsible, Input, Static

from smily_tui.tui.screens.wizard import PAGES, WizardScreen
from smily_tui.tui.widgets.status_line import StatusLine
from smily_tui.tui.wizard.page import Page
from smily_tui.words import connecting as say
from tests.tui.scenes import SCENES, make_world, running, wizard

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# A term, and the sentence that explains it on the first page where it may stand.
EXPLAINED = {
    r"client ids?": ("application", say.ID_WHY),
    r"client secrets?": ("application", say.KEPT_HERE),
    r"partner panel": ("application", say.WHERE),
    r"redirect address": ("application", say.WHERE),
    r"permissions?": ("permissions", say.LITTLE),
    r"codes?": ("authorize", say.PASTE),
    r"redirect uri": ("authorize", say.ERROR_HELP[0]),
    r"scopes?": ("authorize", say.ERROR_HELP[1]),
    r"access tokens?": ("done", say.TOKENS),
    r"refresh tokens?": ("done", say.TOKENS),
    r"tokens?": ("done", say.TOKENS),
}
NEVER = (
    r"oauth", r"grants?", r"out of band", r"oob", r"endpoints?", r"bearer", r"json", r"tls", r"dns", r"api",
    r"invalid_\w+", r"clients?", r"uri", r"payload", r"http", r"authentication",
)  # fmt: skip
# What is no sentence of ours: an address to copy, and what a server said.
QUOTED = re.compile(r"urn:ietf:wg:oauth:2\.0:oob|https?://\S+|It says: “[^”]*”|“access_denied”|\S*/tokens\b")
WIZARD_SCENES = [name for name in SCENES if name.startswith("wizard-")]


def texts(screen: WizardScreen) -> Iterator[str]:
    """What the present page says, what is folded included, and what the status line does."""
    page = next(each for each in screen.query(Page) if each.display)
    for each in (*page.query(Static), *screen.query(StatusLine)):
        if each.id not in ("link", "facts"):
            yield str(each.content)
    yield from (str(each.label) for each in page.query(Button))
    yield from (each.placeholder for each in page.query(Input))
    yield from (each.title for each in page.query(Collapsible))


def unexplained(page: str, said: str, explained: dict[str, str]) -> list[str]:
    """The terms in what a page says that are explained neither there nor on an earlier one."""
    said = QUOTED.sub("", said).casefold()
    known = PAGES[: PAGES.index(page) + 1]
    found = []
    for term in EXPLAINED:
        rest = re.sub(rf"\b{term}\b", "", said)
        if rest != said and explained.get(term) not in known:
            found.append(term)
        said = rest
    return found + [term for term in NEVER if re.search(rf"\b{term}\b", said)]


async def said_on_each_page(folder: Path) -> dict[str, str]:
    """For each term, the page where it is explained, as the wizard says it."""
    world = make_world(folder, accounts=False)
    explained = {}
    async with running(world, (120, 36)) as pilot:
        pages = wizard(pilot).query(Page)
        for term, (first, sentence) in EXPLAINED.items():
            page = next(each for each in pages if each.id == first)
            if sentence in " ".join(str(each.content) for each in page.query(Static)):
                explained[term] = first
    return explained


async def test_each_term_is_explained_on_the_page_that_is_named(tmp_path: Path) -> None:
    assert set(await said_on_each_page(tmp_path)) == set(EXPLAINED)


@pytest.mark.parametrize("name", WIZARD_SCENES)
async def test_no_page_uses_a_term_that_was_not_explained(name: str, tmp_path: Path) -> None:
    explained = await said_on_each_page(tmp_path / "explained")
    accounts, go = SCENES[name]
    world = make_world(tmp_path / "scene", accounts=accounts)
    async with running(world, (120, 36)) as pilot:
        await go(pilot)
        screen = next(each for each in world.app.screen_stack if isinstance(each, WizardScreen))
        said = "\n".join(texts(screen))
        assert unexplained(screen._page, said, explained) == []


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
    everything = {term: first for term, (first, _) in EXPLAINED.items()}
    assert unexplained(page, said, everything) == found
