"""The list of shipped documents, drawn from their front matter: `python -m corpus.catalogue`.

Writes `corpus/CATALOGUE.md`; with `--check` it only compares and exits 1 where the list is stale.
"""

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

from corpus.errors import CorpusError, DocumentRefused
from corpus.markdown import parse_metadata, read_markdown

HERE = Path(__file__).resolve().parent
DOCUMENTS = HERE / "documents"
CATALOGUE = HERE / "CATALOGUE.md"
_HEAD = """# Catalogue of the shipped documents

Drawn from the front matter of each document by `python -m corpus.catalogue`; change that, not this.
Grade is the Flesch-Kincaid reading grade. How good the set is as a whole, by the sixteen DISCERN
questions: [how good these pages are](documents/about/how-good-these-pages-are.md).
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """What the front matter of one document says; `path` is relative to the documents' folder."""

    path: str
    title: str
    topic: str
    source_type: str
    reviewed: date
    language: str
    audience: str
    reading_grade: float


def entries(folder: Path) -> tuple[Entry, ...]:
    """An entry for each Markdown file and each PDF with a sidecar below `folder`.

    Ordered by topic, then title. Raises DocumentRefused, naming the file, where its front matter
    lacks a field.
    """
    found = [_entry(folder, path) for path in (*folder.rglob("*.md"), *folder.rglob("*.pdf"))]
    return tuple(sorted(found, key=lambda entry: (entry.topic, entry.title.casefold())))


def _entry(folder: Path, path: Path) -> Entry:
    name = path.relative_to(folder).as_posix()
    metadata = _metadata(path)
    try:
        return Entry(
            path=name,
            title=str(metadata["title"]),
            topic=str(metadata["topic"]),
            source_type=str(metadata["source_type"]),
            reviewed=metadata["reviewed"],
            language=str(metadata["language"]),
            audience=str(metadata["audience"]),
            reading_grade=float(metadata["reading_grade"]),
        )
    except KeyError as missing:
        raise DocumentRefused(
            "invalid_metadata", f"{name}: the front matter lacks {missing.args[0]}; add it"
        ) from missing


def _metadata(path: Path) -> Mapping[str, Any]:
    if path.suffix == ".pdf":
        return parse_metadata(path.with_name(f"{path.name}.yaml").read_text("utf-8"))
    return read_markdown(path.read_text("utf-8"))[0]


def catalogue(listed: Sequence[Entry]) -> str:
    """The list as Markdown: one table for each topic, with the numbers of the whole first."""
    pdfs = sum(entry.path.endswith(".pdf") for entry in listed)
    topics = {entry.topic for entry in listed}
    lines = [_HEAD, f"{len(listed)} documents on {len(topics)} topics, {pdfs} of them as PDF.", ""]
    for topic, run in groupby(listed, key=lambda entry: entry.topic):
        lines += [f"## {topic.capitalize()}", ""]
        lines += ["| Document | Kind of source | Reviewed | Language | For | Grade |"]
        lines += ["| --- | --- | --- | --- | --- | --- |", *map(_row, run), ""]
    return "\n".join(lines)


def _row(entry: Entry) -> str:
    title = entry.title.replace("|", "\\|")
    cells = (
        f"[{title}](documents/{entry.path})",
        entry.source_type.replace("_", " "),
        entry.reviewed.isoformat(),
        entry.language,
        entry.audience,
        f"{entry.reading_grade:.1f}",
    )
    return f"| {' | '.join(cells)} |"


def main(arguments: Sequence[str] | None = None) -> int:
    """Writes the list, or compares it; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m corpus.catalogue", description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare only; exit 1 if it differs")
    parser.add_argument("--documents", type=Path, default=DOCUMENTS, metavar="DIR")
    parser.add_argument("--output", type=Path, default=CATALOGUE, metavar="PATH")
    options = parser.parse_args(arguments)
    try:
        text = catalogue(entries(options.documents))
    except CorpusError as error:
        sys.stderr.write(f"error: {error}\n")
        return 2
    if options.check:
        if options.output.is_file() and options.output.read_text("utf-8") == text:
            return 0
        sys.stderr.write(f"{options.output.name} is stale; run: python -m corpus.catalogue\n")
        return 1
    options.output.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
