"""A program for a pty: the real application shows hostile strings on one part of its screens, then leaves.

`python -m tests.hostile.text.gallery HOME PART hostile|harmless EACH LOST`, with each EACH-th string. Exit
code 0 where all that can be read was on the screen; 3 where something was not, and the file LOST names it.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from rich.cells import cell_len
from textual.containers import VerticalScroll
from textual.events import Paste
from textual.widgets import Input, OptionList, Static

from smily_tui.batch import BatchRefresh, Result
from smily_tui.clock import SystemClock
from smily_tui.errors import SmilyError
from smily_tui.queue.queue import Queue, Row
from smily_tui.queue.today import Entry
from smily_tui.records import encode
from smily_tui.sandbox.owner import ConsentPage
from smily_tui.secret import Secret
from smily_tui.text import Clean, clean
from smily_tui.tui.app import SmilyApp
from smily_tui.tui.pages.done import DonePage, Storage
from smily_tui.tui.pages.permissions import PermissionsPage, ScopeList
from smily_tui.tui.screens.dialogs import (
    SHOWN,
    ExportDialog,
    FolderDialog,
    HistoryScreen,
    NameDialog,
    Question,
    ResultsScreen,
    TodayScreen,
)
from smily_tui.tui.screens.help import HelpScreen
from smily_tui.tui.screens.link_dialogs import ConsentDialog, MessageScreen
from smily_tui.tui.screens.queue import QueueScreen
from smily_tui.tui.screens.queue_entry import AddRowsScreen, PasteArea
from smily_tui.tui.screens.queue_row import QueueRowScreen
from smily_tui.tui.screens.wizard import Start, WizardScreen
from smily_tui.tui.widgets.first_frame import TitleBar
from smily_tui.tui.widgets.queue_table import QueueTable
from smily_tui.tui.widgets.status_line import StatusLine
from smily_tui.tui.widgets.tables import AccountTable
from smily_tui.vault.format import encode_file
from smily_tui.vault.history import TokenUse
from smily_tui.vault.model import Address
from smily_tui.vault.store import Note, Store
from smily_tui.wire.redaction import masked
from tests.support.corpus import strings
from tests.support.records import replaced, with_tokens
from tests.support.tui.scenes import CLIENT_ID, CLIENT_SECRET, authorization, grid
from tests.support.tui.wire_scenes import asked

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Iterator

    from textual.screen import Screen
    from textual.widget import Widget

    from smily_tui.accounts import Accounts

_Text = TypeVar("_Text", bound=str)
NARROWEST: Final = (
    34  # cells of a permission that stand in a list of the narrowest screen; longer ones are cut
)
IN_ONE: Final = 5  # so many strings has each account: name, three permissions, trouble
BODY: Final = 11  # so many accounts are in an answer: a longer one is cut, and says so
HARMLESS: Final = [f"Villa Rosa {number}" for number in range(60)]


def fill(folder: Path, texts: list[str]) -> list[Address]:
    """A store whose accounts, notes and ledgers speak only so, as another program might have written it."""
    from smily_tui.accounts import Accounts
    from smily_tui.vault.home import Home

    home = Home.at(folder)
    Accounts(home).apps.save("Demo app", CLIENT_ID, CLIENT_SECRET, ["public"])
    store, found = Store(home), []
    for number, (label, *scopes, trouble) in enumerate(batched(texts, IN_ONE)):
        address = Address("demo-app", f"account-{number:03d}")
        record = authorization("x", 4000 + number, 0, "public")
        record = with_tokens(record, sent=SystemClock().now(), scopes=tuple(map(Clean, scopes)))
        raw = encode(replaced(record, label=Clean(label)))
        path = store.slot(address).path()
        path.write_bytes(encode_file("authorization", raw | {"asked": scopes}))
        path.chmod(0o600)
        store.slot(address).write_note(Note(1, 1.0, Clean(trouble), refused=number % 2 == 0))
        found.append(address)
    return found


def rotation(text: str) -> TokenUse:
    """A line of a ledger that says so in each of its fields."""
    word = clean(text, 30)
    return TokenUse(1.0, word, word, word, word, 1, Clean("1234abcd"), Clean("5678abcd"))


def entry(text: Clean) -> Entry:
    """A row of today's list that says so."""
    return Entry(text, None, text, 1.0, (text,), (text,), text)


def batched(texts: list[_Text], size: int) -> Iterator[list[_Text]]:
    """So many at a time, the last of them once more where there are too few."""
    for start in range(0, len(texts), size):
        yield (texts[start : start + size] + texts[-size:])[:size]


def readable(text: str) -> str:
    """A text without what takes no room: spaces, line ends, and what joins letters."""
    return "".join(char for char in text if not char.isspace() and char not in "\u200c\u200d")


class Gallery(SmilyApp):
    """Walks through one part of its own screens with those texts.

    Attributes:
        PARTS: the parts by name, each with its walks.
        part: name of this one.
        lost: what can be read and was not to be seen, with the place, and what was seen there.
    """

    def __init__(self, stored: Accounts, part: str, texts: list[str]) -> None:
        super().__init__(stored)
        self.part = part
        self.texts = texts
        self.lost: list[str] = []
        self.animation_level = "none"

    def _open(self) -> None:
        super()._open()
        self.run_worker(self._walk())

    async def _walk(self) -> None:
        for walk in self.PARTS[self.part]:
            await walk(self)
        self.exit()

    async def _drawn(self, *shown: str) -> None:
        """Wait until the terminal has it, and see that plain letters are all there."""
        done = asyncio.Event()
        self.screen.call_after_refresh(done.set)
        await done.wait()
        if shown:
            self._see(self.screen, shown, grid(self))

    def _see(self, place: object, wanted: Iterable[str], screen: str) -> None:
        """Note what is not there, whatever its script; a line may have been wrapped at a space."""
        there = readable(screen)
        lost = [f"{place}: {each}" for each in wanted if readable(each) not in there]
        self.lost += [*lost, screen] if lost else []

    def _lines(self, room: int) -> Iterator[list[Clean]]:
        """As many lines as the screen has room for besides so many others."""
        width = min(self.size.width - 16, 60)
        for batch in batched(self.texts, max(3, self.size.height - room)):
            yield [clean(each, width) for each in batch]

    @contextlib.asynccontextmanager
    async def _over(self, screen: Screen[Any]) -> AsyncIterator[None]:
        """A screen over the others, drawn, and then gone."""
        await self.push_screen(screen)
        yield
        await screen.dismiss(None)

    # -- the screens -----------------------------------------------------------------------------------

    async def _dashboard(self) -> None:
        """Each account in the table and in full; errors, remarks and busy words below."""
        count = len(self.stored.accounts())  # the first screenful comes before the others
        while not (tables := self.screen.query(AccountTable)) or tables.first().row_count < count:
            await self._drawn()
        table, status = self.screen.query_one(AccountTable), self.screen.query_one(StatusLine)
        for row, account in enumerate(table.accounts):
            table.move_cursor(row=row)
            name = account.label if cell_len(account.label) <= table.rooms[1] else ""
            await self._drawn(name)
        for lines in self._lines(9):
            status.error(SmilyError("\n".join(lines[:-2]), kept=lines[-2], next=lines[-1]))
            await self._drawn()
            status.say("\n".join(lines))
            await self._drawn()
            status.busy(lines[0])
            status._tick()
        status.clear()

    async def _dialogs(self) -> None:
        """All of them in one question, one help and one history, which are scrolled through."""
        lines = [clean(each, min(self.size.width - 16, 60)) for each in self.texts]
        short = [clean(each, 30) for each in self.texts]
        consent = ConsentPage(lines[0], (("4711", lines[1]), ("4712", lines[2])), "4711", tuple(lines), {})
        dialogs: tuple[tuple[Screen[Any], list[Clean]], ...] = (
            (Question("\n".join(lines), lines[0][:10], lines[1][:10]), lines),
            (HelpScreen("\n".join(lines), []), lines),
            (HistoryScreen(lines[0], [rotation(each) for each in lines], 1.0), short),
            (ResultsScreen(self._failed(lines)), lines),
            *((TodayScreen([entry(each) for each in few]), few) for few in batched(lines, SHOWN)),
            (MessageScreen(lines[0], Clean("\n".join(lines)), "https://www.bookingsync.com/"), lines),
            (ExportDialog(lines[0]), lines[:1]),
            (ConsentDialog(consent), lines),
        )
        for dialog, wanted in dialogs:
            async with self._over(dialog):
                await self._drawn()
                self._see(dialog, wanted, await self._scrolled(dialog.query_one(VerticalScroll)))

    def _failed(self, lines: list[Clean]) -> BatchRefresh:
        """A refresh of all accounts that failed for such reasons."""
        stored = cycle(self.stored.accounts())
        accounts = [
            replaced(account, address=Address(account.address.application, f"failed-{number}"))
            for number, account in zip(range(len(lines)), stored, strict=False)
        ]
        batch = BatchRefresh(self.stored, accounts)
        batch.results += [
            Result(account, SmilyError(line)) for account, line in zip(accounts, lines, strict=True)
        ]
        return batch

    async def _queue(self) -> None:
        """A list of owners who are called so, with such reasons for a failure."""
        application = self.stored.apps.all()[0]
        rows = [Row(clean(each, 60), words=clean(each)) for each in self.texts]
        self.stored.queue(application.key).change(lambda queue: queue.with_rows(rows, 1.0))
        screen = QueueScreen(self.stored, application)
        async with self._over(screen):
            while screen.query_one(QueueTable).row_count < len(rows):
                await self._drawn()
            for row in range(0, len(rows), max(3, self.size.height - 9)):  # a page at a time
                screen.query_one(QueueTable).move_cursor(row=row)
                await self._drawn()
        one = QueueRowScreen(self.stored, application, rows[0], Queue())
        async with self._over(one):
            bar, kept = one.query_one(TitleBar), self.stored.queue(application.key)
            for batch in batched(self.texts, 25):
                few = [Row(clean(each, 60)) for each in batch]
                queue = kept.change(lambda _, few=few: Queue().with_rows(few, 1.0))  # type: ignore[misc]
                for queued in queue.rows:
                    name = clean(queued.label, 20)
                    one.open_row(queued, queue)
                    bar.say(name)  # where an application's name stands
                    await self._drawn(name)
                    owner = one.query_one("#owner", Static)
                    self._see(one, [queued.label], "".join(_inside(owner)))

    async def _adding(self) -> None:
        """Such lines are pasted for the queue, and those that cannot be used are named."""
        application = self.stored.apps.all()[0]
        screen = AddRowsScreen(self.stored.queue(application.key), ())
        async with self._over(screen):
            area, problems = screen.query_one(PasteArea), screen.query_one("#problems")
            for batch in batched(self.texts, 100):
                area.text = ""
                problems.display = False
                lines = ["name;account id;permissions", *(f"{each};{each};{each}" for each in batch)]
                area.post_message(Paste("\n".join(lines)))
                while not area.text:
                    await self._drawn()
                screen.action_add_to_list()
                while not problems.display:
                    await self._drawn()
                await self._scrolled(screen.query_one(VerticalScroll))

    async def _scrolled(self, page: VerticalScroll) -> str:
        """What was to be seen, page by page, each of them drawn; the last one may begin in the one before."""
        shown: dict[int, str] = {}
        top = 0
        while True:
            rows = await self._seen(page, top)
            shown |= dict(enumerate(rows, min(top, page.max_scroll_y)))
            if top >= page.max_scroll_y:
                return "".join(row for _, row in sorted(shown.items()))
            top += len(rows)

    async def _seen(self, page: VerticalScroll, top: int) -> list[str]:
        """What the screen shows of a page that is scrolled there, once it is drawn so.

        What has the focus is scrolled to a moment after it got it, so that once may not be enough.
        """
        first = page.children[0]
        while True:
            page.scroll_to(y=top, animate=False, immediate=True)
            await self._drawn()
            there = min(top, page.max_scroll_y)
            drawn = page.scrollable_content_region.y + first.virtual_region.y - there
            if round(page.scroll_y) == there and page.screen.find_widget(first).region.y == drawn:
                return _inside(page)

    async def _naming(self) -> None:
        """The name of an account, to be changed, and a folder: as many in the field as it has room for."""
        for dialog in (NameDialog, FolderDialog):
            async with self._over(dialog(clean(self.texts[0]))):
                field = self.screen.query_one(Input)
                await self._drawn()
                for words in self._packed(field.content_size.width - 1):  # the cursor stands behind them
                    field.value = " ".join(words)
                    await self._drawn(*words)

    def _packed(self, room: int) -> Iterator[list[Clean]]:
        """As many texts at a time as stand in one line of so many cells."""
        line: list[Clean] = []
        for text in self.texts:
            each = clean(text, room // 2)  # a letter may be two cells wide
            if cell_len(" ".join([*line, each])) > room:
                yield line
                line = []
            line.append(each)
        yield line

    async def _toasts(self) -> None:
        """The toolkit's, for the program shows none: each is gone before the next one and other screens."""
        for lines in self._lines(8):
            self.notify("\n".join(lines), title=lines[0], markup=False, timeout=3600)
            while not self.screen.query("Toast"):
                await self._drawn()
            await self._drawn()
            self.clear_notifications()
            while self.screen.query("Toast"):
                await self._drawn()

    async def _wizard(self) -> None:
        """Step 2 with such permissions, step 4 with such an account."""
        accounts = self.stored.accounts()
        application = replaced(self.stored.apps.all()[0], name=clean(self.texts[0]))
        wizard = WizardScreen(self.stored, Start(application))
        await self.push_screen(wizard)
        await self._drawn()
        await wizard.add_pages()
        wizard.show_page("permissions")
        for lines in self._lines(9):
            wizard.query_one(PermissionsPage).fill(tuple(lines))
            rows, shown = wizard.query_one(ScopeList), ""
            await self._drawn()
            for row in (*range(0, rows.option_count, max(rows.size.height, 1)), rows.option_count - 1):
                rows.highlighted = row  # a page at a time
                await self._drawn()
                shown += grid(self)
            self._see(rows, (each for each in lines if cell_len(each) <= NARROWEST), shown)
        wizard.show_page("done")
        for account, lines in zip(accounts, self._lines(9), strict=False):
            named = replaced(
                account, label=lines[0], granted_scopes=tuple(lines), requested_scopes=tuple(lines[1:])
            )
            kept = Storage(Secret(lines[0]), lines[1], lines[2])
            page = wizard.query_one(DonePage)
            page.show(named, lines[-1], kept, self.clock.now())
            await self._drawn()
            self._see(page, lines, await self._scrolled(page))
        await wizard.dismiss(None)

    async def _wire(self) -> None:
        """Answers of a server that speaks so."""
        await self.run_action("screen.wire")
        while not any(
            entries.option_count for entries in self.screen.query("#exchanges").results(OptionList)
        ):
            await self._drawn()  # filled after it was mounted; how long after differs between Pythons
        # a body beyond 64 KiB is not shown, and of one text no more than 300 characters are
        for texts in batched([text[:400] for text in self.texts], BODY):
            body = {"accounts": [{"business_name": each} for each in texts], "error": texts[0]}
            self.wire.exchanges.clear()
            for each in masked([asked("me", body, 0.1)]):
                self.wire.exchange(each)
            entry = self.wire.entries.index(self.wire.exchanges[0])  # beside what the wizard planned
            self.screen.query_one("#exchanges", OptionList).highlighted = entry
            await self._drawn()
            page = self.screen.query_one("#page", VerticalScroll)
            wanted = (_in_json(clean(each)) for each in texts if len(each) < 100)
            self._see(page, wanted, await self._scrolled(page))

    PARTS: Final = {
        "accounts": (_dashboard, _dialogs, _naming),
        "connecting": (_toasts, _wizard, _wire),
        "queue": (_queue, _adding),
    }


def _in_json(text: str) -> str:
    """As it stands in a body that is shown."""
    return json.dumps(text, ensure_ascii=False)[1:-1]


def _inside(page: Widget) -> list[str]:
    """What the screen shows between the borders of a page, row by row."""
    place = page.scrollable_content_region
    rows = page.screen._compositor.render_strips()[place.y : place.bottom]
    return [row.crop(place.x, place.right).text for row in rows]


def main() -> int:
    """Show them all."""
    from smily_tui.accounts import Accounts
    from smily_tui.vault.home import Home

    home, part, kind, each, lost = sys.argv[1:]
    texts = strings()[:: int(each)] if kind == "hostile" else HARMLESS
    fill(Path(home), texts)
    app = Gallery(Accounts(Home.at(Path(home))), part, texts)
    app.run()
    if app.lost:
        Path(lost).write_text("\n".join(app.lost), "utf-8")
    return app.return_code or (3 if app.lost else 0)


if __name__ == "__main__":
    sys.exit(main())
