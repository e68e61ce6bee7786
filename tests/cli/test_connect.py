"""`connect --plain`: presets among the permissions, and applications that are stored already."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

from smily_tui.accounts import Accounts
from smily_tui.oauth.scopes import PRESETS
from smily_tui.vault.home import Home
from tests.support.dialogue import HIDDEN, Dialogue
from tests.support.processes import PROGRAM, clean_environment, run_program
from tests.support.tui.scenes import CLIENT_ID, CLIENT_SECRET

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        (["bookings"], PRESETS["bookings"]),
        (["bookings,inbox_read", "pigeons"], (*PRESETS["bookings"], "inbox_read", "pigeons")),
        (["read-only"], PRESETS["read-only"]),
        (["rates_read"], ("public", "rates_read")),
    ],
)
def test_a_preset_stands_for_its_permissions(
    tmp_path: Path, given: list[str], asked: tuple[str, ...]
) -> None:
    environ = clean_environment(tmp_path)
    scopes = [word for each in given for word in ("--scope", each)]
    done = run_program(
        environ, "connect", "--plain", "--client-id", CLIENT_ID, "--secret-stdin", "--yes", *scopes,
        stdin=f"{CLIENT_SECRET.reveal()}\n",
    )  # fmt: skip
    link = parse_qs(urlsplit(done.stdout.strip()).query)
    assert set(link["scope"][0].split()) == set(asked)
    assert link["scope"][0].startswith("public ")


def test_the_help_names_each_preset(tmp_path: Path) -> None:
    told = " ".join(run_program(clean_environment(tmp_path), "connect", "--help").stdout.split())
    assert all(each in told for each in PRESETS)


ELSEWHERE = "http://127.0.0.1:9"
SECRET = "5ec2" * 16


def applications(folder: Path) -> Accounts:
    """What is stored, as seen from no server in particular."""
    return Accounts(Home.at(folder / "smily"))


@pytest.mark.parametrize(
    ("server", "options"),
    [
        (ELSEWHERE, ["--app", "Demo app"]),
        (ELSEWHERE, ["--app", "demo-app"]),
        (ELSEWHERE, ["--app", "Demo app", "--client-id", CLIENT_ID]),
        (None, ["--client-id", CLIENT_ID]),
        (ELSEWHERE, []),
    ],
)
def test_a_stored_application_keeps_its_server_its_name_and_its_permissions(
    tmp_path: Path, server: str | None, options: list[str]
) -> None:
    """Its secret, given again, belongs to the origin of the application, and so does the link.

    It replaces the one that is stored only when that server has accepted it.
    """
    home = Home.at(tmp_path / "smily")
    before = Accounts(home, server=server).apps.save(
        "Demo app", CLIENT_ID, CLIENT_SECRET, ["public", "rates_read"]
    )
    done = run_program(
        clean_environment(tmp_path), "connect", "--plain", "--secret-stdin", "--yes", *options,
        stdin=f"{SECRET}\n",
    )  # fmt: skip
    assert done.stdout.startswith(f"{before.server}/oauth/authorize?"), done.stderr
    assert "scope=public%20rates_read" in done.stdout
    stored = applications(tmp_path)
    assert stored.apps.all() == (before,)
    found = stored.apps.client_secret(before.key)
    assert found is not None
    assert found == CLIENT_SECRET


def test_a_client_id_that_is_typed_is_known_again(tmp_path: Path) -> None:
    before = applications(tmp_path).apps.save("Demo app", CLIENT_ID, CLIENT_SECRET, ["public", "rates_read"])
    typed = f"{CLIENT_ID}\n{SECRET}\n"
    done = run_program(clean_environment(tmp_path), "connect", "--plain", "--app", "Other", stdin=typed)
    assert "scope=public%20rates_read" in done.stdout
    (after,) = applications(tmp_path).apps.all()
    assert after == before, "nothing was proven"


def test_permissions_are_looked_at_before_anything_is_stored(tmp_path: Path) -> None:
    done = run_program(
        clean_environment(tmp_path), "connect", "--plain", "--client-id", CLIENT_ID, "--secret-stdin",
        "--yes", "--scope", "rates_réad", stdin=f"{CLIENT_SECRET.reveal()}\n",
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (2, "")
    assert "is not a valid permission name.\nNothing was done." in done.stderr
    assert applications(tmp_path).apps.all() == ()


def test_where_the_code_is_missing_nothing_is_stored_and_that_is_said(tmp_path: Path) -> None:
    done = run_program(
        clean_environment(tmp_path), "connect", "--plain", "--client-id", CLIENT_ID, "--secret-stdin",
        "--yes", stdin=f"{CLIENT_SECRET.reveal()}\n",
    )  # fmt: skip
    assert done.returncode == 2
    assert "Code is missing: the input ended.\nNo code was used. Nothing was changed." in done.stderr
    assert applications(tmp_path).apps.all() == ()


def test_who_leaves_a_terminal_before_the_code_is_told_that_nothing_was_changed(tmp_path: Path) -> None:
    command = [*PROGRAM, "connect", "--plain", "--app", "App", "--client-id", CLIENT_ID]
    with Dialogue(command, clean_environment(tmp_path)) as talk:
        talk.answer(HIDDEN, CLIENT_SECRET.reveal())
        talk.answer("Permission [done]: ", "")
        talk.answer(HIDDEN, "quit")
        assert talk.exit_code() == 2
        assert (
            "You left before the account was connected.\r\nNo code was used. Nothing was changed." in talk.raw
        )
    assert applications(tmp_path).apps.all() == ()


def test_a_value_that_cannot_be_meant_is_asked_for_again_on_a_terminal(tmp_path: Path) -> None:
    command = [*PROGRAM, "connect", "--plain", "--app", "App", "--client-id", "ab"]
    with Dialogue(command, clean_environment(tmp_path)) as talk:
        talk.hear("Too short")
        talk.answer("Client ID: ", CLIENT_ID)
        talk.hear(HIDDEN)
        talk.press_ctrl("c")
        assert talk.exit_code() == 130
