"""`connect --plain`: presets among the permissions."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

from smily_tui.oauth.scopes import PRESETS
from tests.e2e.processes import clean_environment, run_program
from tests.tui.scenes import CLIENT_ID, CLIENT_SECRET

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
