"""Which browser is asked to open a link, and how it is started."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from smily_tui.desktop.browser import (
    ASKED,
    NO_LINK,
    NONE,
    REMOTE,
    TEXT_BROWSERS,
    Opened,
    open_in_terminal,
    open_link,
    text_browser,
)
from tests.support.polling import until

if TYPE_CHECKING:
    from tests.support.programs import Programs

LINK = "https://www.bookingsync.com/oauth/authorize?client_id=a&scope=public%20rates_read"


def opened(programs: Programs, **environ: str) -> Opened:
    return open_link(LINK, {"PATH": str(programs.folder), **environ})


def test_a_browser_gets_the_link_alone_in_a_session_of_its_own(programs: Programs) -> None:
    programs.record("xdg-open")
    assert opened(programs, DISPLAY=":0") == Opened(asked=True, words=ASKED)
    seen = programs.seen("xdg-open")
    assert seen["arguments"] == [LINK]
    assert seen["leads_session"] is True
    assert seen["files"] == ["/dev/null"] * 3


@pytest.mark.parametrize("screen", ["DISPLAY", "WAYLAND_DISPLAY"])
def test_a_desktop_without_xdg_open_has_other_browsers(programs: Programs, screen: str) -> None:
    programs.record("firefox")
    assert opened(programs, **{screen: "x"}).asked
    assert programs.seen("firefox")["arguments"] == [LINK]


def test_without_a_screen_nothing_is_started(programs: Programs) -> None:
    for name in ("xdg-open", "firefox", "w3m"):
        programs.record(name)
    assert opened(programs) == Opened(asked=False, words=NONE)
    assert not any(programs.was_started(name) for name in ("xdg-open", "firefox", "w3m"))


@pytest.mark.parametrize("name", sorted(TEXT_BROWSERS))
def test_a_text_browser_is_never_started(programs: Programs, name: str) -> None:
    place = programs.record(name)
    assert opened(programs, DISPLAY=":0", BROWSER=f"{name}:{place} %s") == Opened(asked=False, words=NONE)
    assert not programs.was_started(name)


def test_the_persons_own_choice_comes_first(programs: Programs) -> None:
    programs.record("xdg-open")
    programs.record("mine")
    assert opened(programs, DISPLAY=":0", BROWSER="w3m:absent:mine --new").asked
    assert programs.seen("mine")["arguments"] == ["--new", LINK]
    assert not programs.was_started("xdg-open")


@pytest.mark.parametrize(
    ("written", "arguments"),
    [
        ("mine %s", [LINK]),
        ("mine --url=%s --raise", [f"--url={LINK}", "--raise"]),
        ("mine 'a b'", ["a b", LINK]),
    ],
)
def test_the_choice_may_say_where_the_link_goes(
    programs: Programs, written: str, arguments: list[str]
) -> None:
    programs.record("mine")
    assert opened(programs, BROWSER=written).asked
    assert programs.seen("mine")["arguments"] == arguments


@pytest.mark.parametrize("written", ["mine 'no end", "absent", "", ":::", "/"])
def test_a_choice_that_cannot_be_started_is_passed_over(programs: Programs, written: str) -> None:
    programs.record("xdg-open")
    assert opened(programs, DISPLAY=":0", BROWSER=written).asked
    assert programs.seen("xdg-open")["arguments"] == [LINK]


def test_a_browser_that_fails_at_once_is_not_called_asked(programs: Programs) -> None:
    programs.record("xdg-open", "sys.exit(3)")
    assert opened(programs, DISPLAY=":0") == Opened(asked=False, words=NONE)
    programs.record("firefox")
    assert opened(programs, DISPLAY=":0").asked
    assert programs.seen("firefox")["arguments"] == [LINK]


@pytest.mark.parametrize("mark", ["SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT"])
def test_on_a_remote_machine_the_person_opens_the_link(programs: Programs, mark: str) -> None:
    programs.record("xdg-open")
    assert opened(programs, DISPLAY="localhost:10.0", **{mark: "x"}) == Opened(asked=False, words=REMOTE)
    assert not programs.was_started("xdg-open")


def test_a_helper_that_opens_links_at_home_is_used_on_a_remote_machine(programs: Programs) -> None:
    helper = programs.record("helper.sh")
    assert opened(programs, SSH_CONNECTION="x", BROWSER=str(helper)).asked
    assert programs.seen("helper.sh")["arguments"] == [LINK]


@pytest.mark.parametrize(
    ("name", "before"), [("wslview", []), ("rundll32.exe", ["url.dll,FileProtocolHandler"])]
)
def test_wsl_hands_the_link_to_windows(programs: Programs, name: str, before: list[str]) -> None:
    programs.record(name)
    assert opened(programs, WSL_DISTRO_NAME="Debian").asked
    assert programs.seen(name)["arguments"] == [*before, LINK]


@pytest.mark.parametrize(
    "link",
    [
        "", "file:///etc/passwd", "javascript:alert(1)", "--help", "ftp://a.example", "https://",
        "https://a b", "https://a\n--help", "https://a\x00b", "https://é.example", " https://a.example",
    ],
)  # fmt: skip
def test_only_links_are_opened(programs: Programs, link: str) -> None:
    programs.record("mine")
    environ = {"PATH": str(programs.folder), "BROWSER": "mine"}
    assert open_link(link, environ) == Opened(asked=False, words=NO_LINK)
    assert not programs.was_started("mine")


@pytest.mark.alone
def test_a_browser_that_stays_open_is_left_alone_and_leaves_no_zombie(programs: Programs) -> None:
    programs.record("xdg-open", "import signal\nsignal.pause()")
    began = time.monotonic()
    assert opened(programs, DISPLAY=":0").asked
    assert time.monotonic() - began < 5
    pid = programs.seen("xdg-open")["pid"]
    assert isinstance(pid, int)
    assert Path(f"/proc/{pid}").exists()
    os.kill(pid, signal.SIGKILL)
    until(lambda: not Path(f"/proc/{pid}").exists())


def test_a_text_browser_is_found_by_its_name_and_gets_the_link(programs: Programs) -> None:
    assert text_browser({"PATH": str(programs.folder)}) == ""
    programs.record("lynx")
    assert text_browser({"PATH": str(programs.folder)}) == "lynx"
    open_in_terminal(str(programs.folder / "lynx"), "https://www.bookingsync.com/oauth/authorize?a=b")
    assert programs.seen("lynx")["arguments"] == ["https://www.bookingsync.com/oauth/authorize?a=b"]


@pytest.mark.parametrize("link", ["file:///etc/passwd", "-version", "javascript:alert(1)", "https://a b"])
def test_a_text_browser_opens_nothing_but_web_pages(programs: Programs, link: str) -> None:
    programs.record("w3m")
    open_in_terminal(str(programs.folder / "w3m"), link)
    assert not programs.was_started("w3m")
