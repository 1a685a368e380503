"""What every shipped sentence must keep to, as functions that name the sentences that do not.

`python -m tests.corpus.shipped_rules` prints every breach, then the numbers of the corpus.
"""

import re
import statistics
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import textstat
import yaml

from corpus.document import BlockKind, Document, Reference, Section, Span
from corpus.loader import load_corpus
from index.sentences import split_sentences

DOCUMENTS = Path(__file__).resolve().parents[2] / "corpus" / "documents"
MAX_PATIENT_GRADE = 9.0

# Numbers that are part of a name or a label and state nothing about the world.
_NAMES_WITH_DIGITS = re.compile(
    r"""
    \b(?:COVID-19|5-alpha|5α|Type\s[12]|type\s[12]|CD\d+\+?|JAK\s?\d|IGF-1|H1N1|B12|D3|DHEA-S|
    Norwood(?:-Hamilton)?\s(?:stage\s)?\d|Ludwig\s(?:stage\s)?\d|phase\s[1-4]|Phase\s[1-4])\b
    """,
    re.VERBOSE,
)
_DIGIT = re.compile(r"\d")
_PRICE = re.compile(
    r"(?:US\$|CA\$|A\$|AU\$|S\$|HK\$|[$£€₹₩¥₺]"
    r"|\b(?:USD|EUR|GBP|INR|KRW|JPY|TRY|AUD|CAD|CHF|THB)\s?)\s?\d"
    r"|\d[\d,.]*\s?(?:US dollars|dollars|euros?|pounds|rupees|won|yen|lira|francs|baht)\b",
)
_CURRENCY = re.compile(r"(?:US|CA|A|AU|S|HK)\$|[£€₹₩¥₺]|\b[A-Z]{3}\b|dollars|pounds|rupees")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_COUNTRY = re.compile(
    r"\b(?:United States|US|UK|United Kingdom|Britain|British|England|Canada|Canadian|Australia\w*|"
    r"India\w*|Turkey|Turkish|Türkiye|Mexic\w+|Thai\w*|South Korea\w*|Korea\w*|Japan\w*|German\w*|"
    r"Spain|Spanish|Ital\w+|France|French|Europ\w+|Poland|Polish|Brazil\w*|Colombia\w*|Ireland|"
    r"Irish|Pakistan\w*|Iran\w*|Egypt\w*|UAE|Dubai|Singapore|Switzerland|Swiss|China|Chinese|"
    r"Dominican Republic|Costa Rica|Panama|Ukrain\w+|Georgia|Florida|Texas|California|Medicare|"
    r"Portugal|Greece|Hungary|Czech\w*|Israel\w*|Malaysia\w*|Philippines|New Zealand|Finland|"
    r"Finnish|"
    r"Indonesia\w*|Nepal\w*|Hong Kong|London|New York|American|Americans)\b"
)
_AGENCY = re.compile(
    r"\b(?:FDA|Food and Drug Administration|EMA|European Medicines Agency|European Commission|MHRA|"
    r"Medicines and Healthcare products Regulatory Agency|Health Canada|TGA|"
    r"Therapeutic Goods Administration|PMDA|MFDS|Ministry|ministry|NICE|CDSCO|ICMR|COFEPRIS|ANVISA|"
    r"regulators?|agenc(?:y|ies)|authorit(?:y|ies)|committee|council|court|Congress|"
    r"European Union|EU|state|government|law|board)\b"
)
_UNRESOLVED = re.compile(
    r"^(?:It|Its|They|Their|Them|This|That|These|Those|He|She|His|Her|Such|However|But|Also|"
    r"Therefore|Thus|Moreover|Furthermore|Additionally|Then|Still|Yet|So|And|Or|"
    r"The (?:study|trial|authors|review|same (?:study|trial|review)))\b(?! (?:is|are) no\b)"
)
_SENTENCE_END = re.compile(r"[.!?][\"'”’)\]]*$")
_WORD = re.compile(r"[^\W_]+(?:['’.,-][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a shipped document with the references of its markers."""

    document: Document
    span: Span
    kind: BlockKind
    references: tuple[Reference, ...]

    @property
    def text(self) -> str:
        return self.span.of(self.document.text)

    @property
    def words(self) -> int:
        return len(_WORD.findall(self.text))

    def __str__(self) -> str:
        return f"{self.document.source_path}: {self.text!r}"


@cache
def documents() -> tuple[Document, ...]:
    """Every shipped document; raises ValueError naming those that cannot be read."""
    corpus = load_corpus(DOCUMENTS)
    if corpus.refusals:
        raise ValueError("; ".join(f"{r.path}: {r.message}" for r in corpus.refusals))
    return corpus.documents


def markdown_documents() -> tuple[Document, ...]:
    return tuple(d for d in documents() if d.media_type == "text/markdown")


@cache
def sentences() -> tuple[Sentence, ...]:
    """Every sentence of every shipped document, headings aside, table cells included."""
    return tuple(s for document in documents() for s in _sentences(document))


def _sentences(document: Document) -> Iterator[Sentence]:
    row: dict[int, tuple[Reference, ...]] = {}
    for block in document.blocks:
        if block.kind is BlockKind.TABLE_CELL:
            row[block.row] = (*row.get(block.row, ()), *document.references_of(block.span))
    for block in document.blocks:
        section = document.section_of(block.span)
        if block.kind in (BlockKind.HEADING, BlockKind.CODE) or _is_bibliography(section):
            continue
        words = block.span.of(document.text)
        if words.startswith("Sources: "):
            continue
        for found in split_sentences(words, document.language):
            span = Span(block.span.start + found.start, block.span.start + found.end)
            references = document.references_of(span)
            if block.kind is BlockKind.TABLE_CELL:
                references = row[block.row]
            yield Sentence(document, span, block.kind, references)


def _is_bibliography(section: Section | None) -> bool:
    return section is not None and bool(section.path) and section.path[-1] == "Sources"


def _prose() -> Iterator[Sentence]:
    return (s for s in sentences() if s.kind is not BlockKind.TABLE_CELL)


def numbers_without_a_marker() -> list[Sentence]:
    """Sentences that hold a digit outside a name, a date of review or a question, unreferenced."""
    found = []
    for sentence in sentences():
        bare = _NAMES_WITH_DIGITS.sub(" ", sentence.text)
        bare = re.sub(r"\bas of (?:(?:early|mid|late)-)?(?:[A-Z][a-z]+ )?20\d\d\b", " ", bare)
        in_head = sentence.kind is BlockKind.TABLE_CELL and not _SENTENCE_END.search(sentence.text)
        if _DIGIT.search(bare) and not sentence.references and not in_head:
            found.append(sentence)
    return found


def prices_without_currency_year_and_country() -> list[Sentence]:
    """Sentences of prose with a price that do not say when and where it was asked."""
    return [
        sentence
        for sentence in _prose()
        if _PRICE.search(sentence.text)
        and not (
            _CURRENCY.search(sentence.text)
            and _YEAR.search(sentence.text)
            and _COUNTRY.search(sentence.text)
        )
    ]


def approvals_without_date_and_agency() -> list[Sentence]:
    """Sentences that state an approval or a clearance without its agency and a year."""
    states = re.compile(
        r"\b(?:is|are|was|were|has been|have been|got|received|won|not|no|never)\b[^.;]{0,60}"
        r"\b(?:approved|cleared)\b|\b(?:approved|cleared) (?:for|to|by|in|as)\b"
    )
    return [
        sentence
        for sentence in _prose()
        if states.search(sentence.text)
        and not sentence.text.endswith("?")
        and not (_AGENCY.search(sentence.text) and _YEAR.search(sentence.text))
    ]


def sentences_that_lean_on_another() -> list[Sentence]:
    """Sentences that open with a word that points at what stands before."""
    return [sentence for sentence in sentences() if _UNRESOLVED.match(sentence.text)]


def items_that_are_no_sentence() -> list[Sentence]:
    """List items and paragraphs that do not end as a sentence, lead-in lines included."""
    return [sentence for sentence in _prose() if not _SENTENCE_END.search(sentence.text)]


def unused_references() -> set[str]:
    """Keys of the bibliography that no document names."""
    from corpus.references import read_bibliography

    named = {key for document in documents() for mark in document.marks for key in mark.keys}
    return set(read_bibliography(DOCUMENTS / "references.json")) - named


def references_without_an_address() -> set[str]:
    """Keys of references that have neither a DOI nor a web address."""
    return {
        reference.key
        for document in documents()
        for reference in document.references
        if not reference.doi and not reference.url
    }


def grade(document: Document) -> float:
    """Flesch-Kincaid grade of a document's sentences, by textstat."""
    words = " ".join(s.text for s in _prose() if s.document is document)
    return float(textstat.flesch_kincaid_grade(words))


@cache
def front_matter(document_path: str) -> dict[str, object]:
    """The front matter of a shipped Markdown file, or the sidecar of a PDF."""
    path = DOCUMENTS / document_path
    if path.suffix != ".md":
        loaded = yaml.safe_load(Path(f"{path}.yaml").read_text("utf-8"))
    else:
        loaded = yaml.safe_load(path.read_text("utf-8").split("---")[1])
    return dict(loaded)


def patient_documents_that_are_hard_to_read() -> list[tuple[str, float]]:
    """Patient documents above the grade that they may have."""
    graded = [
        (document.source_path, grade(document))
        for document in markdown_documents()
        if front_matter(document.source_path).get("audience") == "patient"
    ]
    return [(path, value) for path, value in graded if value > MAX_PATIENT_GRADE]


def sections_without_questions() -> list[str]:
    """Sections with fewer than four or more than ten questions that they answer."""
    return [
        f"{document.source_path}: {' > '.join(section.path)}: {len(section.questions)}"
        for document in documents()
        for section in document.sections
        if section.path and section.path[-1] != "Sources" and not 4 <= len(section.questions) <= 10
    ]


def report() -> str:
    """The numbers of the corpus, one a line."""
    prose = list(_prose())
    lengths = [sentence.words for sentence in prose]
    kinds = Counter(
        r.source_type.value for r in {r.key: r for d in documents() for r in d.references}.values()
    )
    grades = sorted(grade(document) for document in markdown_documents())
    lines = [
        f"documents: {len(documents())}",
        f"sentences: {len(prose)} of prose, {len(sentences()) - len(prose)} table cells",
        f"words: {sum(lengths)}; median sentence: {statistics.median(lengths):.0f} words",
        f"sections: {sum(len(d.sections) for d in documents())}; questions that they answer: "
        f"{sum(len(s.questions) for d in documents() for s in d.sections)}",
        f"references: {sum(kinds.values())}: "
        + ", ".join(f"{kind} {count}" for kind, count in kinds.most_common()),
        f"Flesch-Kincaid grade: median {statistics.median(grades):.1f}, highest {grades[-1]:.1f}",
    ]
    return "\n".join(lines)


RULES = (
    numbers_without_a_marker,
    prices_without_currency_year_and_country,
    approvals_without_date_and_agency,
    sentences_that_lean_on_another,
    items_that_are_no_sentence,
    unused_references,
    references_without_an_address,
    patient_documents_that_are_hard_to_read,
    sections_without_questions,
)


def main(words: Sequence[str]) -> None:
    """Print the breaches in the documents whose path holds one of `words`, then the numbers."""
    for rule in RULES:
        breaches = [str(item) for item in rule()]  # type: ignore[operator]
        shown = [b for b in breaches if not words or any(word in b for word in words)]
        print(f"\n## {rule.__name__}: {len(breaches)}")
        print("\n".join(shown))
    print(f"\n{report()}")


if __name__ == "__main__":
    main(sys.argv[1:])
