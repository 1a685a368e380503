"""A small printed document: a real PDF of two pages, read as the corpus is read."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import typst

from corpus.document import Document, Span
from corpus.loader import hash_files, load_corpus
from corpus.originals import Originals

DOC_ID = "printed-leaflet"
REPEATED = "Rest for two days."
HYPHENATED = (
    "Extraordinarily conscientious otorhinolaryngologists recommended immunohistochemically "
    "characterised autotransplantation notwithstanding incomprehensible counterarguments."
)
MARKED = "A naïve reader finds the difficult offices and the fluffy waffle déjà vu."
LAST = "A second page says that the wound must stay dry."
_SOURCE = f"""
#set document(title: "A printed leaflet")
#set page(width: 300pt, height: 400pt, margin: 40pt)
#set text(size: 11pt, lang: "en", hyphenate: true)
#set par(justify: true)
= A printed leaflet
{MARKED}

{HYPHENATED}

First you go home. {REPEATED}

Later you come back. {REPEATED}
#pagebreak()
= The second page
{LAST}

The end of it all is not told here.
"""
_SIDECAR = f"""doc_id: {DOC_ID}
title: A printed leaflet
source_type: reference_work
reviewed: 2026-11-24
"""


@dataclass(frozen=True, slots=True)
class Printed:
    """The document, the folder that it lies in, and what gives its file."""

    folder: Path
    path: Path
    document: Document
    originals: Originals

    def copied(self, folder: Path) -> "Printed":
        """The same in a folder of its own, where its file may be spoiled."""
        shutil.copytree(self.folder, folder)
        originals = Originals(folder, hash_files(folder))
        return Printed(folder, folder / self.path.name, self.document, originals)

    def span(self, words: str, *, nth: int = 0) -> Span:
        """Where `words` stand in the text, the `nth` time."""
        start = -1
        for _ in range(nth + 1):
            start = self.document.text.index(words, start + 1)
        return Span(start, start + len(words))


def print_leaflet(folder: Path) -> Printed:
    """A leaflet under a name that no path should hold, in `folder`."""
    path = folder / 'Wound care – "ä" 1.pdf'
    source = folder / "leaflet.typ"
    source.write_text(_SOURCE, "utf-8")
    path.write_bytes(typst.compile(str(source)))
    source.unlink()
    path.with_name(path.name + ".yaml").write_text(_SIDECAR, "utf-8")
    corpus = load_corpus(folder)
    assert corpus.refusals == ()
    return Printed(folder, path, corpus.documents[0], Originals(folder, hash_files(folder)))
