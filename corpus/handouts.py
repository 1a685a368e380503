"""Builds the PDF handouts from their Markdown masters: `python -m corpus.handouts`.

A master is a Markdown document with four front-matter keys more. `urgent` and `checklists` name
the headings whose sections stand in a marked box, or have a box to tick before each item;
`columns` gives the widths of a section's table, and `figures` the data file of its figure. A
figure stands below the first paragraph of its section; the second is its caption.

Beside each PDF a sidecar NAME.pdf.yaml carries what a page cannot: which references each sentence
rests on, the questions that each section answers, and the cells of its tables.

The same master, figures, bibliography and version of Typst give the same bytes, so `--check`
compares. No PDF is written that does not read back word for word.
"""

import argparse
import re
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from corpus.document import BlockKind, Reference, Span
from corpus.errors import CorpusError, DocumentRefused, HandoutInvalid
from corpus.figures import TEMPLATE_NAME, Figure, read_figure
from corpus.markdown import Content, read_markdown
from corpus.pdf import PdfLimits, read_pdf
from corpus.references import BIBLIOGRAPHY_NAME, read_bibliography
from corpus.sidecar import with_cells
from corpus.typesetting import compiled, printed, tables

HERE = Path(__file__).resolve().parent
MASTERS = HERE / "handout_sources"
HANDOUTS = HERE / "documents" / "handouts"
BIBLIOGRAPHY = HERE / "documents" / BIBLIOGRAPHY_NAME
TEMPLATE = MASTERS / "handout.typ"
LEAST_PAGES = 3
_SIDECAR_KEYS = (
    "doc_id",
    "title",
    "topic",
    "source_type",
    "reviewed",
    "language",
    "audience",
    "reading_grade",
)
_SENTENCE_END = re.compile(r"[.!?][\"')]?(?=\s|$)")


@dataclass(frozen=True, slots=True)
class Handout:
    """A built handout: the bytes of its PDF and of its sidecar."""

    doc_id: str
    pdf: bytes
    sidecar: bytes


def build(master: Path, bibliography: Mapping[str, Reference]) -> Handout:
    """The handout of one master, checked by reading it back.

    Raises HandoutInvalid where the master lacks metadata, cites an unknown key, names an unknown
    heading or has an unsound figure, or where the PDF has too few pages or does not give back the
    master's words.
    """
    try:
        metadata, content = read_markdown(master.read_text("utf-8"))
    except DocumentRefused as refused:
        raise HandoutInvalid(f"{master.name}: {refused.message}") from refused
    _check_metadata(master, metadata, content, bibliography)
    figures = _figures(master, metadata, content)
    values = printed(metadata, content, bibliography, figures)
    pdf = compiled(values, template=TEMPLATE, reviewed=metadata["reviewed"])
    _check_reading(master.name, content, pdf)
    return Handout(metadata["doc_id"], pdf, _sidecar(metadata, content))


def _check_metadata(
    master: Path,
    metadata: Mapping[str, Any],
    content: Content,
    bibliography: Mapping[str, Reference],
) -> None:
    missing = [key for key in _SIDECAR_KEYS if not metadata.get(key)]
    if missing:
        raise HandoutInvalid(f"{master.name}: the front matter lacks {', '.join(missing)}; add it")
    if metadata["doc_id"] != master.stem:
        raise HandoutInvalid(f"{master.name}: doc_id is {metadata['doc_id']!r}; name the file so")
    unknown = {key for mark in content.marks for key in mark.keys} - set(bibliography)
    if unknown:
        raise HandoutInvalid(
            f"{master.name}: cites {', '.join(sorted(unknown))}, which the bibliography lacks; "
            "add the entries or name another with --bibliography PATH"
        )
    headings = {section.path[-1] for section in content.sections if section.path}
    for key in ("urgent", "checklists", "columns", "figures"):
        if strangers := set(metadata.get(key, ())) - headings:
            raise HandoutInvalid(
                f"{master.name}: `{key}` names headings that are not there: {sorted(strangers)}"
            )


def _figures(master: Path, metadata: Mapping[str, Any], content: Content) -> dict[str, Figure]:
    """The figures by the heading of their section; each checked against the words beside it."""
    figures: dict[str, Figure] = {}
    for heading, name in metadata.get("figures", {}).items():
        figure = read_figure(master.parent / name, template=MASTERS / TEMPLATE_NAME)
        section = next(s for s in content.sections if s.path and s.path[-1] == heading)
        blocks = [b for b in content.blocks if section.span.contains(b.span)]
        if [b.kind for b in blocks[:2]] != [BlockKind.PARAGRAPH] * 2:
            raise HandoutInvalid(
                f"{master.name}: {heading!r} has a figure; begin it with a paragraph and a caption"
            )
        marked = {
            key
            for mark in content.marks
            if blocks[1].span.start < mark.position <= blocks[1].span.end
            for key in mark.keys
        }
        if unnamed := sorted(set(figure.keys) - marked):
            raise HandoutInvalid(
                f"{master.name}: the caption in {heading!r} lacks {', '.join(unnamed)} of {name}"
            )
        words = section.span.of(content.text)
        if unsaid := [number for number in figure.printed if number not in words]:
            raise HandoutInvalid(
                f"{master.name}: {name} prints {', '.join(unsaid)}, which {heading!r} does not say"
            )
        figures[heading] = figure
    return figures


def _check_reading(name: str, content: Content, pdf: bytes) -> None:
    """Reads the PDF as any other file and compares it with its master."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "handout.pdf"
        path.write_bytes(pdf)
        found = read_pdf(path, limits=PdfLimits())
    if len(found.pages) < LEAST_PAGES:
        raise HandoutInvalid(f"{name}: {len(found.pages)} pages; write at least {LEAST_PAGES}")
    try:
        blocks = with_cells(found.text, found.blocks, _tables(content))
    except DocumentRefused as refused:
        raise HandoutInvalid(f"{name}: {refused.message}") from refused
    end = 0
    for block in content.blocks:
        words = block.span.of(content.text)
        start = found.text.find(words, end)
        end = start + len(words)
        if start < 0:
            raise HandoutInvalid(f"{name}: the PDF does not read back these words: {words!r}")
        read = next(b for b in blocks if b.span.overlaps(Span(start, end)))
        if read.kind is not block.kind:
            raise HandoutInvalid(
                f"{name}: reads back as {read.kind.value}, not {block.kind.value}: {words!r}"
            )
    headings = [section.path[-1] for section in found.sections if section.path]
    expected = [section.path[-1] for section in content.sections if section.path]
    if headings[: len(expected)] != expected:
        raise HandoutInvalid(f"{name}: headings read back as {headings}, expected {expected}")


def _sidecar(metadata: Mapping[str, Any], content: Content) -> bytes:
    fields: dict[str, Any] = {key: metadata[key] for key in _SIDECAR_KEYS}
    fields["citations"] = list(_citations(content))
    fields["questions"] = [
        {"section": section.path[-1], "questions": list(section.questions)}
        for section in content.sections
        if section.path and section.questions
    ]
    if found := _tables(content):
        fields["tables"] = found
    head = f"# Built from {metadata['doc_id']}.md by `python -m corpus.handouts`; edit that.\n"
    text = yaml.safe_dump(fields, allow_unicode=True, sort_keys=False, width=96)
    return (head + text).encode()


def _tables(content: Content) -> list[list[list[str]]]:
    return [table for section in content.sections for table in tables(content, section)]


def _citations(content: Content) -> Iterator[dict[str, Any]]:
    """Each cited sentence with the keys of all its marks.

    A cell of a table is quoted with the cells of its row before it, for its own few words may
    stand in other rows too.
    """
    row: list[str] = []
    for block in content.blocks:
        words = block.span.of(content.text)
        if block.kind is BlockKind.TABLE_CELL:
            row = [*(row if block.column else []), words]
            keys = dict.fromkeys(
                key
                for mark in content.marks
                if block.span.start < mark.position <= block.span.end
                for key in mark.keys
            )
            if keys:
                yield {"quote": " ".join(row), "keys": list(keys)}
            continue
        ends = [match.end() for match in _SENTENCE_END.finditer(words)]
        keys_by_sentence: dict[tuple[int, int], dict[str, None]] = {}
        for mark in content.marks:
            position = mark.position - block.span.start
            if not 0 < position <= len(words):
                continue
            end = next((e for e in ends if e >= position), len(words))
            start = max((e for e in ends if e < position), default=0)
            keys_by_sentence.setdefault((start, end), {}).update(dict.fromkeys(mark.keys))
        for (start, end), keys in keys_by_sentence.items():
            yield {"quote": words[start:end].strip(), "keys": list(keys)}


def main(arguments: Sequence[str] | None = None) -> int:
    """Builds all handouts, or checks them; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m corpus.handouts", description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare only; exit 1 if any differs")
    parser.add_argument("--masters", type=Path, default=MASTERS, metavar="DIR")
    parser.add_argument("--output", type=Path, default=HANDOUTS, metavar="DIR")
    parser.add_argument("--bibliography", type=Path, default=BIBLIOGRAPHY, metavar="PATH")
    options = parser.parse_args(arguments)
    try:
        bibliography = read_bibliography(options.bibliography)
        handouts = [build(path, bibliography) for path in sorted(options.masters.glob("*.md"))]
    except CorpusError as error:
        sys.stderr.write(f"error: {error}\n")
        return 2
    stale = [name for handout in handouts for name in _differing(handout, options.output)]
    if options.check:
        for name in stale:
            sys.stderr.write(f"{name} differs from its master; run: python -m corpus.handouts\n")
        return 1 if stale else 0
    options.output.mkdir(parents=True, exist_ok=True)
    for handout in handouts:
        for name, data in _files(handout).items():
            (options.output / name).write_bytes(data)
    sys.stdout.write(f"{len(handouts)} handouts, {len(stale)} files changed\n")
    return 0


def _files(handout: Handout) -> dict[str, bytes]:
    return {f"{handout.doc_id}.pdf": handout.pdf, f"{handout.doc_id}.pdf.yaml": handout.sidecar}


def _differing(handout: Handout, folder: Path) -> list[str]:
    def before(name: str) -> bytes | None:
        path = folder / name
        return path.read_bytes() if path.is_file() else None

    return [name for name, data in _files(handout).items() if before(name) != data]


if __name__ == "__main__":
    sys.exit(main())
