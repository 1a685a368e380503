"""The PDF reader on files that it makes itself, and on the difficult ones of other projects."""

import time
import zlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest
from pypdf import PdfWriter

from corpus.document import BlockKind, Span
from corpus.errors import DocumentRefused
from corpus.pdf import PdfContent, PdfLimits, read_pdf
from corpus.text import normalise

LIMITS = PdfLimits(seconds=30)
Placed = tuple[str, float, float, float]  # words, size, left, height above the bottom


def _pdf(pages: Sequence[Sequence[Placed]], *, extra: bytes = b"", info: str = "") -> bytes:
    """A PDF with these words at these places, in Helvetica (`F1`) and bold (`F2`)."""
    streams = []
    for page in pages:
        shown = [
            f"BT /{'F2' if words.startswith('**') else 'F1'} {size} Tf {left} {height} Td "
            f"({words.removeprefix('**')}) Tj ET"
            for words, size, left, height in page
        ]
        streams.append("\n".join(shown).encode("latin-1") + extra)
    kids = " ".join(f"{6 + 2 * n} 0 R" for n in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R /Lang (en-GB) >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>",
        f"<< {info} >>".encode(),
    ]
    for number, stream in enumerate(streams):
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {7 + 2 * number} 0 R "
            "/Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> >>".encode()
        )
        packed = zlib.compress(stream)
        head = f"<< /Length {len(packed)} /Filter /FlateDecode >>".encode()
        objects.append(head + b"\nstream\n" + packed + b"\nendstream")
    body = b"%PDF-1.7\n"
    offsets = []
    for number, item in enumerate(objects, start=1):
        offsets.append(len(body))
        body += f"{number} 0 obj\n".encode() + item + b"\nendobj\n"
    table = b"".join(f"{offset:010} 00000 n \n".encode() for offset in offsets)
    end = f"trailer << /Size {len(objects) + 1} /Root 1 0 R /Info 5 0 R >>\n".encode()
    start = f"startxref\n{len(body)}\n%%EOF\n".encode()
    zero = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    return body + zero + table + end + start


def _column(lines: Sequence[str], *, top: float = 700, left: float = 72) -> list[Placed]:
    return [(words, 11, left, top - 14 * n) for n, words in enumerate(lines)]


def _read(tmp_path: Path, data: bytes, limits: PdfLimits = LIMITS) -> PdfContent:
    path = tmp_path / "file.pdf"
    path.write_bytes(data)
    return read_pdf(path, limits=limits)


def _refusal(path: Path, limits: PdfLimits = LIMITS) -> DocumentRefused:
    with pytest.raises(DocumentRefused) as caught:
        read_pdf(path, limits=limits)
    return caught.value


def _blocks(content: PdfContent) -> list[tuple[str, str]]:
    return [(block.kind.value, block.span.of(content.text)) for block in content.blocks]


TREATMENT = [
    "Platelet-rich plasma is made from a person's own blood in the clinic.",
    "The blood is spun so that its parts come to lie in layers, and the treat-",
    "ment uses one of the layers. Every treatment is recorded in the notes.",
]


def test_lines_become_paragraphs_and_words_broken_at_line_ends_become_whole(
    tmp_path: Path,
) -> None:
    content = _read(tmp_path, _pdf([_column(TREATMENT)]))
    assert content.text == (
        "Platelet-rich plasma is made from a person's own blood in the clinic. The blood is spun "
        "so that its parts come to lie in layers, and the treatment uses one of the layers. "
        "Every treatment is recorded in the notes."
    )
    assert content.language == "en"


def test_a_paragraph_that_runs_over_a_page_break_is_one_block_on_two_pages(tmp_path: Path) -> None:
    content = _read(tmp_path, _pdf([_column(TREATMENT[:2]), _column(TREATMENT[2:])]))
    assert len(content.blocks) == 1
    assert [page.span.start for page in content.pages] == [0, content.text.index("ment uses")]


def test_running_headers_and_page_numbers_are_not_part_of_the_text(tmp_path: Path) -> None:
    bodies = ["Hair grows in cycles.", "Injections hurt a little.", "Ask for the price first."]
    pages = [
        [
            ("Clinic handbook", 8, 72, 810),
            *_column([body]),
            (f"Page {number} of 3", 8, 290, 30),
        ]
        for number, body in enumerate(bodies, start=1)
    ]
    content = _read(tmp_path, _pdf(pages))
    assert content.text == "\n\n".join(bodies)
    assert [page.number for page in content.pages] == [1, 2, 3]


def test_large_lines_are_headings_and_the_largest_on_the_first_page_is_the_title(
    tmp_path: Path,
) -> None:
    page: list[Placed] = [
        ("Scalp injections", 24, 72, 760),
        ("What happens first", 15, 72, 715),
        *_column(TREATMENT, top=690),
        ("**What happens next", 11, 72, 620),
        *_column(["You go home on the same day and rest."], top=600),
    ]
    content = _read(tmp_path, _pdf([page]))
    assert content.title == "Scalp injections"
    assert [section.path for section in content.sections] == [
        ("What happens first",),
        ("What happens first", "What happens next"),
    ]


def test_bullets_are_list_items_without_their_sign(tmp_path: Path) -> None:
    lines = ["Bring these things:", "\\225 Your list of medicines.", "\\225 A friend who drives."]
    content = _read(tmp_path, _pdf([_column(lines)]))
    assert _blocks(content)[1:] == [
        ("list_item", "Your list of medicines."),
        ("list_item", "A friend who drives."),
    ]


def test_a_number_that_starts_a_line_inside_a_paragraph_stays_in_it(tmp_path: Path) -> None:
    lines = [
        "The trial of the extract took place at one centre and its authors enrolled just",
        "38. The others were told that the places were taken and were asked to wait.",
    ]
    content = _read(tmp_path, _pdf([_column(lines)]))
    assert "enrolled just 38. The others" in content.text


def test_a_title_in_the_metadata_wins_over_a_heading_but_a_file_name_does_not(
    tmp_path: Path,
) -> None:
    page: list[Placed] = [("A heading", 24, 72, 760), *_column(TREATMENT)]
    named = _read(tmp_path, _pdf([page], info="/Title (Scalp injections explained)"))
    assert named.title == "Scalp injections explained"
    left_over = _read(tmp_path, _pdf([page], info="/Title (Microsoft Word - final2.doc)"))
    assert left_over.title == "A heading"


def test_a_file_behind_a_password_is_refused_and_one_with_an_empty_password_is_read(
    tmp_path: Path,
) -> None:
    plain = tmp_path / "plain.pdf"
    plain.write_bytes(_pdf([_column(TREATMENT)]))
    for name, password in (("open", ""), ("locked", "secret")):
        writer = PdfWriter(clone_from=plain)
        writer.encrypt(user_password=password, owner_password="owner", algorithm="AES-256")
        writer.write(tmp_path / f"{name}.pdf")
    assert "recorded" in read_pdf(tmp_path / "open.pdf", limits=LIMITS).text
    refusal = _refusal(tmp_path / "locked.pdf")
    assert refusal.code == "encrypted"
    assert "password" in refusal.message


@pytest.mark.parametrize(
    ("data", "code", "advice"),
    [
        (b"", "empty", "copy it again"),
        (b"not a pdf at all", "damaged", "print it to a new PDF"),
        (_pdf([_column(TREATMENT)])[:400], "damaged", "print it to a new PDF"),
        (_pdf([[]]), "no_text", "OCR"),
        (_pdf([_column(["\\001\\002\\003\\004 \\005\\006\\007 A"] * 9)]), "no_text", "unreadable"),
        (_pdf([_column(["/g3/g12/g44/g9 /g8/g7/g1"] * 9)]), "no_text", "unreadable"),
    ],
    ids=["no bytes", "no PDF", "cut off", "blank page", "control characters", "glyph names"],
)
def test_what_cannot_be_read_is_refused_with_a_reason_and_the_next_step(
    tmp_path: Path, data: bytes, code: str, advice: str
) -> None:
    path = tmp_path / "file.pdf"
    path.write_bytes(data)
    refusal = _refusal(path)
    assert refusal.code == code
    assert advice in refusal.message
    assert "\n" not in refusal.message


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert _refusal(tmp_path / "missing.pdf").code == "unreadable"


def test_too_many_bytes_pages_or_characters_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "file.pdf"
    path.write_bytes(_pdf([_column(TREATMENT)] * 3))
    for limits in (
        PdfLimits(file_bytes=100),
        PdfLimits(pages=2),
        PdfLimits(characters=100),
    ):
        assert _refusal(path, limits).code == "too_large"


def test_a_file_that_takes_too_long_is_refused_and_its_child_is_gone(tmp_path: Path) -> None:
    path = tmp_path / "endless.pdf"
    path.write_bytes(_pdf([_column(TREATMENT)], extra=b"\nBT (x) Tj ET" * 3_000_000))
    start = time.monotonic()
    refusal = _refusal(path, PdfLimits(seconds=1))
    assert refusal.code == "timed_out"
    assert time.monotonic() - start < 5
    assert not [c for c in psutil.Process().children() if "corpus.pdf" in " ".join(c.cmdline())]


def test_a_memory_bomb_is_refused_within_its_limits(tmp_path: Path) -> None:
    path = tmp_path / "bomb.pdf"
    path.write_bytes(_pdf([_column(TREATMENT)], extra=b"\nBT (x) Tj ET" * 3_000_000))
    refusal = _refusal(path, PdfLimits(seconds=20, memory_bytes=160 * 2**20))
    assert refusal.code in ("too_large", "damaged")


def test_starting_the_child_is_cheap(tmp_path: Path) -> None:
    path = tmp_path / "file.pdf"
    path.write_bytes(_pdf([_column(TREATMENT)]))
    seconds = []
    for _ in range(5):
        start = time.perf_counter()
        read_pdf(path, limits=LIMITS)
        seconds.append(time.perf_counter() - start)
    assert min(seconds) < 0.6


def assert_sound(content: PdfContent) -> None:
    """What holds for the content of every file."""
    text = content.text
    assert text.strip()
    assert normalise(text) == text
    assert not any(0xD800 <= ord(c) <= 0xDFFF or 0xFB00 <= ord(c) <= 0xFB06 for c in text)
    ends = [0]
    for block in content.blocks:
        assert block.span.start >= ends[-1]
        assert block.span.of(text).strip() == block.span.of(text) != ""
        ends.append(block.span.end)
    assert text == "\n\n".join(block.span.of(text) for block in content.blocks)
    assert content.pages[0].span.start == 0
    assert content.pages[-1].span.end == len(text)
    for page, following in zip(content.pages, content.pages[1:], strict=False):
        assert page.span.end == following.span.start
        assert page.number < following.number
    for section in content.sections:
        inside = [b for b in content.blocks if section.span.contains(b.span)]
        assert inside
        assert not [b for b in inside if b.kind is BlockKind.HEADING and b.level > 1]


def _expected_outcomes() -> dict[str, str]:
    lines = Path(__file__).with_name("difficult_pdfs.txt").read_text("utf-8").splitlines()
    pairs = (line.split() for line in lines if line and not line.startswith("#"))
    return {stem: code for code, stem in pairs}


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_difficult_files_of_other_projects_are_read_or_refused_and_none_hangs(
    shared: Path,
) -> None:
    files = sorted((shared / "data" / "pdfs").glob("*.pdf"))
    limits = PdfLimits(seconds=6)

    def outcome(path: Path) -> str:
        start = time.monotonic()
        try:
            assert_sound(read_pdf(path, limits=limits))
            code = "read"
        except DocumentRefused as refused:
            code = refused.code
        seconds = time.monotonic() - start
        print(f"{seconds:5.1f} s  {code:10}  {path.name}")
        assert seconds < limits.seconds + 10, path.name
        return code

    with ThreadPoolExecutor(2) as pool:
        outcomes = dict(zip((path.stem for path in files), pool.map(outcome, files), strict=True))
    expected = _expected_outcomes()
    assert {stem: outcomes[stem] for stem in expected} == expected
    assert sum(code == "read" for code in outcomes.values()) >= 35
    codes = {"read", "encrypted", "no_text", "damaged", "empty", "too_large", "timed_out"}
    assert set(outcomes.values()) <= codes


def test_spans_of_a_real_file_point_at_its_words(shared: Path) -> None:
    path = shared / "data" / "pdfs" / "pdfjs__test__pdfs__tracemonkey.pdf"
    content = read_pdf(path, limits=LIMITS)
    words = "Nested loops can be difficult to optimize for tracing VMs."
    start = content.text.index(words)
    page = next(p for p in content.pages if p.span.contains(Span(start, start + len(words))))
    assert page.number == 2
    assert "na\u00efve implementation" in content.text
