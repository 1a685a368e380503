import pytest

from assistant.web.links import reference_link


def test_a_doi_comes_before_an_address() -> None:
    assert reference_link(doi="10.1/a", url="https://b.org") == "https://doi.org/10.1/a"


def test_a_doi_with_special_characters_is_quoted() -> None:
    link = reference_link(doi='10.1/(9)22:1<"x">#?', url=None)
    assert link == "https://doi.org/10.1/(9)22:1%3C%22x%22%3E%23%3F"


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JaVaScRiPt://x",
        "data:text/html,x",
        "file:///x",
        "//x",
        "http://[",
        "https:",
        "",
    ],
)
def test_an_address_that_is_not_of_the_web_gives_no_link(url: str) -> None:
    assert reference_link(doi=None, url=url) is None


def test_a_reference_without_any_address_gives_no_link() -> None:
    assert reference_link(doi=None, url=None) is None
