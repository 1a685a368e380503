"""Handouts: built from masters, the same bytes each time, and read back word for word."""

import re
from pathlib import Path

import pytest
import yaml
from pypdf import PdfReader

from corpus.document import BlockKind, Reference, SourceType, Span
from corpus.errors import HandoutInvalid
from corpus.handouts import HANDOUTS, MASTERS, build, main
from corpus.markdown import read_markdown
from corpus.pdf import PdfContent, PdfLimits, read_pdf
from corpus.sidecar import sidecar_marks, with_cells
from corpus.text import one_line

BIBLIOGRAPHY = {
    key: Reference(key, label, f"A study by {label}", SourceType.CONTROLLED_TRIAL, 2020, url=url)
    for key, label, url in (
        ("tak2020", "Tak et al. 2020", "https://example.org/tak"),
        ("kim2021", "Kim and Lee 2021", "https://example.org/kim"),
    )
}
FRONT = """---
doc_id: sample
title: A sample handout on the scalp
topic: aftercare
source_type: reference_work
reviewed: 2026-11-01
language: en
audience: patient
reading_grade: 5.5
urgent: ["Which signs are urgent?"]
checklists: ["What should I pack?"]
---
"""
BODY = """
Hair transplants take a day, and nobody should drive home after a sedative [@tak2020].

## Which signs are urgent?

<!-- questions
- when do i call a doctor
- what is an emergency
-->

Fever after a scalp procedure needs urgent medical help [@tak2020; @kim2021]. A second sentence
rests on another study [@kim2021]. A third sentence rests on nothing.

- Chest pain is an emergency [@kim2021].

## What should I pack?

- Pack a loose shirt that opens at the front so that nothing touches the grafts on your head.
- Pack the list of your medicines.

## What does each step cost?

| Step | What is paid for |
| --- | --- |
| First visit | The clinic examines the scalp and takes photos of it. |
| Treatment | The clinic gives the injections. |

"""
FILLER = "\n\n".join(
    f"## What happens in week {n}?\n\n"
    + " ".join(f"Sentence {k} of week {n} says that the scalp heals." for k in range(12))
    for n in range(1, 9)
)


def _master(folder: Path, source: str = FRONT + BODY + FILLER, name: str = "sample.md") -> Path:
    path = folder / name
    path.write_text(source, "utf-8")
    return path


def _read(folder: Path, pdf: bytes) -> PdfContent:
    path = folder / "handout.pdf"
    path.write_bytes(pdf)
    return read_pdf(path, limits=PdfLimits())


def test_a_handout_reads_back_with_its_words_headings_and_pages(tmp_path: Path) -> None:
    content = _read(tmp_path, build(_master(tmp_path), BIBLIOGRAPHY).pdf)
    assert content.title == "A sample handout on the scalp"
    assert content.language == "en"
    assert [section.path for section in content.sections][1:3] == [
        ("Which signs are urgent?",),
        ("What should I pack?",),
    ]
    items = [b.span.of(content.text) for b in content.blocks if b.kind is BlockKind.LIST_ITEM]
    assert "Pack the list of your medicines." in items
    assert len(content.pages) >= 3
    assert "Handout" not in content.text
    assert not re.search(r"Page \d", content.text)
    assert content.sections[-1].path == ("Sources",)


def test_sources_of_a_section_stand_in_a_paragraph_of_their_own(tmp_path: Path) -> None:
    content = _read(tmp_path, build(_master(tmp_path), BIBLIOGRAPHY).pdf)
    paragraphs = [b.span.of(content.text) for b in content.blocks]
    assert "Sources: Tak et al. 2020; Kim and Lee 2021." in paragraphs


def test_the_sidecar_names_the_references_of_each_sentence_and_the_questions(
    tmp_path: Path,
) -> None:
    sidecar = yaml.safe_load(build(_master(tmp_path), BIBLIOGRAPHY).sidecar)
    assert sidecar["citations"][1:3] == [
        {
            "quote": "Fever after a scalp procedure needs urgent medical help.",
            "keys": ["tak2020", "kim2021"],
        },
        {"quote": "A second sentence rests on another study.", "keys": ["kim2021"]},
    ]
    assert sidecar["questions"] == [
        {
            "section": "Which signs are urgent?",
            "questions": ["when do i call a doctor", "what is an emergency"],
        }
    ]
    assert sidecar["doc_id"] == "sample"


def test_the_same_master_gives_the_same_bytes(tmp_path: Path) -> None:
    master = _master(tmp_path)
    assert build(master, BIBLIOGRAPHY) == build(master, BIBLIOGRAPHY)


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        (FRONT + BODY, "pages"),
        (FRONT + "Cites a stranger [@nobody2020].\n", "nobody2020"),
        (FRONT.replace("topic: aftercare\n", "") + BODY, "topic"),
        (FRONT.replace("doc_id: sample", "doc_id: other") + BODY, "doc_id"),
        (FRONT + "## Another heading?\n\nWords.\n", "Which signs are urgent?"),
    ],
    ids=["too short", "unknown key", "no topic", "other doc_id", "unknown heading"],
)
def test_a_master_that_makes_no_sound_handout_is_refused(
    tmp_path: Path, source: str, reason: str
) -> None:
    with pytest.raises(HandoutInvalid, match=re.escape(reason)):
        build(_master(tmp_path, source), BIBLIOGRAPHY)


FIGURE = """
kind: bars
keys: [tak2020]
alternative: Two bars, the upper one longer.
panels:
  - title: Drawn words
    bars:
      - {label: extract, value: 28.1, printed: "28.1%"}
      - {label: lotion, value: 7.1, printed: "7.1%"}
"""
WITH_FIGURE = (
    FRONT.replace("urgent:", 'figures: {"What did it find?": figure.yaml}\nurgent:') + BODY
)
FOUND = "## What did it find?\n\nThe gain was small.\n\nHair rose 28.1% and 7.1% [@tak2020].\n\n"


def test_a_figure_is_a_picture_with_alternative_text_and_without_words(tmp_path: Path) -> None:
    (tmp_path / "figure.yaml").write_text(FIGURE, "utf-8")
    pdf = build(_master(tmp_path, WITH_FIGURE + FOUND + FILLER), BIBLIOGRAPHY).pdf
    content = _read(tmp_path, pdf)
    assert "Drawn words" not in content.text
    assert "The gain was small.\n\nHair rose 28.1% and 7.1%." in content.text
    assert b"Two bars, the upper one longer." in _streams(tmp_path / "handout.pdf")


def _streams(path: Path) -> bytes:
    reader = PdfReader(path)
    objects = (reader.get_object(number) for number in range(1, len(reader.xref[0]) + 1))
    return repr([item for item in objects if not hasattr(item, "get_data")]).encode()


@pytest.mark.parametrize(
    ("figure", "section", "reason"),
    [
        (FIGURE, FOUND.replace("28.1%", "28%"), "prints 28.1%"),
        (FIGURE.replace("[tak2020]", "[kim2021]"), FOUND, "caption"),
        (FIGURE, FOUND.replace("Hair rose", "- Hair rose"), "begin it with a paragraph"),
        (FIGURE.replace("kind: bars", "kind: pie"), FOUND, "kind"),
        (FIGURE.replace("alternative:", "other:"), FOUND, "alternative"),
        (FIGURE.replace("value: 28.1, ", ""), FOUND, "Typst refuses"),
    ],
    ids=["number unsaid", "key not in caption", "no caption", "kind", "no alternative", "no value"],
)
def test_an_unsound_figure_is_refused(
    tmp_path: Path, figure: str, section: str, reason: str
) -> None:
    (tmp_path / "figure.yaml").write_text(figure, "utf-8")
    with pytest.raises(HandoutInvalid, match=re.escape(reason)):
        build(_master(tmp_path, WITH_FIGURE + section + FILLER), BIBLIOGRAPHY)


def test_a_table_reads_back_cell_by_cell_with_the_references_of_each(tmp_path: Path) -> None:
    table = (
        "## How do they differ?\n\nThey differ.\n\n| Kind | Time | Notes |\n| --- | --- | --- |\n"
        "| One kind with a long name that needs several lines | Two days [@tak2020] | |\n"
        "| Another kind | Two days [@kim2021] | Twice |\n\n"
    )
    handout = build(_master(tmp_path, FRONT + BODY + table + FILLER), BIBLIOGRAPHY)
    sidecar = yaml.safe_load(handout.sidecar)
    content = _read(tmp_path, handout.pdf)
    cells = with_cells(content.text, content.blocks, sidecar["tables"])
    last = [b for b in cells if b.kind is BlockKind.TABLE_CELL][-1]
    assert (last.span.of(content.text), last.row, last.column) == ("Twice", 2, 2)
    marks = sidecar_marks(content.text, sidecar["citations"][-2:])
    assert [mark.keys for mark in marks] == [("tak2020",), ("kim2021",)]
    assert all(content.text[: mark.position].endswith("Two days") for mark in marks)


def test_the_check_fails_until_the_handouts_are_built_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bibliography = tmp_path / "references.json"
    entry = '{"id": "%s", "title": "A study", "source_type": "press", "URL": "https://a.org"}'
    bibliography.write_text(f"[{', '.join(entry % key for key in BIBLIOGRAPHY)}]", "utf-8")
    (tmp_path / "masters").mkdir()
    master = _master(tmp_path / "masters")
    options = ["--masters", str(master.parent), "--output", str(tmp_path / "out")]
    options += ["--bibliography", str(bibliography)]
    assert main([*options, "--check"]) == 1
    assert "python -m corpus.handouts" in capsys.readouterr().err
    assert main(options) == 0
    assert main([*options, "--check"]) == 0
    master.write_text(master.read_text("utf-8").replace("a loose shirt", "a wide shirt"), "utf-8")
    assert main([*options, "--check"]) == 1


SHIPPED = sorted(HANDOUTS.glob("*.pdf"))


def test_every_master_has_its_shipped_handout() -> None:
    assert len(SHIPPED) >= 8
    assert {path.stem for path in SHIPPED} == {path.stem for path in MASTERS.glob("*.md")}


def test_the_shipped_handouts_are_those_of_their_masters(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["--check"]) == 0, capsys.readouterr().err


def test_at_least_two_shipped_handouts_have_a_figure() -> None:
    with_figure = [
        p for p in MASTERS.glob("*.md") if read_markdown(p.read_text())[0].get("figures")
    ]
    assert len(with_figure) >= 2


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_handout_holds_its_master_word_for_word_on_the_right_pages(path: Path) -> None:
    _, master = read_markdown((MASTERS / f"{path.stem}.md").read_text("utf-8"))
    content = read_pdf(path, limits=PdfLimits())
    sidecar = yaml.safe_load(path.with_name(path.name + ".yaml").read_text("utf-8"))
    blocks = with_cells(content.text, content.blocks, sidecar.get("tables", ()))
    raw = [one_line(page.extract_text()).replace("- ", "-") for page in PdfReader(path).pages]
    assert len(raw) == len(content.pages) >= 3
    end = 0
    for block in master.blocks:
        words = block.span.of(master.text)
        start = content.text.index(words, end)
        end = start + len(words)
        page = next(p.number for p in content.pages if p.span.start <= start < p.span.end)
        assert " ".join(words.split()[:6]) in raw[page - 1], words
        found = next(b for b in blocks if b.span.contains(Span(start, end)))
        assert (found.kind, found.row, found.column) == (block.kind, block.row, block.column), words
    headings = [s.path[-1] for s in content.sections if s.path]
    assert headings == [s.path[-1] for s in master.sections if s.path] + ["Sources"]


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_sidecar_quotes_what_stands_in_the_handout_exactly_once(path: Path) -> None:
    sidecar = yaml.safe_load(path.with_name(path.name + ".yaml").read_text("utf-8"))
    content = read_pdf(path, limits=PdfLimits())
    for citation in sidecar["citations"]:
        assert len(sidecar_marks(content.text, [citation])) == 1, citation["quote"]
    assert {item["section"] for item in sidecar["questions"]} <= {
        section.path[-1] for section in content.sections if section.path
    }


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_handout_has_metadata_bookmarks_and_tags(path: Path) -> None:
    reader = PdfReader(path)
    assert reader.metadata is not None
    assert reader.metadata.title
    assert reader.metadata.author
    assert reader.metadata.keywords
    assert len(reader.outline) >= 6
    assert str(reader.root_object["/Lang"]) == "en"
    assert "/StructTreeRoot" in reader.root_object
