import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.web.embedding import embedding_origins, frame_ancestors


def test_by_default_only_our_own_pages_may_frame() -> None:
    assert frame_ancestors([]) == "frame-ancestors 'self'"


@pytest.mark.parametrize(
    ("given_as", "origin"),
    [
        ("https://www.clinic.example", "https://www.clinic.example"),
        ("https://WWW.Clinic.example/", "https://www.clinic.example"),
        (" https://clinic.example:443 ", "https://clinic.example"),
        ("http://clinic.example:8080", "http://clinic.example:8080"),
        ("http://localhost:80", "http://localhost"),
        ("https://klinik-zürich.example", "https://xn--klinik-zrich-klb.example"),
        ("http://[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_an_origin_is_read_as_browsers_write_it(given_as: str, origin: str) -> None:
    assert embedding_origins([given_as]) == (origin,)


def test_an_origin_is_named_once_and_in_order() -> None:
    given_as = ["https://b.example", "https://a.example", "https://B.example/"]
    policy = frame_ancestors(given_as)
    assert policy == "frame-ancestors 'self' https://b.example https://a.example"


@pytest.mark.parametrize(
    "value",
    [
        "",
        "*",
        "clinic.example",
        "https://",
        "https://*.clinic.example",
        "https://clinic.example/page",
        "https://clinic.example?x",
        "https://clinic.example#x",
        "https://user@clinic.example",
        "https://clinic.example; script-src *",
        "https://clinic.example https://b.example",
        "https://clinic.example:port",
        "https://clinic.example:99999",
        "https://a..b",
        "javascript:alert(1)",
        "data:text/html,x",
        "'unsafe-inline'",
        "null",
    ],
)
def test_what_is_no_origin_is_refused_by_name(value: str) -> None:
    with pytest.raises(ValueError, match="is no origin that may embed the widget") as refused:
        embedding_origins([value])
    assert repr(value) in str(refused.value)


@given(st.text())
def test_no_value_can_add_to_the_policy(text: str) -> None:
    try:
        policy = frame_ancestors([f"https://{text}"])
    except ValueError:
        return
    directive, ours, origin = policy.split(" ")
    assert (directive, ours) == ("frame-ancestors", "'self'")
    assert origin.startswith("https://")
    assert not set(origin) & set(";,'*\"<>\r\n\t")
    assert origin.isascii()
