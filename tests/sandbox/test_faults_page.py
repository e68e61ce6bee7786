"""Page that orders and withdraws faults while the sandbox runs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import httpx
import pytest

from smily_tui.errors import UsageError
from smily_tui.sandbox.faults import FAULTS
from smily_tui.sandbox.server import Options, Sandbox

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.visitor import Visitor

PATH = "/sandbox/faults"


def press(visitor: Visitor, **button: str) -> httpx.Response:
    """Open the page and press one of its buttons."""
    page = visitor.http.get(PATH)
    token = re.search(r'name="token" value="([^"]+)"', page.text)
    assert token, page.text
    assert all(f'name="{name}" value="{value}"' in page.text for name, value in button.items())
    return visitor.http.post(PATH, data={"token": token[1], **button}, follow_redirects=True)


def test_every_fault_is_shown_and_can_be_switched_on_and_off(visitor: Visitor) -> None:
    for fault in set(FAULTS) - {"offline"}:
        page = press(visitor, order=fault)
        assert f'name="withdraw" value="{fault}"' in page.text
        assert visitor.sandbox.state.faults.is_waiting(fault)
        page = press(visitor, withdraw=fault)
        assert f'name="order" value="{fault}"' in page.text
        assert not visitor.sandbox.state.faults.is_waiting(fault)


def test_an_ordered_fault_happens_once(visitor: Visitor) -> None:
    token = visitor.tokens()["access_token"]
    press(visitor, order="rate-limit")
    assert [visitor.api("me", token).status_code for _ in range(2)] == [429, 200]
    assert 'name="order" value="rate-limit"' in visitor.http.get(PATH).text


def test_offline_is_answered_before_the_port_closes(visitor: Visitor) -> None:
    visitor.sandbox.state.faults.away = lambda seconds: visitor.log.append(f"away for {seconds}")
    assert "twenty seconds" in press(visitor, order="offline").text
    assert "away for 20.0" in visitor.log


@pytest.mark.parametrize("faults", [("wrong-secret", "expired-code"), FAULTS[:2]])
def test_faults_can_be_ordered_at_the_start(visit: Callable[..., Visitor], faults: tuple[str, ...]) -> None:
    page = visit(faults=faults).http.get(PATH).text
    assert set(re.findall(r'name="withdraw" value="([\w-]+)"', page)) == set(faults)


def test_an_unknown_fault_is_refused_with_the_names_of_all() -> None:
    with pytest.raises(UsageError, match="Unknown fault “nope”") as raised:
        Sandbox(Options(faults=("nope",)))  # type: ignore[arg-type]
    assert ", ".join(FAULTS) in raised.value.next


def test_no_other_page_orders_anything(visitor: Visitor) -> None:
    order = {"order": "revoked"}
    assert visitor.http.post(PATH, json=order).status_code == 422
    assert visitor.http.post(PATH, data=order).status_code == 422
    page = visitor.http.get(PATH)
    token = re.search(r'name="token" value="([^"]+)"', page.text)
    assert token
    genuine = order | {"token": token[1]}
    with httpx.Client(base_url=visitor.server, trust_env=False) as second_browser:
        second_browser.get(PATH)
        assert second_browser.post(PATH, data=genuine).status_code == 422
    for origin in ("https://evil.example", "http://localhost:5173"):
        assert visitor.http.post(PATH, data=genuine, headers={"Origin": origin}).status_code == 403
    assert visitor.http.get(PATH, params=genuine).status_code == 200, "a link changes nothing"
    assert not visitor.sandbox.state.faults.is_waiting("revoked")
    assert visitor.http.post(PATH, data=genuine).status_code == 303
    assert visitor.sandbox.state.faults.is_waiting("revoked")


def test_the_page_is_for_this_computer_only(visit: Callable[..., Visitor]) -> None:
    visitor = visit(allow_hosts=("sandbox.example",))
    proxied = {"Host": "sandbox.example"}
    assert visitor.http.get("/style.css", headers=proxied).status_code == 200
    for path in (PATH, f"/{PATH}/", f"{PATH}.json"):
        assert visitor.http.get(visitor.server + path, headers=proxied).status_code == 403
