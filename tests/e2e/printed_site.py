"""A site with one printed document beside the others, and its files."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from assistant.web.api import create_api
from tests.e2e.conftest import serving
from tests.fakes import DOCUMENTS, FakeAssistant
from tests.printed import DOC_ID, Printed, print_leaflet


@dataclass(frozen=True, slots=True)
class PrintedSite:
    """Where the site is, and the leaflet on it."""

    url: str
    printed: Printed

    def quoting(self, words: str) -> str:
        """The address of the leaflet's page with `words` marked."""
        span = self.printed.span(words)
        return f"{self.url}/documents/{DOC_ID}?start={span.start}&end={span.end}"


@contextmanager
def printed_site(folder: Path) -> Iterator[PrintedSite]:
    """The site, while it is served."""
    printed = print_leaflet(folder)
    documents = {**DOCUMENTS, DOC_ID: printed.document}
    api = create_api(FakeAssistant(), documents, version="1", originals=printed.originals)
    with serving(api) as url:
        yield PrintedSite(url, printed)
