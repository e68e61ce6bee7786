"""The plain mode does what the full screen does for one account, in a terminal that can show lines only."""

from __future__ import annotations

import os
import re
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from smily_tui.accounts import Accounts
from smily_tui.messages.connect import DEMO_BEGINS, DEMO_ENDS
from smily_tui.secret import Secret
from smily_tui.vault.home import Home
from tests.support.dialogue import HIDDEN, Dialogue, say_yes
from tests.support.polling import until
from tests.support.processes import PROGRAM, SandboxProcess

Run = Any
NEXT = ", action: "
TOP = "Account or action: "
NO = "[no]: "
YES = "[yes]: "


def stored(environ: dict[str, str]) -> Accounts:
    return Accounts(Home.at(Path(environ["SMILY_TUI_HOME"])))


def connect_with_a_new_application(talk: Dialogue, sandbox: SandboxProcess) -> list[str]:
    """The four steps, with some of what goes wrong on the way; the codes that were pasted."""
    talk.hear("Step 1 of 4: Your app.")
    talk.answer("Name (optional) [My app]: ", "?")
    talk.answer("Name (optional) [My app]: ", "Demo app")
    talk.answer("Client ID: ", "ab")
    talk.hear("Too short")
    talk.answer("Client ID: ", "?")
    talk.hear("www.bookingsync.com/en/partners/applications")
    talk.answer("Client ID: ", f"Client ID: {sandbox.client_id}")
    talk.answer(HIDDEN, sandbox.client_id)
    talk.hear("Client ID and Client Secret are the same")
    talk.answer(HIDDEN, sandbox.client_secret)
    talk.hear("Step 2 of 4: Permissions.")
    talk.answer("Permission [done]: ", "rentals")
    talk.hear("26 rentals_read: See rentals")
    talk.answer("Permission [done]: ", "26, bookings_read bookings_write")
    talk.hear("Note: “bookings_read” isn't needed: “bookings_write” includes it.")
    talk.answer("Permission [done]: ", "bookings_write")
    talk.hear("Removed: bookings_write.")
    talk.answer("Permission [done]: ", "")
    talk.hear("Step 3 of 4: Authorize.")
    link = talk.link()
    assert link.endswith("response_type=code&scope=public%20bookings_read%20rentals_read")
    talk.answer(HIDDEN, "open")
    talk.hear("No graphical browser found")
    talk.answer(HIDDEN, "copy")
    talk.hear("Not copied")
    talk.answer(HIDDEN, link)
    talk.hear("That is the link to open, not the code.")
    code = say_yes(link)
    talk.answer(HIDDEN, f"\r{code}")  # many a paste begins with an empty line
    talk.hear("Nothing was pasted.")
    talk.hear("Step 4 of 4: Token.")
    talk.hear("Connected: Villa Rosa (account 4711).")
    talk.answer(f"Is this the right account? {YES}", "")
    return [code]


def test_everything_for_one_account(environ: dict[str, str], run: Run) -> None:
    with SandboxProcess() as sandbox:
        environ["SMILY_TUI_SERVER"] = sandbox.server
        with Dialogue(PROGRAM, environ) as talk:
            talk.hear("Plain mode: TERM is dumb. Full screen: TERM=xterm-256color smily-tui")
            codes = connect_with_a_new_application(talk, sandbox)
            talk.hear("1 Villa Rosa: valid, 2 h left")
            (first,) = stored(environ).accounts()
            pairs = [stored(environ).tokens(first.address)]

            talk.answer(TOP, "1")
            talk.answer(NEXT, "details")
            details = talk.answer(NEXT, "refresh")
            for wanted in (
                "Villa Rosa: valid until ",
                "Permissions: public bookings_read rentals_read.",
                "Requested: public bookings_read rentals_read.",
                "App: Demo app.",
                "Number: 4711.",
                "Last refresh: never.",
                "Not encrypted (no keyring answers here), readable only by you.",
                "In a script: smily-tui token demo-app/villa-rosa",
            ):
                assert wanted in details
            talk.hear("Refreshed Villa Rosa, valid for 2 h.")
            pairs.append(stored(environ).tokens(first.address))
            assert pairs[1].refresh != pairs[0].refresh

            talk.answer(NEXT, "c")
            talk.answer(f"Copy the access token? {NO}", "yes")
            talk.hear("Access token: Not copied")
            talk.answer(NEXT, "rename")
            talk.answer("New name [Villa Rosa]: ", "Casa Zoë")
            talk.hear("Renamed to Casa Zoë.")
            talk.answer(f"Casa Zoë{NEXT}", "history")
            talk.hear("refreshed, asked for.")

            talk.answer(NEXT, "again")
            link = talk.link()
            assert "account_id=4711" in link
            codes.append(say_yes(link))
            talk.answer(HIDDEN, codes[-1])
            talk.hear("Casa Zoë is already connected")
            talk.answer(f"Update its tokens? {YES}", "")
            talk.answer(f"Is this the right account? {YES}", "")
            (third,) = stored(environ).accounts()
            assert third.authorized_at > first.authorized_at
            pairs.append(stored(environ).tokens(third.address))
            secrets = [sandbox.client_secret, *codes]
            secrets += [token.reveal() for pair in pairs for token in (pair.access, pair.refresh)]
            talk.hear(NEXT)
            assert not [each for each in secrets if each in talk.raw], "nothing was asked for yet"

            talk.type("show\r")
            talk.hear("The token will stay in this terminal's scrollback")
            talk.answer(f"Show the access token? {NO}", "")
            talk.answer(NEXT, "3")
            talk.answer(f"Show the access token? {NO}", "yes")
            talk.hear(f"\n{pairs[2].access.reveal()}\r\n")
            talk.answer(NEXT, "hand over")
            talk.answer(f"Hand it over? {NO}", "yes")
            talk.hear(f"\n{pairs[2].refresh.reveal()}\r\n")
            talk.answer(NEXT, "refresh")
            talk.hear("handed over")
            talk.answer(NEXT, "take back")
            talk.answer(f"Take it back? {NO}", "yes")
            talk.hear("smily-tui refreshes ")

            talk.answer(NEXT, "forget")
            talk.answer(f"Forget {third.label}? {NO}", "yes")
            talk.hear("Forgot ")
            assert stored(environ).accounts() == ()
            talk.answer(TOP, "trash")
            talk.answer("Number to restore, or empty: ", "1")
            talk.hear(" as demo-app/villa-rosa.")
            talk.answer(TOP, "refresh all due")
            talk.hear("Nothing to refresh")
            talk.answer(TOP, "wire")
            talk.hear("Refresh the tokens")
            talk.answer(f"Save this as a file, without secrets? {NO}", "yes")
            talk.answer("Folder [~]: ", environ["HOME"])
            talk.hear("Saved the transcript to ")
            talk.answer(TOP, "doctor")
            talk.hear("Terminal: TERM is dumb, so smily-tui runs in plain mode.")
            talk.answer(TOP, "quit")
            assert talk.exit_code() == 0
        assert run("token").returncode == 0
        sandbox.stop()
        assert sandbox.token_requests("authorization_code") == 2
    check_what_was_said(talk.raw)


def check_what_was_said(raw: str) -> None:
    """Nothing but lines of printable text; each says something by itself on 40 columns."""
    assert raw.endswith("Bye.\r\n")
    foreign = {char for char in raw if unicodedata.category(char) == "Cc"} - {"\r", "\n"}
    assert not foreign
    assert raw.count("\r") == raw.count("\n") == raw.count("\r\n"), "a line is never written over"
    lines = raw.split("\r\n")
    for line in lines:
        assert "  " not in line, f"nothing is laid out by spaces: {line!r}"
        assert not re.search(r"[─-▟●■□✓✗⠀-⣿]", line), f"no signs that are read out one by one: {line!r}"
    prompts = [line for line in lines if re.search(r": ?$", line)]
    assert max(map(len, prompts)) <= 80
    choices = [line for line in lines if re.match(r"(\d+|[a-z]) [^:]*$", line)]
    assert len(choices) > 20
    assert max(map(len, choices)) <= 40


def test_plain_can_be_asked_for_on_any_terminal(environ: dict[str, str]) -> None:
    for arguments in (["--plain"], ["--plain", "--ascii"]):
        with Dialogue([*PROGRAM, *arguments], environ, columns=80, term="xterm-256color") as talk:
            said = talk.answer("Name (optional) [My app]: ", "quit")
            assert "Full screen" not in said
            assert talk.exit_code() == 0
            assert "\x1b" not in talk.raw


def test_a_terminal_of_which_nothing_is_known_gets_the_plain_mode(environ: dict[str, str]) -> None:
    with Dialogue(PROGRAM, environ, term=None) as talk:
        talk.hear("Plain mode: TERM is not set.")
        talk.answer("Name (optional) [My app]: ", "")
        talk.hear("Client ID: ")
        talk.press_ctrl("d")
        assert talk.exit_code() == 0
        assert talk.raw.endswith("Bye.\r\n")


def test_ctrl_c_leaves_the_question_and_at_the_top_the_program(environ: dict[str, str]) -> None:
    with Dialogue(PROGRAM, environ) as talk:
        talk.answer("Name (optional) [My app]: ", "")
        talk.hear("Client ID: ")
        talk.press_ctrl("c")
        talk.hear("0 accounts.")
        talk.answer(TOP, "nonsense")
        talk.hear("Not a choice.")
        talk.answer(TOP, "?")
        talk.hear("a add: Connect another account with the same app.")
        talk.hear(TOP)
        talk.press_ctrl("c")
        assert talk.exit_code() == 0


@pytest.mark.parametrize(
    "arguments", [["connect"], ["connect", "--plain"], ["--plain", "connect"], ["connect", "--yes"]]
)
def test_connect_on_a_dumb_terminal(environ: dict[str, str], arguments: list[str]) -> None:
    with Dialogue([*PROGRAM, *arguments], environ) as talk:
        talk.hear("Step 1 of 4: Your app.")
        talk.press_ctrl("c")


def test_connect_explains_each_of_its_questions(environ: dict[str, str]) -> None:
    """`?` is no answer to any of them, and the words say what each is about."""
    with SandboxProcess() as sandbox:
        environ["SMILY_TUI_SERVER"] = sandbox.server
        with Dialogue([*PROGRAM, "connect", "--plain"], environ, columns=80, term="xterm-256color") as talk:
            for question, explained, answer in (
                ("Name (optional) [My app]: ", "Only you see it", ""),
                ("Client ID: ", "Where do I find these?", sandbox.client_id),
                (HIDDEN, "Where do I find these?", sandbox.client_secret),
                ("Permission [done]: ", "Type preset and one of:", "preset read-only"),
            ):
                talk.answer(question, "?")
                talk.hear(explained)
                talk.answer(question, answer)
            talk.answer("Permission [done]: ", "done")
            code = say_yes(talk.link())
            for question, explained, answer in (
                (HIDDEN, "Paste the code from the page.", code),
                ("Name of the account [Villa Rosa]: ", "address is made from it", ""),
                (f"Is this the right account? {YES}", "Please answer yes or no.", ""),
            ):
                talk.answer(question, "?")
                talk.hear(explained)
                talk.answer(question, answer)
            assert talk.exit_code() == 0
        (account,) = stored(environ).accounts()
        assert str(account.address) == "my-app/villa-rosa"
        assert "bookings_read" in account.requested_scopes


def test_the_demo_line_by_line_leaves_nothing(environ: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "temporary").mkdir()
    environ["TMPDIR"] = str(tmp_path / "temporary")
    with Dialogue([*PROGRAM, "demo", "--plain"], environ, term="xterm-256color") as talk:
        talk.hear("demo, no real account")
        talk.hear(DEMO_BEGINS[0])
        talk.answer(f"Use the demo app? {YES}", "")
        talk.answer("Permission [done]: ", "")
        code = say_yes(talk.link())
        talk.answer(HIDDEN, code)
        talk.answer(f"Is this the right account? {YES}", "no")
        talk.answer(f"Forget Villa Rosa and try again? {NO}", "yes")
        code = say_yes(talk.link(), 4712)
        talk.answer(HIDDEN, code)
        talk.hear("Connected: Chalet [Alpes] (account 4712).")
        talk.answer(f"Is this the right account? {YES}", "")
        talk.hear(DEMO_ENDS[0])
        talk.answer(TOP, "errors")
        talk.answer("Error to cause: ", "revoked")
        talk.hear("The owners remove the app before the next refresh.")
        talk.answer(TOP, "chalet")
        talk.answer(NEXT, "refresh")
        talk.hear("The server")
        talk.answer(NEXT, "back")
        talk.answer(TOP, "q")
        assert talk.exit_code() == 0
    assert not list((tmp_path / "temporary").iterdir())


def test_waiting_says_so_rarely_and_ctrl_c_never_costs_tokens(environ: dict[str, str], run: Run) -> None:
    with SandboxProcess("--latency-ms", "5500") as sandbox:
        environ["SMILY_TUI_SERVER"] = sandbox.server
        home = stored(environ)
        application = Accounts(home.home, server=sandbox.server).apps.save(
            "Demo app", sandbox.client_id, Secret(sandbox.client_secret), ["public"]
        )
        code = say_yes(home.authorization_url(application, ["public"]))
        fresh = home.exchange(application, Secret(code), ["public"]).wait().address
        home.name(fresh, "Villa Rosa")
        with Dialogue(PROGRAM, environ) as talk:
            talk.answer(TOP, "1")
            talk.answer(NEXT, "refresh")
            talk.hear("Refreshing Villa Rosa.")
            assert talk.hear("Still waiting, 5 s.").strip() == "", "nothing else is said meanwhile"
            talk.press_ctrl("c")
            talk.hear("It can't be stopped.")
            talk.press_ctrl("c")
            talk.hear("It continues in the background.")
            talk.answer(NEXT, "quit")
            assert talk.exit_code() == 0
        until(lambda: [each.generation for each in home.accounts()] == [2])
        tokens = [home.tokens(account.address) for account in home.accounts()]
        assert [pair.access.reveal() + "\n" for pair in tokens] == [run("token").stdout]


def test_the_toolkit_is_never_loaded(environ: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "poison").mkdir()
    (tmp_path / "poison" / "textual.py").write_text("raise SystemExit('loaded')\n", "ascii")
    environ["PYTHONPATH"] = os.pathsep.join([str(tmp_path / "poison"), environ.get("PYTHONPATH", "")])
    with Dialogue([*PROGRAM, "demo"], environ) as talk:
        talk.answer(f"Use the demo app? {YES}", "")
        talk.answer("Permission [done]: ", "")
        talk.answer(HIDDEN, say_yes(talk.link()))
        talk.answer(f"Is this the right account? {YES}", "")
        talk.answer(TOP, "doctor")
        talk.answer(TOP, "quit")
        assert talk.exit_code() == 0
