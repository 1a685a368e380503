"""The line-by-line check of the shipped sentences against the facts that they rest on.

`fact_check.tsv` has a row for each sentence: the facts (F...) or clinic claims (S...) that it was
compared with, what came of it (`ok`, `rephrased`, `corrected`), and a note. `common` stands for
common knowledge or advice, `none` for a finding of our own, `guide` for the guide to the facts,
`read` for the source itself, whose words a second reader compared. A sentence that changes has to
be compared again, and its row with it.
"""

import csv
import json
import re
from collections.abc import Iterator
from functools import cache
from itertools import groupby
from pathlib import Path

from corpus.document import BlockKind, Document
from tests.corpus.shipped import Sentence, shipped

HERE = Path(__file__).resolve().parent
LEFT_OUT = {
    "F143": "rests on memory and carries years; the documents cite papers and a review on biotin",
}
_FACT = r"(?:F\d{3}|S\d{2}|common|none|guide|read)"
_FACTS = re.compile(f"{_FACT}(?: {_FACT})*")


@cache
def _rows(name: str) -> tuple[dict[str, str], ...]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def _statements(document: Document) -> Iterator[tuple[str, bool]]:
    """Each sentence and each row of a table as one line, and whether it names a reference."""
    sentences = [s for s in shipped().sentences if s.document is document]
    for is_prose, run in groupby(sentences, key=lambda s: s.is_prose):
        if is_prose:
            yield from ((s.text, bool(s.references)) for s in run)
        else:
            for row in _table_rows(document, list(run)):
                yield " | ".join(s.text for s in row), bool(row[0].references)


def _table_rows(document: Document, cells: list[Sentence]) -> list[list[Sentence]]:
    rows: list[list[Sentence]] = []
    for cell in cells:
        block = next(b for b in document.blocks if b.span.contains(cell.span))
        assert block.kind is BlockKind.TABLE_CELL
        if not rows or block.column == 0:
            rows.append([])
        rows[-1].append(cell)
    return rows


def test_every_row_is_sound() -> None:
    for row in _rows("fact_check.tsv"):
        assert row["verdict"] in ("ok", "rephrased", "corrected"), row
        assert _FACTS.fullmatch(row["facts"]), row
        assert row["note"] or row["verdict"] != "corrected", row
    keys = [(row["doc_id"], row["sentence"]) for row in _rows("fact_check.tsv")]
    assert len(keys) == len(set(keys))


def test_every_checked_sentence_still_stands_in_its_document() -> None:
    standing = {
        (document.doc_id, words)
        for document in shipped().documents
        for words, _ in _statements(document)
    }
    checked = {(row["doc_id"], row["sentence"]) for row in _rows("fact_check.tsv")}
    assert checked - standing == set()


def test_every_sentence_that_names_a_reference_was_checked() -> None:
    """The handouts repeat sentences of the documents: those need no second row."""
    checked = {row["sentence"] for row in _rows("fact_check.tsv")}
    unchecked = [
        (document.doc_id, words)
        for document in shipped().documents
        for words, cited in _statements(document)
        if cited and words not in checked
    ]
    assert unchecked == []


def test_every_fact_is_used_or_left_out_for_a_reason(shared: Path) -> None:
    lines = (shared / "facts" / "facts.jsonl").read_text("utf-8").splitlines()
    facts = {fact["id"]: fact["confidence"] for fact in map(json.loads, lines)}
    named = {name for row in _rows("fact_check.tsv") for name in row["facts"].split()}
    used = {name for name in named if name.startswith("F")}
    assert used - set(facts) == set()
    assert set(facts) - used == set(LEFT_OUT)
    assert {facts[name] for name in LEFT_OUT} == {"memory"}


def test_every_clinic_claim_has_an_entry_that_ends_with_what_to_ask(shared: Path) -> None:
    lines = (shared / "facts" / "clinic-claims.jsonl").read_text("utf-8").splitlines()
    claims = {json.loads(line)["id"] for line in lines}
    assert {row["claim"] for row in _rows("clinic_claims.tsv")} == claims
    documents = {document.doc_id: document for document in shipped().documents}
    for row in _rows("clinic_claims.tsv"):
        document = documents[row["doc_id"]]
        section = next(s for s in document.sections if s.path[-1] == row["section"])
        entry = [s for s in shipped().sentences if s.document is document and s.section == section]
        assert any(s.references for s in entry), row
        assert any(s.text.startswith("Ask ") for s in entry), row
        assert any(re.search(r"\b(?:clinics?|claim\w*|page|said|says?)\b", s.text) for s in entry)
