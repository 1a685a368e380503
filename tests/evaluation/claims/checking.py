"""What a reply makes of a clinic's claim, over the shipped documents and two clinic pages."""

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from assistant.balance import BalanceTable
from assistant.disclaimer import ONLY_MARKETING
from assistant.reply import Reply, Statement
from assistant.settings import Settings
from corpus.document import Document, SourceType

_TABLE = BalanceTable.shipped()
_QUESTIONS = Path(__file__).parent / "questions.yaml"


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim of a clinic page, with what better evidence says, and a question that it answers."""

    id: str
    claim: str
    assessment: str
    question: str


@dataclass(frozen=True, slots=True)
class Finding:
    """Where the clinic pages speak in the reply to one claim's question."""

    claim: Claim
    reply: Reply
    clinic: tuple[bool, ...]
    limits: tuple[bool, ...]

    @property
    def first(self) -> bool:
        """Whether the word of who sells stands before anything else, on a page of theirs or not."""
        first = self.reply.statements[:1]
        return any(s.citation.source_type is SourceType.CLINIC_MARKETING for s in first)

    @property
    def is_told(self) -> bool:
        """Whether the reply says that only sellers speak."""
        return self.reply.message == ONLY_MARKETING

    @property
    def alone(self) -> bool:
        """Whether only clinic pages are quoted."""
        return bool(self.clinic) and all(self.clinic)

    @property
    def bare(self) -> bool:
        """Whether a clinic page is quoted without a limit or risk before it."""
        return any(
            clinic and not any(self.limits[:place]) for place, clinic in enumerate(self.clinic)
        )


def read_claims(shared: Path) -> list[Claim]:
    """The claims, each with its question."""
    questions = yaml.safe_load(_QUESTIONS.read_text("utf-8"))
    lines = (shared / "facts" / "clinic-claims.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    return [Claim(r["id"], r["claim"], r["assessment"], questions[r["id"]]) for r in rows]


def write_corpus(folder: Path, shared: Path) -> None:
    """The shipped documents, and the two clinic pages marked as what they are, in `folder`."""
    shutil.copytree(Settings().corpus, folder, dirs_exist_ok=True)
    pages = folder / "clinics"
    pages.mkdir(exist_ok=True)
    for page in sorted((shared / "data" / "clinic-pages").glob("*.txt")):
        shutil.copy(page, pages / page.name)
        (pages / f"{page.name}.yaml").write_text(
            f"title: {page.stem}\ndoc_id: {page.stem}\nsource_type: clinic_marketing\n"
            "language: en\n",
            "utf-8",
        )


def finding(claim: Claim, reply: Reply, documents: Mapping[str, Document]) -> Finding:
    """What `reply` makes of `claim`."""
    return Finding(
        claim,
        reply,
        tuple(_of_clinic(s, documents) for s in reply.statements),
        tuple(
            not _of_clinic(s, documents) and _TABLE.states_limit(s.text) for s in reply.statements
        ),
    )


def _of_clinic(statement: Statement, documents: Mapping[str, Document]) -> bool:
    return documents[statement.citation.doc_id].source_type is SourceType.CLINIC_MARKETING
