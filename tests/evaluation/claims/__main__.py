"""The clinics' claims as a table: `python -m tests.evaluation.claims --shared DIR [--data DIR]`.

For each of the 34 claims the question that it answers, what speaks first and whether that rests on
a seller's word by its `source_type`, where a clinic page speaks, and whether a limit stands before
it; then the same counts for every sentence of the pages,
asked word for word, which draws the pages out most. Builds an index of the shipped documents and
the two clinic pages in DIR (kept between runs), or in a folder that is removed afterwards.
"""

import argparse
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from assistant.context import sentences_of
from assistant.provenance import is_sales_page
from index.builder import build_index, needs_build
from index.storage import Index, open_index
from tests.evaluation.claims.checking import Claim, Finding, finding, read_claims, write_corpus
from tests.small_corpus import assistant_over


def index_with_clinics(shared: Path, folder: Path) -> Index:
    """The index in `folder`, built unless it is there."""
    write_corpus(folder / "documents", shared)
    if needs_build(folder / "documents", folder / "data"):
        build_index(folder / "documents", folder / "data")
    return open_index(folder / "data")


def asked(claims: Iterable[Claim], index: Index) -> list[Finding]:
    """What becomes of each claim."""
    reply = assistant_over(index).reply
    return [finding(claim, reply(claim.question), index.documents) for claim in claims]


def in_their_own_words(index: Index) -> list[Claim]:
    """Every sentence of the clinic pages as a question."""
    return [
        Claim(f"{document.doc_id}:{span.start}", words := span.of(document.text), "", words)
        for document in index.documents.values()
        if is_sales_page(document)
        for span in sentences_of(document)
    ]


def counts(found: Sequence[Finding]) -> str:
    """In how many of `found` a clinic page is quoted, and where."""
    of_clinics = sum(any(f.clinic) for f in found)
    leading = sum(f.clinic[:1] == (True,) for f in found)
    sellers = [f for f in found if f.first]
    return (
        f"a clinic page is quoted in {of_clinics} of {len(found)}, first in {leading}, "
        f"alone in {sum(f.alone for f in found)}, "
        f"without a limit before it in {sum(f.bare for f in found)}; "
        f"what rests on a seller's word is first in {len(sellers)}, "
        f"{sum(f.is_told for f in sellers)} of them under the words on sellers; "
        f"{sum(not f.reply.statements for f in found)} are not answered"
    )


def table(found: Iterable[Finding]) -> Iterator[str]:
    """One line a claim."""
    yield "| claim | question | reply | page at | seller first | alone | no limit | speaks first |"
    yield "| --- | --- | --- | --- | --- | --- | --- | --- |"
    for f in found:
        first = f.reply.statements[0] if f.reply.statements else None
        speaker = f"{first.citation.source_type.value}: {first.text}" if first else ""
        quoted = ", ".join(str(n) for n, clinic in enumerate(f.clinic, start=1) if clinic)
        marks = (("yes" if x else "no") for x in (f.first, f.alone, f.bare))
        cells = (f.claim.id, f.claim.question, f.reply.kind, quoted or "-", *marks, speaker)
        yield f"| {' | '.join(cells)} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, required=True, help="folder of the shared data")
    parser.add_argument("--data", type=Path, help="folder in which to keep the index")
    options = parser.parse_args()
    with ExitStack() as stack:
        folder = options.data or Path(stack.enter_context(TemporaryDirectory()))
        index = index_with_clinics(options.shared, folder)
        found = asked(read_claims(options.shared), index)
        words = asked(in_their_own_words(index), index)
    print("\n".join(table(found)))
    print(f"\nClaims as questions: {counts(found)}.")
    print(f"Sentences of the pages, word for word: {counts(words)}.")


if __name__ == "__main__":
    main()
