"""Networks as an operator names them."""

from collections.abc import Iterable
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_network,
)

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


def networks(values: Iterable[str | Network]) -> tuple[Network, ...]:
    """The networks named, a single address being one; ValueError says what is none."""
    return tuple(_network(value) for value in values)


def _network(value: str | Network) -> Network:
    try:
        return ip_network(str(value).strip())
    except ValueError as error:
        raise ValueError(
            f"{str(value)!r} is no address or network; expected such as 10.0.0.5 or 172.16.0.0/12"
        ) from error
