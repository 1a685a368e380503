"""A request as a server hands it to an application, from any address and without a network."""

from collections.abc import Iterable

import httpx
from starlette.types import ASGIApp

STRANGER = "203.0.113.7"


async def request(
    app: ASGIApp,
    method: str = "GET",
    path: str = "/",
    *,
    client: str = STRANGER,
    headers: Iterable[tuple[str, str]] = (),
    json: object = None,
) -> httpx.Response:
    """The answer of `app` to one request from the address `client`."""
    transport = httpx.ASGITransport(app, client=(client, 50_000))
    async with httpx.AsyncClient(transport=transport, base_url="http://host.example") as visitor:
        return await visitor.request(method, path, headers=list(headers), json=json)
