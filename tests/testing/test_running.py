"""Sandbox as the test suites of other people use it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from smily_tui.errors import UsageError
from smily_tui.sandbox.faults import FAULTS, Fault
from smily_tui.testing import Options, PageUnusable, RunningSandbox, Tokens, sandbox
from tests.support.polling import until

if TYPE_CHECKING:
    from smily_tui.sandbox.state import Rotation


def status_of_me(smily: RunningSandbox, access_token: str) -> int:
    bearer = {"Authorization": f"Bearer {access_token}"}
    return httpx.get(f"{smily.server}/api/v3/me", headers=bearer, trust_env=False).status_code


def refresh(smily: RunningSandbox, tokens: Tokens) -> httpx.Response:
    fields = {
        "grant_type": "refresh_token",
        "refresh_token": tokens.refresh_token,
        "client_id": smily.client_id,
        "client_secret": smily.client_secret,
    }
    return httpx.post(f"{smily.server}/oauth/token", data=fields, trust_env=False)


def test_authorize_gives_tokens_of_the_account_and_scopes_asked_for() -> None:
    with sandbox() as smily:
        tokens = smily.authorize(account=4712, scopes=["public", "bookings_read"])
        assert (tokens.account, tokens.scopes) == (4712, ("public", "bookings_read"))
        bearer = {"Authorization": f"Bearer {tokens.access_token}"}
        me = httpx.get(f"{smily.server}/api/v3/me", headers=bearer, trust_env=False).json()
        assert me["accounts_applications"][0]["links"]["account"] == 4712
        assert refresh(smily, tokens).status_code == 200


def test_an_access_token_expires_when_the_clock_passes_it() -> None:
    with sandbox(Options(expires_in=60)) as smily:
        tokens = smily.authorize()
        smily.advance(55)
        assert status_of_me(smily, tokens.access_token) == 200
        smily.advance(5)
        assert status_of_me(smily, tokens.access_token) == 401
        assert refresh(smily, tokens).status_code == 200


def test_the_owner_approves_an_authorization_url_and_the_code_is_in_the_answer() -> None:
    with sandbox() as smily:
        response = smily.approve(smily.authorization_url(), account=4713)
        assert response.error == ""
        assert parse_qs(urlsplit(response.url).query)["code"] == [response.code]


def test_the_page_preselects_the_account_of_the_url() -> None:
    with sandbox() as smily:
        response = smily.approve(f"{smily.authorization_url()}&account_id=4713")
        fields = {
            "grant_type": "authorization_code",
            "code": response.code,
            "redirect_uri": "urn:ietf:wg:oauth:2.0:oob",
            "client_id": smily.client_id,
            "client_secret": smily.client_secret,
        }
        token = httpx.post(f"{smily.server}/oauth/token", data=fields, trust_env=False).json()["access_token"]
        bearer = {"Authorization": f"Bearer {token}"}
        accounts = httpx.get(f"{smily.server}/api/v3/accounts", headers=bearer, trust_env=False).json()
        assert [account["id"] for account in accounts["accounts"]] == [4713]


CALLBACK = "http://127.0.0.1:3000/callback"


def test_the_answer_leads_to_the_redirect_uri_with_the_state() -> None:
    with sandbox(Options(redirect_uris=(CALLBACK,))) as smily:
        url = smily.authorization_url(redirect_uri=CALLBACK, state="a b&c")
        approved, declined = smily.approve(url), smily.decline(url)
    assert approved.url.startswith(f"{CALLBACK}?")
    assert parse_qs(urlsplit(approved.url).query) == {"code": [approved.code], "state": ["a b&c"]}
    assert parse_qs(urlsplit(declined.url).query)["state"] == ["a b&c"]
    assert (declined.code, declined.error) == ("", "access_denied")


def test_an_unregistered_redirect_uri_is_refused_in_words() -> None:
    with sandbox() as smily, pytest.raises(PageUnusable, match="redirect uri"):
        smily.approve(smily.authorization_url(redirect_uri=CALLBACK))


@pytest.mark.parametrize("rotation", ["on-use", "immediate"])
def test_authorize_works_whatever_the_options(rotation: Rotation) -> None:
    options = Options(rotation=rotation, pkce=True, client_id="my-app", client_secret="not-a-secret")
    with sandbox(options) as smily:
        assert (smily.client_id, smily.client_secret) == ("my-app", "not-a-secret")
        assert status_of_me(smily, smily.authorize().access_token) == 200


def test_the_owner_declines_and_no_code_comes() -> None:
    with sandbox() as smily:
        response = smily.decline(smily.authorization_url())
        assert (response.code, response.error) == ("", "access_denied")


@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault not in {"slow", "offline"}])
def test_a_fault_reaches_the_code_under_test(fault: Fault) -> None:
    with sandbox() as smily:
        tokens = smily.authorize()
        smily.order(fault)
        outcomes = [_outcome(smily, tokens) for _ in range(2)]
        assert outcomes[0] != outcomes[1] or fault == "revoked"
        assert "error" in outcomes[0]


def _outcome(smily: RunningSandbox, tokens: Tokens) -> str:
    """Go through all that a fault can reach: authorize, call the API and refresh."""
    try:
        granted = smily.authorize()
        statuses = {status_of_me(smily, granted.access_token), refresh(smily, tokens).status_code}
    except (UsageError, httpx.HTTPError) as error:
        return f"error: {error}"
    return "fine" if statuses == {200} else f"error: {statuses}"


def test_a_slow_answer_takes_as_long_as_ordered() -> None:
    with sandbox() as smily:
        tokens = smily.authorize()
        smily.order("slow", seconds=1)
        bearer = {"Authorization": f"Bearer {tokens.access_token}"}
        with pytest.raises(httpx.ReadTimeout):
            httpx.get(f"{smily.server}/api/v3/me", headers=bearer, trust_env=False, timeout=0.3)


def test_the_server_is_away_and_comes_back() -> None:
    with sandbox() as smily:
        tokens = smily.authorize()
        smily.order("offline", seconds=0.5)
        until(lambda: _is_away(smily))
        until(lambda: not _is_away(smily))
        assert status_of_me(smily, tokens.access_token) == 200


def _is_away(smily: RunningSandbox) -> bool:
    try:
        status_of_me(smily, "none")
    except httpx.TransportError:
        return True
    return False


@pytest.mark.parametrize("name", ["ofline", "", "Slow"])
def test_a_fault_that_is_not_there_is_refused_with_the_names_of_all(name: str) -> None:
    with sandbox() as smily, pytest.raises(UsageError) as refused:
        smily.order(name)  # type: ignore[arg-type]
    assert all(fault in str(refused.value) for fault in FAULTS)


def test_mistakes_are_named_in_words() -> None:
    with sandbox() as smily:
        with pytest.raises(UsageError, match="no account 1\\. Accounts: 4711 \\(Villa Rosa\\)"):
            smily.authorize(account=1)
        with pytest.raises(PageUnusable, match="The requested scope is invalid"):
            smily.authorize(scopes=["everything"])
        with pytest.raises(UsageError, match=f"another server.*{smily.server}/"):
            smily.approve("http://127.0.0.1:9/oauth/authorize?client_id=x")
        with pytest.raises(UsageError, match="forward only"):
            smily.advance(-1)
        smily.order("denied")
        with pytest.raises(UsageError, match=r"access_denied\. Order faults after"):
            smily.authorize()
        smily.order("cut")
        with pytest.raises(UsageError, match=r"RemoteProtocolError\. Order faults after"):
            smily.authorize()


def test_several_sandboxes_at_once_have_nothing_in_common() -> None:
    def authorize(number: int) -> tuple[str, str]:
        with sandbox(Options(seed=number)) as smily, sandbox(Options(seed=number + 100)) as second:
            tokens = smily.authorize()
            assert status_of_me(smily, tokens.access_token) == 200
            assert status_of_me(second, tokens.access_token) == 401
            return smily.server, smily.client_id

    with ThreadPoolExecutor(4) as threads:
        running = list(threads.map(authorize, range(8)))
    assert len({client_id for _, client_id in running}) == 8


def test_a_seed_makes_the_same_tokens_again() -> None:
    def tokens() -> tuple[str, str]:
        with sandbox(Options(seed=7)) as smily:
            granted = smily.authorize()
            return granted.access_token, granted.refresh_token

    assert tokens() == tokens()


def test_the_log_has_each_request_and_no_secret() -> None:
    with sandbox() as smily:
        tokens = smily.authorize()
        refresh(smily, tokens)
        assert sum("grant_type=refresh_token" in line for line in smily.log) == 1
        assert not any(tokens.refresh_token in line or smily.client_secret in line for line in smily.log)


def test_the_sandbox_stops_at_the_end() -> None:
    with sandbox() as smily:
        server = smily.server
    with pytest.raises(httpx.ConnectError):
        httpx.get(server, trust_env=False)
