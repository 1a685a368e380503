"""What a person reads on a terminal, and what is said about a wrong command line."""

import argparse
import io
from pathlib import Path

import pytest

from assistant.disclaimer import (
    DISCLAIMER,
    GENERAL_STATEMENTS_FOLLOW,
    PERSONAL_ADVICE,
    URGENT,
    URGENT_DISCLAIMER,
)
from assistant.web.schema import AskRequest, HistoryTurn, ReplyOut
from assistant.web.terminal import OneLineParser, ProgressBar, as_text, folder, report_as_text
from corpus.loader import Refusal
from index.builder import BuildReport
from tests.fakes import ANSWERS, reply_to


def _text(question: str, *history: str) -> str:
    turns = [HistoryTurn(question=q, searched_as=q) for q in history]
    return as_text(ReplyOut.of(reply_to(AskRequest(question=question, history=turns))))


def _unwrapped(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("question", ANSWERS)
def test_every_quotation_stands_verbatim_with_its_citation(question: str) -> None:
    text = _text(question)
    for document, span in ANSWERS[question]:
        assert f'"{span.of(document.text)}"' in text
        where = f"/documents/{document.doc_id}?start={span.start}&end={span.end}"
        assert f"    {where}&sha256={document.sha256[:16]}\n" in text
        assert document.title in text
    assert _unwrapped(text).endswith(DISCLAIMER)


def test_a_citation_names_kind_place_date_and_primary_source() -> None:
    assert (
        "    [1] Review of studies · What trials of stem-cell products for hair have found · "
        "What is PRP? · reviewed 2026-11-24\n"
        "    Gupta & Renaud 2019 https://doi.org/10.1016/s0190-9622(19)<1>\n"
    ) in _text("prp")
    assert "page 2" in _text("wash")


def test_a_fixed_message_comes_first_and_general_statements_after_it() -> None:
    text = _unwrapped(_text("Should I have it?"))
    assert text.index(PERSONAL_ADVICE) < text.index(GENERAL_STATEMENTS_FOLLOW) < text.index('"')


def test_an_urgent_message_stands_alone_with_the_disclaimer() -> None:
    assert _unwrapped(_text("I have a fever")) == f"{URGENT['medical']} {URGENT_DISCLAIMER}"


def test_suggestions_are_listed() -> None:
    assert "\n  - What is PRP?\n" in _text("something else")


def test_what_was_searched_is_shown_where_it_differs_and_cannot_steer_the_terminal() -> None:
    assert "Searched for" not in _text("Is PRP new?")
    text = _text("and for \x1b[31mwomen\x07\x9b?", "Is PRP new?")
    assert "Searched for: Is PRP new? and for  [31mwomen  ?" in text
    assert not set("\x1b\x07\x9b") & set(text)


def test_what_was_searched_is_shown_also_where_nothing_is_quoted() -> None:
    text = _text("and the moon?", "the sea")
    assert "The documents also answer" in text
    assert "Searched for: the sea and the moon?" in text
    assert "Searched for" not in _text("and a fever?", "the sea")


def test_a_report_counts_and_names_what_was_refused() -> None:
    report = BuildReport(
        added=("a", "b"),
        changed=(),
        removed=("c",),
        unchanged=(),
        refusals=(Refusal("x.pdf", "encrypted", "the file needs a password; remove it"),),
        fingerprint="f" * 64,
        passages=5,
        sentences=12,
        questions=3,
        embedded=20,
        overlong_sentences=4,
        seconds={"read": 0.12345},
        export=None,
    )
    assert report_as_text(report).splitlines() == [
        "Documents: 2 added, 0 changed, 1 removed, 0 unchanged, 1 refused.",
        "Index ffffffffffff: 5 passages, 12 sentences, 20 texts embedded.",
        "Left out: 4 sentences longer than the embedder reads.",
        "Refused x.pdf: the file needs a password; remove it (encrypted)",
    ]


def test_a_progress_bar_is_drawn_for_each_stage(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    with ProgressBar() as bar:
        for done in range(3):
            bar("Reading documents", done, 2)
        bar("Embedding", 10, 10)
    drawn = stream.getvalue()
    assert "Reading documents: 100%" in drawn
    assert "2/2" in drawn
    assert "Embedding: 100%" in drawn


def _parser() -> OneLineParser:
    parser = OneLineParser(prog="app.py")
    ask = parser.add_subparsers(required=True, metavar="COMMAND").add_parser("ask")
    ask.add_argument("question")
    ask.add_argument("--data", type=folder)
    ask.add_argument("--port", type=int)
    return parser


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "COMMAND"),
        (["vinegar"], "expected serve, index, ask or replay"),
        (["ask"], "question"),
        (["ask", "does", "my", "vinegar", "work"], "put the question in quotes"),
        (["ask", "a", "--vinegar"], "put the question in quotes"),
        (["ask", "a", "--port", "http"], "'http'"),
        (["ask", "a", "--data", " "], "expected the name of a folder"),
    ],
)
def test_wrong_usage_is_told_in_one_line_without_the_question(
    capsys: pytest.CaptureFixture[str], arguments: list[str], told: str
) -> None:
    with pytest.raises(SystemExit) as caught:
        _parser().parse_args(arguments)
    assert caught.value.code == 2
    written = capsys.readouterr().err
    assert written.startswith("error: ")
    assert written.count("\n") == 1
    assert "--help" in written
    assert told in written
    assert "vinegar" not in written


def test_a_folder_is_a_path() -> None:
    assert folder("documents") == Path("documents")
    with pytest.raises(argparse.ArgumentTypeError):
        folder("")
