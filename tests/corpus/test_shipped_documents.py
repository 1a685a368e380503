"""The shipped documents, held to the rules of tests/corpus/shipped_rules.py."""

import statistics
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from corpus.document import BlockKind
from tests.corpus.shipped import DOCUMENTS, Shipped, shipped
from tests.corpus.shipped_rules import RULES

TOPICS = {
    "about",
    "aftercare",
    "alternatives",
    "candidacy",
    "claims",
    "cost",
    "evidence",
    "glossary",
    "mechanism",
    "procedure",
    "regulation",
    "risks",
}
BREACHES = {
    "numbers_without_a_marker": "Hair rose by 12 hairs, which was not much.",
    "prices_without_currency_year_and_country": "One session of PRP costs $900 [@known2020].",
    "approvals_without_date_and_agency": "Minoxidil is approved for hair loss.",
    "laws_without_a_date": "Selling stem cells for hair is illegal in Austria.",
    "promises": "Stem cells will regrow the hair of most people.",
    "doses": "Take one tablet of 5 mg with water [@known2020].",
    "benefits_without_a_limit": "Hair density rose in the people who were given PRP.",
    "results_without_their_missing_control": "Hair density rose with PRP [@before2020].",
    "sentences_that_lean_on_another": "It helps some people, though not all.",
    "items_that_are_no_sentence": "What no clinic tells you:",
    "sentences_that_are_too_long": "Hair " + "and scalp " * 20 + "stay as they are.",
}


def _corpus(folder: Path, sentence: str, *, front_matter: str = "", questions: int = 4) -> Shipped:
    asked = "\n".join(f"- question number {n}" for n in range(questions))
    (folder / "page.md").write_text(
        "---\ndoc_id: page\ntitle: A page\ntopic: evidence\nsource_type: reference_work\n"
        f"reviewed: 2026-11-01\nlanguage: en\n{front_matter}---\n\n## Does PRP help?\n\n"
        f"<!-- questions\n{asked}\n-->\n\n{sentence}\n",
        "utf-8",
    )
    entry = '{"id": "%s", "title": "On %s", "source_type": "%s", "URL": "https://a.org"}'
    entries = [entry % ("known2020", "hair", "press")]
    entries.append(entry % ("before2020", "PRP", "uncontrolled_study"))
    (folder / "references.json").write_text(f"[{', '.join(entries)}]", "utf-8")
    return Shipped(folder)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_no_shipped_sentence_breaks_a_rule(rule: Callable[[Shipped], Sequence[object]]) -> None:
    assert [str(breach) for breach in rule(shipped())] == []


@pytest.mark.parametrize(("name", "sentence"), BREACHES.items(), ids=list(BREACHES))
def test_a_rule_finds_the_sentence_that_breaks_it(tmp_path: Path, name: str, sentence: str) -> None:
    rule = next(rule for rule in RULES if rule.__name__ == name)
    assert len(rule(_corpus(tmp_path, sentence))) == 1
    assert not rule(_corpus(tmp_path, "No trial shows that PRP regrows hair in everyone."))


@pytest.mark.parametrize(
    ("name", "front_matter", "questions"),
    [
        ("front_matter_that_lacks_something", "audience: patient\n", 4),
        ("front_matter_that_lacks_something", "audience: patient\nreading_grade: 1.0\n", 4),
        ("patient_documents_that_are_hard_to_read", "audience: patient\n", 4),
        ("sections_without_questions", "", 3),
        ("sections_without_questions", "", 11),
        ("unused_references", "", 4),
    ],
)
def test_a_rule_finds_the_document_that_breaks_it(
    tmp_path: Path, name: str, front_matter: str, questions: int
) -> None:
    rule = next(rule for rule in RULES if rule.__name__ == name)
    hard = "Immunomodulatory bioactivity necessitates comprehensive pharmacological evaluation."
    assert rule(_corpus(tmp_path, hard, front_matter=front_matter, questions=questions))


def test_there_are_enough_documents_in_a_folder_for_each_topic() -> None:
    documents = shipped().documents
    assert len(documents) >= 60
    assert {document.topic for document in documents} == TOPICS
    for document in documents:
        folder = Path(document.source_path).parts[0]
        assert folder in (document.topic, "handouts"), document.source_path
    assert {path.name for path in DOCUMENTS.iterdir() if path.is_dir()} == TOPICS | {"handouts"}


def test_the_glossary_explains_at_least_ninety_terms() -> None:
    terms = [
        block
        for document in shipped().documents
        if document.topic == "glossary"
        for block in document.blocks
        if block.kind is BlockKind.LIST_ITEM
    ]
    assert len(terms) >= 90


def test_half_of_all_sentences_have_at_most_twenty_two_words() -> None:
    assert statistics.median(sentence.words for sentence in shipped().prose) <= 22


def test_the_self_score_answers_the_sixteen_discern_questions() -> None:
    document = next(d for d in shipped().documents if d.doc_id == "how-good-these-pages-are")
    rows: dict[int, list[str]] = {}
    for block in document.blocks:
        if block.kind is BlockKind.TABLE_CELL and block.row:
            rows.setdefault(block.row, []).append(block.span.of(document.text))
    assert [row[0].split(".")[0] for row in rows.values()] == [str(n) for n in range(1, 17)]
    scores = [int(score.removesuffix(" of 5")) for _, score, _ in rows.values()]
    assert all(1 <= score <= 5 for score in scores)
    assert f"add up to {sum(scores[:15])} of 75 points" in document.text
    assert all(reason for _, _, reason in rows.values())
