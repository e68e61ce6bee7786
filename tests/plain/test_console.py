"""Questions and answers: one way back, one way out, and nothing that steers a terminal."""

from __future__ import annotations

import contextlib

import pytest

from smily_tui.plain.console import (
    Back,
    Choice,
    Console,
    Interrupted,
    Leave,
    explained,
    find,
    sentences,
    short,
    spoken,
)
from smily_tui.secret import Secret
from smily_tui.text import Untrusted
from tests.support.scripted import CTRL_C, END, Scripted


@pytest.mark.parametrize(
    ("typed", "raised"),
    [("", Back), ("back", Back), ("Back", Back), (CTRL_C, Interrupted), ("quit", Leave), (END, Leave)],
)
def test_a_question_can_be_left(typed: str, raised: type[Exception]) -> None:
    with pytest.raises(raised):
        Console(Scripted(typed)).ask("Name")


def test_a_default_is_said_and_taken_and_a_question_mark_explains() -> None:
    terminal = Scripted("?", "")
    assert Console(terminal).ask("Name", default="Rosa", explain=("It is for you.",)) == "Rosa"
    assert "Name [Rosa]: " in terminal.said
    assert "It is for you.\nPress Enter for Rosa.\nback: go back.\n" in terminal.said


@pytest.mark.parametrize(("typed", "meant"), [("y", True), ("OUI", True), ("no", False), ("", False)])
def test_yes_and_no(typed: str, meant: bool) -> None:
    terminal = Scripted("perhaps", typed)
    assert Console(terminal).confirmed("First this.\nReally?") is meant
    assert terminal.said.startswith("First this.\nReally? [no]: ")
    assert "Please answer yes or no." in terminal.said
    assert terminal.drops == 1, "what was typed before the question is no answer"


def test_a_secret_is_never_shown_and_may_follow_an_empty_line() -> None:
    terminal = Scripted("", "s3cr3t-value")
    assert Console(terminal).ask_hidden("Code") == Untrusted("s3cr3t-value")
    assert terminal.hidden_answers == 2
    assert "s3cr3t" not in terminal.said
    with pytest.raises(Back):
        Console(Scripted("", "")).ask_hidden("Code")


def test_echo_comes_back_however_a_hidden_question_ends() -> None:
    for typed in (CTRL_C, END, "quit", "x" * 20):
        terminal = Scripted(typed)
        with contextlib.suppress(Back, Leave):
            Console(terminal).ask_hidden("Code")
        assert terminal.is_hidden is False


def test_whatever_a_text_holds_it_cannot_steer_the_terminal() -> None:
    terminal = Scripted("ok")
    console = Console(terminal)
    console.say("a\x1b[2Jb\x07c\rd\x9be")
    console.ask("Name\x1b]0;x\x07")
    assert not {char for char in terminal.said if ord(char) < 32 or 127 <= ord(char) < 160} - {"\n"}


def test_inside_emacs_a_secret_is_asked_for_with_advice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INSIDE_EMACS", "29.1,comint")
    terminal = Scripted("some-secret")
    Console(terminal).ask_hidden("Code")
    assert "M-x comint-send-invisible" in terminal.said


def test_a_masked_secret_has_no_dots_to_be_read_out() -> None:
    assert spoken(Secret("a" * 60 + "e21f")) == "hidden, ends in e21f"
    assert spoken(Secret("short")) == "hidden"


def test_sentences_are_lines() -> None:
    assert sentences("One at a.b. Two? “Three”. v1.2 stays.") == [
        "One at a.b.",
        "Two?",
        "“Three”. v1.2 stays.",
    ]


def test_a_choice_is_meant_by_number_letter_word_or_beginning() -> None:
    choices = [
        Choice(key, word, f"Does {word}.", lambda: None) for key, word in (("r", "refresh"), ("e", "rename"))
    ]
    for typed in ("1", "r", "refresh", "REF", "1."):
        assert find(choices, typed) is choices[0]
    for typed in ("0", "3", "re", "x", "refreshing", "-1", "²"):
        assert find(choices, typed) is None
    assert find(choices, "1", numbered=False) is None
    assert short(choices) == ["1 refresh", "2 rename"]
    assert short(choices, numbered=False) == ["r refresh", "e rename"]
    assert explained(choices)[1] == "2 rename: Does rename."
