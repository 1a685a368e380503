"""Whose address counts, with and without proxies, and who can pretend to be another."""

import asyncio
import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import Receive, Scope, Send

from assistant.web.networks import networks
from assistant.web.visitors import Visitor, Visitors, visitor_of
from tests.web.asgi import STRANGER, request

PROXY, INNER_PROXY = "10.0.0.1", "10.0.0.2"
TRUSTED = networks(["10.0.0.0/24"])


def _seen(
    *headers: tuple[str, str], client: str = STRANGER, trusted: tuple[object, ...] = TRUSTED
) -> tuple[Visitor, Scope]:
    """Who the application behind the middleware takes the visitor for, and what it is given."""
    scopes: list[Scope] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        scopes.append(scope)
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})

    asyncio.run(
        request(Visitors(app, trusted=networks(map(str, trusted))), client=client, headers=headers)
    )
    return visitor_of(scopes[0]), scopes[0]


def _forwarded(*addresses: str) -> tuple[str, str]:
    return ("X-Forwarded-For", ", ".join(addresses))


def test_a_visitor_without_a_proxy_is_the_address_of_the_connection() -> None:
    visitor, _ = _seen()
    assert (str(visitor.address), visitor.direct) == (STRANGER, True)


@pytest.mark.parametrize(
    "addresses",
    [
        ("198.51.100.9",),
        ("127.0.0.1", "198.51.100.9"),
        ("1.1.1.1", "198.51.100.9"),
        ("198.51.100.9", INNER_PROXY),
        ("garbage", "198.51.100.9"),
    ],
)
def test_behind_a_trusted_proxy_it_is_the_last_address_that_is_no_proxy(
    addresses: tuple[str, ...],
) -> None:
    visitor, _ = _seen(_forwarded(*addresses), client=PROXY)
    assert str(visitor.address) == "198.51.100.9"
    assert not visitor.is_operator


def test_several_headers_of_proxies_are_one_list() -> None:
    visitor, _ = _seen(_forwarded("127.0.0.1"), _forwarded("198.51.100.9"), client=PROXY)
    assert str(visitor.address) == "198.51.100.9"


@given(st.lists(st.sampled_from(["127.0.0.1", "::1", PROXY, "", "x", "198.51.100.9"]), min_size=1))
def test_whatever_a_stranger_claims_he_stays_who_he_is(claims: list[str]) -> None:
    visitor, scope = _seen(
        _forwarded(*claims),
        ("X-Forwarded-Proto", "https"),
        ("Forwarded", f"for={claims[0]}"),
        ("X-Real-IP", claims[0]),
    )
    assert str(visitor.address) == STRANGER
    assert not visitor.direct
    assert not visitor.is_operator
    assert scope["scheme"] == "http"
    names = {name for name, _ in scope["headers"]}
    assert not {
        n for n in names if n.startswith(b"x-forwarded") or n in (b"forwarded", b"x-real-ip")
    }


@given(st.lists(st.sampled_from(["127.0.0.1", "::1", "localhost", PROXY]), min_size=1))
def test_nobody_becomes_the_operator_through_a_proxy(claims: list[str]) -> None:
    for client in (PROXY, "127.0.0.1"):
        trusted = ("10.0.0.0/24", "127.0.0.1")
        assert not _seen(_forwarded(*claims), client=client, trusted=trusted)[0].is_operator
        assert not _seen(_forwarded(*claims), client=client, trusted=())[0].is_operator


def test_a_trusted_proxy_says_that_the_visitor_came_by_https() -> None:
    headers = (_forwarded("198.51.100.9"), ("X-Forwarded-Proto", "https"))
    assert _seen(*headers, client=PROXY)[1]["scheme"] == "https"
    assert _seen(*headers, client=STRANGER)[1]["scheme"] == "http"


@pytest.mark.parametrize("client", ["127.0.0.1", "::1", "127.9.9.9", "::ffff:127.0.0.1"])
def test_who_asks_on_the_machine_itself_is_its_operator(client: str) -> None:
    assert _seen(client=client)[0].is_operator


def test_an_address_that_is_none_is_nobody_in_particular() -> None:
    visitor, _ = _seen(_forwarded("unix:"), client=PROXY)
    assert visitor.address is None
    assert not visitor.is_operator
    assert not visitor.is_in(networks(["0.0.0.0/0", "::/0"]))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:198.51.100.9", "198.51.100.9", True),
        ("198.51.100.9", "198.51.100.8", False),
    ],
)
def test_a_household_with_many_addresses_is_one_visitor(one: str, other: str, same: bool) -> None:
    assert (_seen(client=one)[0].key == _seen(client=other)[0].key) is same


def test_an_operator_who_forgot_to_name_the_proxy_is_told_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})

    async def two_visits() -> None:
        visitors = Visitors(app, trusted=())
        for address in ("198.51.100.9", "198.51.100.8"):
            await request(visitors, client="127.0.0.1", headers=[_forwarded(address)])

    with caplog.at_level(logging.WARNING):
        asyncio.run(two_visits())
    assert caplog.text.count("HAIR_ASSISTANT_TRUSTED_PROXIES") == 1
    assert "198.51.100" not in caplog.text


@pytest.mark.parametrize("value", ["", "localhost", "*", "10.0.0.1/8", "300.1.1.1", "a/8"])
def test_what_is_no_network_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match=r"expected such as 10\.0\.0\.5"):
        networks([value])
