"""A folder of documents and the folder of its index, for tests that change either."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from corpus.document import Document
from corpus.loader import load_corpus
from index.builder import BuildReport, build_index, needs_build
from index.storage import Index, current_generation, open_index

FILES = {
    "blood.md": """---
title: Plasma from blood
---
# What is it made of?

<!-- questions
- Where does the plasma come from?
-->

Plasma is made from blood. It holds platelets, and it holds no stem cells. A doctor spins the blood
in a small machine for about ten minutes.

# What does it cost?

A session costs $500 to $1,500. People need three sessions, so a year costs more.

# References

1. A study that is not for reading, by its authors. Journal of Plasma 2020.
""",
    "cells/fat.md": """---
title: Cells from fat
---
# Is it approved?

No agency has approved fat cells for hair. A clinic that says otherwise is wrong.

## In a trial

Each of 38 people got one injection. After 16 weeks hair had grown by 28.1%.
""",
    "care.txt": """AFTER THE VISIT

Wash your hair after two days. Call the clinic when the skin is red, hot or swollen.
""",
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where documents and their index lie, and the model that reads them."""

    corpus: Path
    data: Path
    model: Path

    @property
    def options(self) -> list[str]:
        return ["--corpus", str(self.corpus), "--data", str(self.data)]

    @property
    def generation(self) -> Path:
        return current_generation(self.data)

    @property
    def generations(self) -> set[str]:
        return {path.name for path in (self.data / "index" / "generations").iterdir()}

    def write(self, name: str, text: str) -> None:
        path = self.corpus / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")

    def build(self) -> BuildReport:
        return build_index(self.corpus, self.data, model=self.model)

    def needs_build(self) -> bool:
        return needs_build(self.corpus, self.data, model=self.model)

    def open(self) -> Index:
        return open_index(self.data, model=self.model)


def document_of(folder: Path, markdown: str) -> Document:
    """The one document that a Markdown text becomes."""
    folder.mkdir(exist_ok=True)
    (folder / "document.md").write_text(markdown, "utf-8")
    (document,) = load_corpus(folder).documents
    return document


@contextmanager
def files_end_at(size: int) -> Iterator[None]:
    """As on a full disk: no file may grow past `size` bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
