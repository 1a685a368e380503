"""A handout's master -> plain values for the template, and the PDF that Typst makes of them.

The same values and version of Typst give the same bytes.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from corpus.document import Block, BlockKind, Reference, Section
from corpus.errors import HandoutInvalid
from corpus.figures import Figure
from corpus.markdown import Content

AUTHOR = "Verbatim Hair Answers"
SOURCES = "Sources"
_ADDRESS_CHARACTERS = 52


def printed(
    metadata: Mapping[str, Any],
    content: Content,
    bibliography: Mapping[str, Reference],
    figures: Mapping[str, Figure],
) -> dict[str, Any]:
    """What the template prints, as plain strings; `figures` by the heading of their section."""
    reviewed: date = metadata["reviewed"]
    cited = dict.fromkeys(key for mark in content.marks for key in mark.keys)
    references = sorted((bibliography[key] for key in cited), key=lambda r: r.label.casefold())
    opening = next((s for s in content.sections if not s.path), None)
    return {
        "title": metadata["title"],
        "short": metadata.get("short_title", metadata["title"]),
        "author": AUTHOR,
        "running": f"{AUTHOR} · Handout",
        "footer": f"Reviewed {reviewed.day} {reviewed:%B %Y}. "
        "General information, no substitute for a doctor's advice.",
        "keywords": [metadata["topic"], *metadata.get("keywords", ())],
        "description": metadata.get("description", metadata["title"]),
        "language": metadata["language"],
        "year": reviewed.year,
        "month": reviewed.month,
        "day": reviewed.day,
        "opening": _parts(content, opening) if opening else [],
        "sections": [
            {
                "title": section.path[-1],
                "level": len(section.path),
                "urgent": section.path[-1] in metadata.get("urgent", ()),
                "parts": _section_parts(metadata, content, section, figures),
                "sources": _sources_line(content, section, bibliography),
            }
            for section in content.sections
            if section.path
        ],
        "references": [_printed_reference(reference) for reference in references],
    }


def tables(content: Content, section: Section) -> Iterator[list[list[str]]]:
    """The rows of each table of a section; a cell without words is an empty string."""
    blocks = [block for block in content.blocks if section.span.contains(block.span)]
    for kind, run in groupby(blocks, key=lambda block: block.kind):
        if kind is BlockKind.TABLE_CELL:
            yield _rows(list(run), content.text)


def _section_parts(
    metadata: Mapping[str, Any], content: Content, section: Section, figures: Mapping[str, Figure]
) -> list[dict[str, Any]]:
    heading = section.path[-1]
    parts = _parts(
        content,
        section,
        ticks=heading in metadata.get("checklists", ()),
        columns=metadata.get("columns", {}).get(heading),
    )
    figure = figures.get(heading)
    if figure is not None:
        parts[1] = {**parts[1], "kind": "caption"}
        parts.insert(1, {"kind": "figure", "svg": figure.svg, "alternative": figure.alternative})
    return parts


def _parts(
    content: Content,
    section: Section,
    *,
    ticks: bool = False,
    columns: Sequence[float] | None = None,
) -> list[dict[str, Any]]:
    """Paragraphs, lists and tables of a section, in order."""
    parts: list[dict[str, Any]] = []
    blocks = [block for block in content.blocks if section.span.contains(block.span)]
    for kind, run in groupby(blocks, key=lambda block: block.kind):
        found = list(run)
        if kind is BlockKind.LIST_ITEM:
            words = [block.span.of(content.text) for block in found]
            parts.append({"kind": "items", "words": words, "ticks": ticks})
        elif kind is BlockKind.TABLE_CELL:
            rows = _rows(found, content.text)
            parts.append({"kind": "table", "rows": rows, "columns": columns or [1] * len(rows[0])})
        else:
            parts.extend(
                {"kind": "paragraph", "words": block.span.of(content.text)} for block in found
            )
    return parts


def _rows(cells: Sequence[Block], text: str) -> list[list[str]]:
    width = 1 + max(cell.column for cell in cells)
    rows = []
    for _, run in groupby(cells, key=lambda cell: cell.row):
        words = {cell.column: cell.span.of(text) for cell in run}
        rows.append([words.get(column, "") for column in range(width)])
    return rows


def _sources_line(content: Content, section: Section, bibliography: Mapping[str, Reference]) -> str:
    """The small line below a section; sentences that open with "Sources:" are never indexed."""
    keys = dict.fromkeys(
        key
        for mark in content.marks
        if section.span.start < mark.position <= section.span.end
        for key in mark.keys
    )
    labels = dict.fromkeys(bibliography[key].label for key in keys)
    return f"{SOURCES}: {'; '.join(labels)}." if labels else ""


def _printed_reference(reference: Reference) -> dict[str, str]:
    title = reference.title.rstrip(".") + "."
    if reference.doi:
        address, shown = f"https://doi.org/{reference.doi}", f"doi:{reference.doi}"
    else:
        address = reference.url or ""
        shown = re.sub(r"^https?://(?:www\.)?", "", address).rstrip("/")
        if len(shown) > _ADDRESS_CHARACTERS:
            # The link itself is whole; nobody types a long address from paper.
            shown = shown[: _ADDRESS_CHARACTERS - 1] + "…"
    return {"label": reference.label, "title": title, "address": address, "shown": shown}


def compiled(values: Mapping[str, Any], *, template: Path, reviewed: date) -> bytes:
    """The PDF of what `printed` gave, dated to its review; raises HandoutInvalid."""
    import typst

    moment = datetime(reviewed.year, reviewed.month, reviewed.day, tzinfo=UTC)
    try:
        pdf = typst.compile(
            str(template),
            ignore_system_fonts=True,
            format="pdf",
            sys_inputs={"handout": json.dumps(values, ensure_ascii=False, sort_keys=True)},
            pdf_standards=["ua-1"],
            timestamp=moment,
        )
    except typst.TypstError as error:
        raise HandoutInvalid(f"Typst refuses the handout: {error}") from error
    if not isinstance(pdf, bytes):
        raise TypeError(f"expected the bytes of one PDF, found {type(pdf).__name__}")
    return pdf
