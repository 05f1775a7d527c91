"""Where a request comes from, as far as proxies that are ours can be believed."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

NOWHERE = "0.0.0.0"  # noqa: S104  an address that is nobody's
_NOWHERE = IPv4Address(NOWHERE)
_IPV6_PREFIX = 64  # what one subscriber has


def client_network(request: HttpRequest) -> str:
    """Return the client's address; of IPv6 the first address of its network.

    NOWHERE where none is known.

    Without ALTINN_TRUST_PROXY it is the peer of the connection, whatever the headers
    say. With it, it is the last hop of ``X-Forwarded-For`` that is none of
    ALTINN_TRUSTED_PROXIES: what stands before that, the client may have written.
    """
    address = _client(request)
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        network = ip_network((address, _IPV6_PREFIX), strict=False)
        return str(network.network_address)
    return str(address)


def _client(request: HttpRequest) -> IPv4Address | IPv6Address:
    peer = _address(request.META.get("REMOTE_ADDR", ""))
    if not settings.ALTINN_TRUST_PROXY:
        return peer
    proxies = [ip_network(text) for text in settings.ALTINN_TRUSTED_PROXIES]
    if proxies and not any(peer in network for network in proxies):
        return peer  # it did not come through a proxy of ours
    hops = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    for hop in reversed(hops):
        address = _address(hop.strip())
        if address == _NOWHERE:
            break  # what stands before it cannot be told from what was made up
        if not any(address in network for network in proxies):
            return address
    return peer


def _address(text: str) -> IPv4Address | IPv6Address:
    try:
        return ip_address(text.split("%")[0])
    except ValueError:
        return _NOWHERE
