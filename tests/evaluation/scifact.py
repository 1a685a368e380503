"""SciFact (Wadden and others 2020) as retrieval: claims, and the abstracts that they cite.

`claims_test.csv` of the archive names no abstract: its labels were never published. The 300
claims of `claims_validation.csv` with their 339 pairs are what BEIR (Thakur and others 2021) calls
SciFact's test set, so these are the ones that are measured.
"""

import ast
import csv
import io
import json
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile

from index.builder import build_index
from index.lexical import LexicalIndex
from index.retriever import Retriever
from index.storage import Index, open_index

ARCHIVE = Path("scifact", "scifact.zip")
# The archive prints numpy arrays: string literals beside one another, and bare numbers.
_LITERAL = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"", re.DOTALL)
_NUMBER = re.compile(r"\d+")
_PASSAGES = 100


@dataclass(frozen=True, slots=True)
class Abstract:
    """A paper's number, its title and its sentences as one text."""

    doc_id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim and the numbers of the papers that it was drawn from."""

    text: str
    cited: frozenset[str]


def abstracts(archive: Path) -> list[Abstract]:
    """All 5,183 of them."""
    return [
        Abstract(
            row["doc_id"],
            " ".join(row["title"].split()),
            " ".join(str(ast.literal_eval(s)) for s in _LITERAL.findall(row["abstract"])),
        )
        for row in _rows(archive, "corpus_train.csv")
    ]


def claims(archive: Path) -> list[Claim]:
    """BEIR's test claims, each once."""
    cited: dict[str, set[str]] = {}
    for row in _rows(archive, "claims_validation.csv"):
        cited.setdefault(row["claim"], set()).update(_NUMBER.findall(row["cited_doc_ids"]))
    return [Claim(text, frozenset(papers)) for text, papers in cited.items()]


def _rows(archive: Path, name: str) -> Iterator[Mapping[str, str]]:
    with ZipFile(archive) as files, files.open(name) as file:
        yield from csv.DictReader(io.TextIOWrapper(file, "utf-8", newline=""))


def index_of(papers: Sequence[Abstract], folder: Path, models: Path) -> Index:
    """A built index of `papers`, a plain text with its title beside it for each, below `folder`.

    `models` holds the exported embedder, which is made anew where there is none.
    """
    documents, data = folder / "documents", folder / "data"
    documents.mkdir()
    for paper in papers:
        (documents / f"{paper.doc_id}.txt").write_text(paper.text, "utf-8")
        described = {"title": paper.title, "doc_id": paper.doc_id}
        sidecar = json.dumps(described, ensure_ascii=False)  # which is YAML as well
        (documents / f"{paper.doc_id}.txt.yaml").write_text(sidecar, "utf-8")
    if models.is_dir():
        shutil.copytree(models, data / "models")
    build_index(documents, data)
    return open_index(data)


def ranked(claim: Claim, retriever: Retriever) -> list[str]:
    """The papers in the order of the best passage of each."""
    hits = retriever.retrieve(claim.text, _PASSAGES)
    return list(dict.fromkeys(hit.passage.doc_id for hit in hits))


class ByWords:
    """BM25 alone, over title and abstract."""

    def __init__(self, papers: Sequence[Abstract]) -> None:
        self._papers = papers
        self._lexical = LexicalIndex.of([f"{p.title} {p.text}" for p in papers])

    def ranked(self, claim: Claim) -> list[str]:
        """The papers that share a term with the claim, best first."""
        found = self._lexical.search(claim.text, _PASSAGES)
        return [self._papers[number].doc_id for number, _ in found]
