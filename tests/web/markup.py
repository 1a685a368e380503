"""What a page says to a browser, read with the standard library's parser."""

from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser

Attributes = dict[str, str | None]
_VOID = {"meta", "link", "br", "img", "input", "hr", "path", "circle"}


@dataclass
class Element:
    """An element with all text inside it."""

    tag: str
    attributes: Attributes
    text: str = ""


@dataclass
class Markup:
    """Every element of a fragment, in the order in which they open."""

    elements: list[Element] = field(default_factory=list)

    def having(self, attribute: str) -> list[Element]:
        return self.where(lambda element: attribute in element.attributes)

    def tagged(self, tag: str) -> list[Element]:
        return self.where(lambda element: element.tag == tag)

    def where(self, condition: Callable[[Element], bool]) -> list[Element]:
        return [element for element in self.elements if condition(element)]


def parse(html: str) -> Markup:
    """The elements of `html`; raises AssertionError where one is not closed in turn."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert not reader.open, f"left open: {[element.tag for element in reader.open]}"
    return reader.markup


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.markup = Markup()
        self.open: list[Element] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, dict(attrs))
        self.markup.elements.append(element)
        if tag not in _VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.markup.elements.append(Element(tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        element = self.open.pop()
        assert element.tag == tag, f"</{tag}> closes <{element.tag}>"

    def handle_data(self, data: str) -> None:
        for element in self.open:
            element.text += data
