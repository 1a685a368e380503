"""Who asks: the address of a visitor, behind the proxies that the operator trusts and no others."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any, cast

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from assistant.web.networks import Address, Network

logger = logging.getLogger(__name__)

# By these a proxy shows itself. Whoever is not trusted may have written them.
_RELAY_HEADERS = (b"x-forwarded-for", b"forwarded", b"x-real-ip", b"via")
# One household or phone is given at least this much of the IPv6 space.
_HOUSEHOLD_BITS = 64


@dataclass(frozen=True, slots=True)
class Visitor:
    """Where a request comes from; `address` is None where none is known.

    `direct` is whether no proxy says that it passed the request on.
    """

    address: Address | None
    direct: bool

    @property
    def is_operator(self) -> bool:
        """Whether the request was made on this very machine."""
        return self.direct and self.address is not None and self.address.is_loopback

    @property
    def key(self) -> str:
        """One name for all addresses that one visitor can easily take."""
        if isinstance(self.address, IPv6Address):
            return str(ip_network((self.address.packed, _HOUSEHOLD_BITS), strict=False))
        return str(self.address)

    def is_in(self, networks: Iterable[Network]) -> bool:
        """Whether the address lies in one of these, and was not merely claimed by a stranger."""
        address = self.address
        return address is not None and any(address in network for network in networks)


def visitor_of(scope: Scope) -> Visitor:
    """Who made the request, as `Visitors` found out, else as the connection says."""
    found = scope.get("visitor")
    return found if isinstance(found, Visitor) else Visitor(_address(scope), _is_direct(scope))


class Visitors:
    """ASGI middleware that says who asks, for all that stands behind it.

    `X-Forwarded-For` and `X-Forwarded-Proto` count only from an address in `trusted`. From any
    other, every header of that kind is taken away; that one was there is kept in mind.
    """

    def __init__(self, app: ASGIApp, *, trusted: Iterable[Network]) -> None:
        self._app = app
        self._trusted = tuple(trusted)
        self._behind_proxy = ProxyHeadersMiddleware(
            cast(Any, self._identified), trusted_hosts=[str(one) for one in self._trusted]
        )
        self._warned = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif Visitor(_address(scope), direct=True).is_in(self._trusted):
            await self._behind_proxy(cast(Any, scope), cast(Any, receive), cast(Any, send))
        else:
            direct = _is_direct(scope)
            scope["visitor"] = Visitor(_address(scope), direct)
            if not direct:
                self._warn(scope["visitor"])
            scope["headers"] = [(n, v) for n, v in scope["headers"] if not _is_claim(n)]
            await self._app(scope, receive, send)

    async def _identified(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["visitor"] = Visitor(_address(scope), _is_direct(scope))
        await self._app(scope, receive, send)

    def _warn(self, visitor: Visitor) -> None:
        if not self._warned and visitor.address is not None and visitor.address.is_private:
            self._warned = True
            logger.warning(
                "requests come through a proxy on this machine or network that is not trusted, so "
                "all its visitors count as one; name it in HAIR_ASSISTANT_TRUSTED_PROXIES"
            )


def _address(scope: Scope) -> Address | None:
    client = scope.get("client")
    try:
        address = ip_address(client[0]) if client else None
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _is_direct(scope: Scope) -> bool:
    return not any(name in _RELAY_HEADERS for name, _ in scope["headers"])


def _is_claim(name: bytes) -> bool:
    return name.startswith(b"x-forwarded-") or name in _RELAY_HEADERS
