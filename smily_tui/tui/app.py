"""Full-screen app: its screens, and what they ask of it."""

from __future__ import annotations

import asyncio
import functools
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Final

from textual.css.query import NoMatches
from textual.widget import MountError

from smily_tui import signals
from smily_tui.demo import LASTS, SPEED, TIME_AS_USUAL, TIME_LAPSE, DemoInfo
from smily_tui.errors import SmilyError, SystemRefused, named
from smily_tui.system import check_terminal, here
from smily_tui.tui.actions import FAULT_KEYS, Entry
from smily_tui.tui.base_app import BaseApp
from smily_tui.tui.screens.base import SizedScreen, StatusScreen
from smily_tui.tui.themes import PROJECTOR
from smily_tui.tui.widgets.first_frame import TitleBar
from smily_tui.tui.widgets.status_line import StatusLine
from smily_tui.tui.wire import WIDE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from rich.console import RenderableType
    from textual.actions import ActionParseResult
    from textual.dom import DOMNode
    from textual.driver import Driver
    from textual.screen import Screen
    from textual.theme import Theme
    from textual.timer import Timer

    from smily_tui.accounts import Accounts
    from smily_tui.desktop.browser import Opened
    from smily_tui.desktop.clipboard import Copied
    from smily_tui.secret import Secret
    from smily_tui.text import Untrusted
    from smily_tui.tui.input import InputFailed
    from smily_tui.tui.slides import Story
    from smily_tui.vault.model import Address, Application


class SmilyApp(BaseApp):
    """smily-tui, full screen.

    Args:
        accounts: stored accounts and every change to them.
        demo: what the demo fills in; None outside of it.
        connect: open the wizard, even where accounts are stored.
        application: the stored application to connect an account with, by name.
        presenter: large, calm and without secrets, for a projector.
        ascii: show nothing but ASCII.
        queue: open the queue of this stored application.
        open_link, copy: what opens a link and copies a text; tests pass their own.
    """

    TITLE = "smily-tui"
    # what all screens have; `SizedScreen` reads their own
    CSS_PATH = Path(__file__).with_name("smily.tcss")
    ENABLE_COMMAND_PALETTE = True

    def __init__(
        self,
        accounts: Accounts,
        *,
        demo: DemoInfo | None = None,
        connect: bool = False,
        application: Untrusted | None = None,
        presenter: bool = False,
        ascii: bool = False,  # noqa: A002
        queue: Application | None = None,
        open_link: Callable[[str], Opened] | None = None,
        copy: Callable[[str | Secret], Copied] | None = None,
    ) -> None:
        super().__init__(accounts, demo=demo, ascii=ascii, open_link=open_link, copy=copy)
        self.presenter = presenter
        self._theme_before = self.theme
        self._connect = connect
        self._lapse: Timer | None = None
        self._first_queue = queue
        self._application = None if application is None else accounts.apps.named(application)

    def on_mount(self) -> None:
        """Open the screens as soon as the first frame is there."""
        if self.presenter:
            self.present()
        self._open()

    def present(self) -> None:
        """Large, calm and without secrets, for a projector."""
        self.presenter = True
        if PROJECTOR.name in self.available_themes:  # not where NO_COLOR forbids it
            self.theme = PROJECTOR.name
        self.animation_level = "none"
        self.add_class("-presenter")
        self.wire_open = self.size.width >= WIDE

    def _open(self) -> None:
        """Show the dashboard, or the wizard before it where nothing is stored."""
        self.use_own_keys()
        if self.presenter and self.demo is not None:
            self.action_slides()
        else:
            self._open_first()
        self.remember_themes()
        if self.ignored:
            self.call_after_refresh(self._tell_ignored)

    def _open_first(self) -> None:
        if self._first_queue is None and (self._connect or self._is_empty()):
            self._open_wizard()
        else:
            self.call_later(self._open_dashboard)

    def action_slides(self) -> None:
        """Show the slides of the demo; the program as usual follows where nothing is below them."""
        from smily_tui.tui.screens.slides import SlidesScreen

        if self.demo is not None:
            is_first = len(self.screen_stack) == 1
            self.push_screen(
                SlidesScreen(self.story, self.demo), lambda _: self._open_first() if is_first else None
            )

    @functools.cached_property
    def story(self) -> Story:
        """Story of the slides, which they go on with when they are opened again."""
        from smily_tui.tui.slides import Story

        assert self.demo is not None  # noqa: S101 - only the demo has slides
        return Story(self.stored, self.demo, self.wire, self.run_time)

    def run_time(self, speed: float) -> None:
        """Have the demo's time run so many times as fast, as each title bar shows."""
        if self.demo is not None:
            self.demo.run_time(speed)
            self.speed = speed

    def action_lapse(self) -> None:
        """Have two hours of the demo pass in two minutes; asked again, stop that."""
        if self._lapse is not None:
            self._lapse.stop()
        begins = self.speed == 1.0
        self.run_time(SPEED if begins else 1.0)
        self._lapse = self.set_timer(LASTS, lambda: self.run_time(1.0)) if begins else None
        self._say(TIME_LAPSE if begins else TIME_AS_USUAL)

    async def _open_dashboard(self, address: Address | None = None) -> None:
        """Show the accounts, with the cursor on the one that was just connected."""
        # here and not at the top: neither the first frame nor the wizard waits for it
        from smily_tui.tui.screens.dashboard import DashboardScreen

        dashboard = DashboardScreen()
        await self.push_screen(dashboard)
        if address is not None:
            dashboard.pane.go_to(address)
        if self._first_queue is not None:
            dashboard.open_queue(self._first_queue)
            self._first_queue = None

    def _open_wizard(self) -> None:
        """With the application that is named or the only one that is stored; one of several is chosen."""
        from smily_tui.tui.screens.wizard import Start, WizardScreen

        def begin(start: Start | None) -> None:
            if start is None:
                self.call_later(self._open_dashboard)
            else:
                self.push_screen(WizardScreen(self.stored, start, self.demo), self._open_dashboard)

        usable = self._usable_applications()
        if len(usable) > 1:
            from smily_tui.tui.screens.choose_application import ApplicationDialog

            self.mount(TitleBar("starting"))  # else the dialog would stand on an empty screen
            self.push_screen(ApplicationDialog(usable), begin)
        else:
            begin(Start(usable[0], usable[0].scopes) if usable else Start())

    def _usable_applications(self) -> tuple[Application, ...]:
        """Those to connect an account with; none where that cannot be read: the wizard says why."""
        if self._application is not None:
            return (self._application,)
        try:
            return self.stored.apps.usable() if self._connect else ()
        except SmilyError:
            return ()

    def _is_empty(self) -> bool:
        """Return whether an account is to be connected; if that cannot be read, the dashboard says why."""
        try:
            stored = self.stored.first(1) or self.stored.accounts()
            return not stored or self.stored.unfinished() is not None
        except SmilyError:
            return False

    async def run_action(
        self,
        action: str | ActionParseResult,
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """Do what a key or the palette asks for; where what is stored cannot be read, the screen says so."""
        try:
            return await super().run_action(action, default_namespace, namespaces)
        # Textual ends the app after an error that leaves an action
        except (SmilyError, OSError) as error:
            for line in self.screen.query(StatusLine):
                line.error(named(error))
            return True

    async def action_quit(self) -> None:
        """Leave; where something could not be kept, the screen says so first, and who asks again leaves."""
        for screen in self.screen_stack:
            if isinstance(screen, SizedScreen) and not await screen.may_quit():
                return
        await super().action_quit()

    # -- asked for by keys and the palette ---------------------------------------------------------------

    def action_help(self) -> None:
        """Explain the present screen and its keys."""
        about = getattr(self.screen, "ABOUT", "")
        if about:
            from smily_tui.tui.screens.help import HelpScreen

            actions = [action for _, action in self.actions_on(self.screen)]
            subject = getattr(self.screen, "SUBJECT", "account")
            self.push_screen(HelpScreen(about.format_map(self.keys_of(actions)), actions, subject))

    def action_transcript(self) -> None:
        """Write the exchanges of the wire view into a file."""
        from smily_tui.tui.screens.saving import save_transcript

        if isinstance(self.screen, StatusScreen):
            save_transcript(self.screen)

    def action_export_today(self) -> None:
        """Show what was authorized today."""
        from smily_tui.tui.screens.saving import save_today

        if isinstance(self.screen, StatusScreen):
            save_today(self.screen)

    # -- remarks on the status line ----------------------------------------------------------------------

    def remember_themes(self) -> None:
        """From now on, store each theme that is chosen."""
        self._theme_before = self.theme
        self.theme_changed_signal.subscribe(self, self._remember)

    def _remember(self, theme: Theme) -> None:
        # the one that follows the terminal changes its colours and stays what it is
        if theme.name == self._theme_before:
            return
        self._theme_before = theme.name

        def store() -> None:
            try:
                self.stored.settings.save_theme(theme.name)
            except SmilyError as error:
                sentence = f"The theme was not saved. {error.what}"
                self.call_from_thread(self._say, f"! {sentence}")

        self.run_worker(store, thread=True, exit_on_error=False)

    def _say(self, text: str) -> None:
        """Show a text on the status line of the topmost screen that has one.

        Not in a toast: Textual 8.2 loses wide letters of it that stand over an edge of what is below.
        """
        for screen in reversed(self.screen_stack):
            for line in screen.query(StatusLine):
                line.say(text)
                return

    def _tell_ignored(self) -> None:
        """Name what the settings hold that could not be used."""
        from smily_tui.messages.accounts import NOT_USED

        self._say("\n".join(f"! {NOT_USED.format(what=entry)}" for entry in self.ignored))

    def entries_on(self, screen: Screen[object]) -> Iterator[Entry]:
        """Yield what can be done now, the themes, and what the demo can make happen."""
        yield from super().entries_on(screen)
        has_own = any(action in FAULT_KEYS for action in getattr(screen, "ACTIONS", ()))
        if self.demo is not None and not has_own:
            from smily_tui.tui.demo import entries

            acts = (self.action_lapse, self.action_slides, self._choose)
            yield from entries(self.demo, self._say, *acts)

    def action_command_palette(self) -> None:
        """Offer what can be done now."""
        from smily_tui.tui.screens.palette import Palette

        if not isinstance(self.screen, Palette):
            self._choose(self.entries_on(self.screen))

    def search_themes(self) -> None:
        """Offer the themes, which Textual would list in a palette of its own."""
        themes = self.available_themes
        entries = [Entry(name, "", functools.partial(setattr, self, "theme", name)) for name in themes]
        self._choose(entries, "Search for themes…")

    def _choose(self, entries: Iterable[Entry], hint: str = "Search for commands…") -> None:
        from smily_tui.tui.screens.palette import Palette

        def do(entry: Entry | None) -> None:
            if entry is not None:
                self.call_later(entry.act)

        self.push_screen(Palette(entries, hint), do)

    # -- the end -----------------------------------------------------------------------------------------

    def get_driver_class(self) -> type[Driver]:
        """Return our driver, which no environment variable may replace; on Windows that of Textual."""
        if sys.platform == "win32":  # for types: neither driver is anything elsewhere
            from textual.drivers.windows_driver import WindowsDriver as TerminalDriver
        else:
            from smily_tui.tui.driver import TerminalDriver
        return TerminalDriver

    def leave(self, number: int) -> None:
        """Leave because of a signal; nothing is asked."""
        self.exit(return_code=signals.exit_code(number))

    def on_terminal_gone(self) -> None:
        """Leave as by SIGHUP, which whoever started the program may have it ignore."""
        self.leave(here.HANGUP)

    def on_input_failed(self, event: InputFailed) -> None:
        """Leave as after any bug."""
        raise event.error

    def _handle_exception(self, error: Exception) -> None:
        """Leave after a bug; a screen that opens while the program leaves already is none."""
        # Textual 8.2.8 mounts that screen without its parts (`Widget.mount`)
        if not (self._exit and isinstance(error, NoMatches | MountError)):
            super()._handle_exception(error)

    def panic(self, *_: object) -> None:
        """Leave after a bug that Textual would describe itself."""
        self._fatal_error()

    def _fatal_error(self) -> None:
        """Leave after a bug, and tell its kind and place: its text and all variables may hold secrets."""
        # Textual 8.2.8 prints a traceback with `show_locals=True` here
        self.bell()
        # only the first bug: Textual would count the others, and name a tool of its own
        is_reported = bool(self._exit_renderables)
        self.exit(return_code=1, message=None if is_reported else self._bug())

    def _bug(self) -> RenderableType:
        import traceback

        from rich.text import Text

        error = sys.exc_info()[1] or self._exception
        frames = traceback.extract_tb(error.__traceback__) if error else []
        kind = type(error).__name__ if error else "the full screen ended"
        lines = [f"smily-tui: A bug: {kind}. Report it to the maintainers of smily-tui with these lines:"]
        lines += [f"  {Path(frame.filename).name}:{frame.lineno} in {frame.name}" for frame in frames]
        if refusal := SystemRefused.behind(error):
            lines = [f"smily-tui: {refusal.what}", refusal.next]
        return Text("\n".join(lines))


LEAVING: Final = 5.0  # seconds until a signal ends the program, whatever hangs


def run(
    accounts: Accounts,
    *,
    demo: DemoInfo | None = None,
    connect: bool = False,
    application: Untrusted | None = None,
    presenter: bool = False,
    ascii: bool = False,  # noqa: A002
    queue: Application | None = None,
) -> int:
    """Show the dashboard, or the wizard where nothing is stored or `connect` asks for it.

    Return the exit code, or `TRY_DEMO`.

    Raises:
        UsageError: there is no terminal, or no such application.
        KeyUnavailable: what is stored is encrypted, and its key cannot be had.
    """
    check_terminal()
    threading.Thread(target=lambda: None).start()  # where none starts, Textual fails for another reason
    accounts.at_rest.check()
    accounts.at_rest.keep_off_main_thread()

    app = SmilyApp(
        accounts,
        demo=demo,
        connect=connect,
        application=application,
        presenter=presenter,
        ascii=ascii,
        queue=queue,
    )
    asyncio.run(_run(app))
    if app.clear_clipboard():
        from smily_tui.desktop.clipboard import CLEARED

        sys.stderr.write(f"{CLEARED}\n")
    return 1 if app.return_code is None else app.return_code


async def _run(app: SmilyApp) -> None:
    """Run the program; a signal that would end it has it leave in order, so that the terminal comes back."""
    loop = asyncio.get_running_loop()

    def leave(number: int) -> None:
        here.end_after(LEAVING)
        # a signal's handler runs inside of the loop's wait, which `call_soon` would not end
        loop.call_soon_threadsafe(app.leave, number)

    with signals.ending(leave, interrupt=True):
        await app.run_async()
    here.call_off()
