"""One sentence of the server, many causes: what is known here puts the likely one first."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smily_tui.oauth.diagnosis import (
    CODE_LIFETIME,
    Cause,
    CodeEvidence,
    Likelihood,
    RefreshEvidence,
    Use,
    causes_of_refused_code,
    causes_of_refused_refresh,
    clock_warning,
    explain,
    format_problem,
    rank,
)
from smily_tui.oauth.headers import Reason, clock_off, read_challenge

BEARER = 'Bearer realm="Smily", '

codes = st.builds(
    CodeEvidence,
    link_age=st.none() | st.floats(0, 1e6),
    spent_at=st.sampled_from(["", "at 09:14"]),
    answer_lost=st.booleans(),
    other_client=st.booleans(),
    format_problem=st.sampled_from(["", "it has 7 characters"]),
)
refreshes = st.builds(
    RefreshEvidence,
    replaced=st.none() | st.builds(Use, at=st.just("at 09:14"), by=st.text(max_size=20)),
    interrupted_at=st.sampled_from(["", "at 09:14"]),
    taken_back_at=st.sampled_from(["", "at 09:14"]),
)


@pytest.mark.parametrize(
    ("evidence", "first", "sentence"),
    [
        (CodeEvidence(spent_at="at 09:14"), "used", "It was used here at 09:14"),
        (CodeEvidence(answer_lost=True), "used", "Most likely the first try used it up"),
        (CodeEvidence(link_age=840.0), "expired", "Most likely it has expired: the link is 14 min old"),
        (
            CodeEvidence(link_age=100.0, format_problem=format_problem("x" * 63)),
            "damaged",
            "Most likely it was not copied completely",
        ),
        (CodeEvidence(link_age=100.0, other_client=True), "client", "which used a different Client ID"),
        (CodeEvidence(link_age=100.0), "used", "Possible causes: it was used already"),
        (
            CodeEvidence(link_age=9000.0, spent_at="at 09:14", other_client=True),
            "used",
            "used here at 09:14",
        ),
        (CodeEvidence(), "used", "Possible causes: it was used already"),
    ],
)
def test_what_is_known_of_a_code_puts_the_likely_cause_first(
    evidence: CodeEvidence, first: str, sentence: str
) -> None:
    causes = causes_of_refused_code(evidence)
    assert causes[0].name == first
    assert sentence in explain(causes)


def test_a_code_from_a_fresh_link_can_only_be_too_old_if_it_is_from_an_older_page() -> None:
    assert "older page" in explain(causes_of_refused_code(CodeEvidence(link_age=CODE_LIFETIME)))
    assert "older page" not in explain(causes_of_refused_code(CodeEvidence(link_age=CODE_LIFETIME + 1)))


@given(codes)
def test_each_cause_is_there_once_and_the_likeliest_leads(evidence: CodeEvidence) -> None:
    causes = causes_of_refused_code(evidence)
    assert {cause.name for cause in causes} == {"used", "expired", "damaged", "client", "redirect"}
    assert len(causes) == 5
    assert [cause.likelihood for cause in causes] == sorted(cause.likelihood for cause in causes)
    text = explain(causes)
    if causes[0].likelihood is not Likelihood.PROVEN:
        assert all(cause.clause in text for cause in causes[1:] if cause.likelihood <= Likelihood.POSSIBLE)


@given(codes)
def test_more_evidence_never_makes_its_cause_less_likely(evidence: CodeEvidence) -> None:
    def likelihood(name: str, evidence: CodeEvidence) -> Likelihood:
        return next(cause.likelihood for cause in causes_of_refused_code(evidence) if cause.name == name)

    for name, stronger in (
        ("used", CodeEvidence(evidence.link_age, "at 09:14", evidence.answer_lost)),
        ("damaged", CodeEvidence(evidence.link_age, format_problem="it has 7 characters")),
        ("client", CodeEvidence(evidence.link_age, other_client=True)),
    ):
        assert likelihood(name, stronger) <= likelihood(name, evidence)


@pytest.mark.parametrize(
    ("evidence", "first", "sentence"),
    [
        (RefreshEvidence(), "removed", "Possible causes: the owner removed the app"),
        (
            RefreshEvidence(replaced=Use("at 09:14", "desk: smily-tui 4711 < cron")),
            "replaced",
            "replaced at 09:14 by desk: smily-tui 4711 < cron, and the stored one is older.",
        ),
        (
            RefreshEvidence(interrupted_at="at 09:14"),
            "interrupted",
            "Most likely a refresh interrupted at 09:14",
        ),
        (RefreshEvidence(taken_back_at="at 09:14"), "holder", "before it was taken back at 09:14"),
    ],
)
def test_what_the_ledger_knows_of_a_refresh_token_puts_the_likely_cause_first(
    evidence: RefreshEvidence, first: str, sentence: str
) -> None:
    causes = causes_of_refused_refresh(evidence)
    assert causes[0].name == first
    assert sentence in explain(causes)


@given(refreshes)
def test_the_owner_is_never_forgotten_unless_something_else_is_proven(evidence: RefreshEvidence) -> None:
    text = explain(causes_of_refused_refresh(evidence))
    assert ("owner removed the app" in text) is (evidence.replaced is None)
    assert text.endswith(".")


@given(st.lists(st.builds(Cause, st.text(), st.sampled_from(Likelihood), st.just("x y")), max_size=6))
def test_ranking_keeps_every_cause_and_the_order_of_equals(causes: list[Cause]) -> None:
    ranked = rank(causes)
    assert sorted(map(id, ranked)) == sorted(map(id, causes))
    for likelihood in Likelihood:
        equals = [cause for cause in causes if cause.likelihood is likelihood]
        assert [cause for cause in ranked if cause.likelihood is likelihood] == equals
    assert (explain(causes) == "") is (not causes)


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("a" * 64, ""),
        ("b-_" * 14 + "c", ""),
        ("a" * 63, "63 characters"),
        ("a" * 63 + ".", "“.”"),
        ("é" * 64, "“é”"),
    ],
)
def test_what_is_unusual_about_a_code_is_told_without_the_code(code: str, problem: str) -> None:
    text = format_problem(code)
    assert (problem in text) if problem else text == ""
    assert "aaa" not in text


@pytest.mark.parametrize(
    ("ahead", "warning"),
    [
        (None, ""),
        (59.0, ""),
        (-59.0, ""),
        (61.0, "1 min fast"),
        (421.0, "7 min fast"),
        (-421.0, "7 min slow"),
        (-4000.0, "1 h 7 min slow"),
    ],
)
def test_a_clock_is_mentioned_beyond_one_minute_only(ahead: float | None, warning: str) -> None:
    assert (warning in clock_warning(ahead)) if warning else clock_warning(ahead) == ""


@pytest.mark.parametrize("date", ["", "yesterday", "Mon, 99 Foo 2020 00:00:00 GMT", "0", "Thu"])
def test_a_date_that_is_none_tells_nothing(date: str) -> None:
    assert clock_off({"date": date}, 0.0) is None


def test_the_servers_date_is_compared_with_ours() -> None:
    assert clock_off({"date": "Thu, 01 Jan 1970 00:10:00 GMT"}, 1021.0) == 421.0


@pytest.mark.parametrize(
    ("header", "reason", "scopes"),
    [
        (f'{BEARER}error="invalid_token", error_description="The access token expired"', Reason.EXPIRED, ()),
        (f'{BEARER}error="invalid_token", error_description="The token was revoked"', Reason.REVOKED, ()),
        (f'{BEARER}error="invalid_token", error_description="The token is invalid"', Reason.INVALID, ()),
        ("bearer ERROR=invalid_token", Reason.INVALID, ()),
        (f'{BEARER}scope="rates_read rates_write"', Reason.UNSAID, ("rates_read", "rates_write")),
        ("", Reason.UNSAID, ()),
        ('Basic realm="revoked"', Reason.UNSAID, ()),
        ('Bearer error_description="a \\"quoted\\" word, expired', Reason.UNSAID, ()),
        ('Bearer error_description="the \\"token\\" expired"', Reason.EXPIRED, ()),
        ('Bearer error_description="say \\", scope=\\"a_read", scope="b_read"', Reason.UNSAID, ("b_read",)),
    ],
)
def test_a_challenge_tells_why(header: str, reason: Reason, scopes: tuple[str, ...]) -> None:
    challenge = read_challenge(header)
    assert (challenge.reason, challenge.scopes) == (reason, scopes)


@given(st.text(max_size=200))
def test_any_header_can_be_read_and_its_words_are_clean(header: str) -> None:
    challenge = read_challenge(header)
    assert challenge.message.isprintable()
    assert len(challenge.scopes) <= 20


def test_a_token_that_a_server_repeats_is_left_out() -> None:
    token = "c0ffee" * 8
    assert token not in read_challenge(f'Bearer error_description="bad {token}"').message
