"""A refused code or refresh token: what the store remembers tells the likely cause."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from smily_tui.oauth import errors as oauth
from smily_tui.oauth.api import refusal
from smily_tui.oauth.http import Transport
from smily_tui.oauth.requests import IssuedUrl, Response
from smily_tui.secret import Secret
from smily_tui.text import Clean
from smily_tui.tokens.errors import AuthorizationLost, AuthorizationRevoked, InDoubt
from smily_tui.tokens.exchange import exchange
from smily_tui.tokens.handover import hand_over, take_back
from smily_tui.tokens.jobs import ExchangeJob, decode_job, encode_job
from smily_tui.tokens.requirement import TokenRequirement
from tests.support.connected import connected
from tests.support.world import World

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path, "immediate")


def refused_code(world: World, code: str, link: IssuedUrl | None) -> str:
    with pytest.raises(oauth.GrantRefused) as raised:
        exchange(world.environment, world.store, "app", Secret(code), ["public"], link)
    return raised.value.what


def refused_refresh(world: World) -> AuthorizationRevoked:
    with pytest.raises(AuthorizationRevoked) as raised:
        world.refresh()
    note = world.slot.read_note()
    assert note is not None
    assert note.words == raised.value.what, "the dashboard shows the same words"
    return raised.value


def test_a_code_of_an_old_link_has_most_likely_expired(world: World) -> None:
    link = IssuedUrl(world.now())
    world.wall += 840
    assert "Most likely it has expired: the link is 14 min old" in refused_code(world, "x" * 64, link)


def test_a_code_after_the_client_was_changed_is_most_likely_of_the_link_before(world: World) -> None:
    words = refused_code(world, "x" * 64, IssuedUrl(world.now(), other_client=True))
    assert "Most likely it belongs to the previous link" in words


def test_a_code_that_was_cut_is_most_likely_not_whole(world: World) -> None:
    words = refused_code(world, "x" * 60, IssuedUrl(world.now()))
    assert "Most likely it was not copied completely: it has 60 characters" in words


def test_what_is_known_of_the_link_crosses_to_the_helper(world: World) -> None:
    job = ExchangeJob(
        world.home,
        Clean("t"),
        "app",
        Secret("c" * 64),
        ("public",),
        IssuedUrl(world.now(), other_client=True),
    )
    assert decode_job(encode_job(job)) == job


def test_a_backup_that_was_restored_is_told_with_time_and_program(world: World) -> None:
    old = world.stored()
    world.refresh()
    world.slot.save(old)
    world.wall += 3600
    words = refused_refresh(world).what
    assert "The refresh token was replaced at " in words
    assert "by desk: tests, and the stored one is older" in words
    assert "owner" not in words, "it is certain"


def test_what_an_authorization_before_left_in_the_ledger_proves_nothing(world: World) -> None:
    """The new one begins at generation one; its twin's ledger, which it takes over, has greater ones."""
    hand_over(world.environment, world.slot)
    take_back(world.environment, world.slot)
    world.refresh()
    hand_over(world.environment, world.slot)
    take_back(world.environment, world.slot)
    world.wall += 3600
    world.store.slot(world.exchange()).move_to(world.slot)
    assert world.stored().generation == 1
    for pair in world.state.pairs:
        pair.revoked = True
    words = refused_refresh(world).what
    assert "Possible causes: the owner removed the app" in words
    assert "was replaced" not in words
    assert "handed over" not in words


def test_a_code_and_a_refresh_of_another_day_are_told_with_their_day(world: World) -> None:
    spent = next(iter(world.state.codes))
    world.script = ["cut after", "cut before", "cut before"]
    with pytest.raises(InDoubt):
        world.refresh()
    world.wall += 3 * 86400
    assert "It was used here on 2026-11-2" in refused_code(world, spent, None)
    assert "a refresh interrupted on 2026-11-2" in refused_refresh(world).what


def test_a_token_that_another_holder_had_is_told(world: World) -> None:
    hand_over(world.environment, world.slot)
    for pair in world.state.pairs:
        pair.revoked = True
    take_back(world.environment, world.slot)
    words = refused_refresh(world).what
    assert "Most likely the other holder had used it" in words
    assert "Other possible causes: the owner removed the app" in words


def test_a_refresh_after_taking_back_clears_the_other_holder(world: World) -> None:
    hand_over(world.environment, world.slot)
    take_back(world.environment, world.slot)
    world.wall += 120
    world.refresh()
    for pair in world.state.pairs:
        pair.revoked = True
    assert "handed over" not in refused_refresh(world).what


def test_an_interrupted_refresh_comes_before_the_owner(world: World) -> None:
    world.script = ["cut after", "cut before", "cut before"]
    with pytest.raises(InDoubt):
        world.refresh()
    error = refused_refresh(world)
    assert isinstance(error, AuthorizationLost)
    assert "Most likely a refresh interrupted at" in error.what


def test_without_a_ledger_the_owner_comes_first(world: World) -> None:
    world.slot.path("ledger").unlink()
    for pair in world.state.pairs:
        pair.revoked = True
    assert "Possible causes: the owner removed the app" in refused_refresh(world).what


# -- the API ----------------------------------------------------------------------------------------


def test_the_reason_of_a_real_401_is_read_and_each_is_mended_its_way(tmp_path: Path) -> None:
    with connected(tmp_path) as (sandbox, stored, address):
        wire = Transport(sandbox.listening.server)
        token = stored.valid_token(address, TokenRequirement())
        unknown = refusal(wire.get("/api/v3/me", Secret("x" * 64)))
        sandbox.state.pairs[-1].revoked = True
        revoked = refusal(wire.get("/api/v3/me", token))
    assert isinstance(unknown, oauth.TokenRejected)
    assert "the server does not know it" in unknown.what
    assert isinstance(revoked, oauth.TokenRejected)
    assert "it was revoked" in revoked.what


def test_an_expired_token_leads_to_a_refresh() -> None:
    header = {"www-authenticate": Clean('Bearer error_description="The access token expired"')}
    failure = refusal(Response(401, header, b""))
    assert failure is not None
    assert "it has expired" in failure.what
    assert failure.next == "Refresh it: smily-tui refresh."


def test_a_real_403_names_the_permission_that_is_missing(tmp_path: Path) -> None:
    with connected(tmp_path) as (sandbox, stored, address):
        response = Transport(sandbox.listening.server).get(
            "/api/v3/clients", stored.valid_token(address, TokenRequirement())
        )
    failure = refusal(response, ("GET", "/api/v3/clients"), granted=["public"], asked=["public"])
    assert isinstance(failure, oauth.ScopeMissing)
    assert "needs the permission clients_read or clients_write (403). It has: public." in failure.what
    assert failure.what.endswith("It says: “forbidden”.")


def test_a_403_where_public_shows_a_part_says_so() -> None:
    failure = refusal(Response(403, {}, b""), ("GET", "/api/v3/bookings"), granted=["public"])
    assert isinstance(failure, oauth.ScopeMissing)
    assert "needs the permission bookings_read or bookings_write_owned or bookings_write" in failure.what
    assert "It has: public (shows only a part)." in failure.what
    assert failure.next.endswith("--scope bookings_read")


@pytest.mark.parametrize(
    ("header", "path", "asked", "words"),
    [
        ("", "/api/v3/rates_rules/4", (), "needs the permission rates_read or rates_write"),
        ("", "/api/v3/rates_rules", ("rates_read",), "rates_read was requested but not granted."),
        ('Bearer scope="pigeons_read"', "/api/v3/rates", (), "needs the permission pigeons_read (403)"),
        ('Bearer error="insufficient_scope"', "/api/v3/pigeons", (), "lacks the permission for this (403)"),
        ("", "/api/v3/pigeons", (), "is valid, but the server refuses this (403)"),
    ],
)
def test_a_403_says_what_was_asked_and_what_was_given(
    header: str, path: str, asked: tuple[str, ...], words: str
) -> None:
    failure = refusal(Response(403, {"www-authenticate": Clean(header)}, b""), ("GET", path), asked=asked)
    assert failure is not None
    assert words in failure.what
