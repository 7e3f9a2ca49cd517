"""Which network addresses a picture may be fetched from."""

import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from scoring.errors import FetchError, UnreachableError

Resolve = Callable[[str, int], list[str]]
"""From a host's name and a port to its addresses, as text."""

PORTS = frozenset({80, 443, 8080, 8443})
"""Where web servers listen. Others would let a listing knock on mail servers and databases."""

_NEVER = tuple(
    ip_network(network)
    for network in (
        "0.0.0.0/8",  # "this host": Linux connects it to loopback
        "169.254.0.0/16",  # link-local, where clouds keep their metadata
        "fe80::/10",
        "168.63.129.16/32",  # Azure's metadata and agent, on a public address
        "100.100.100.200/32",  # Alibaba's metadata
        "fd00:ec2::254/128",  # Amazon's metadata
        "192.0.0.0/24",  # protocol assignments, Oracle's metadata among them
        "::/128",
    )
)
"""Refused even where private addresses are allowed: no shop is there, credentials are."""
_NAT64 = ip_network("64:ff9b::/96")
_SITE_LOCAL = ip_network("fec0::/10")
_UNKNOWN_HOST = {socket.EAI_NONAME, socket.EAI_NODATA}

# getaddrinfo has no timeout of its own. Sixteen at once, so that a few hung lookups do not hold up the rest.
_lookups = ThreadPoolExecutor(16, thread_name_prefix="lookup")


def system_resolve(host: str, port: int) -> list[str]:
    """The addresses the operating system gives for a host, in its order of preference."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def checked_addresses(
    host: str, port: int, *, resolve: Resolve, allow_private: bool, timeout: float
) -> list[str]:
    """The addresses to connect to for a host, every one of them allowed.

    One address that is not allowed refuses the host: a public site has no reason to mix them in.

    Raises:
        FetchError: the host does not exist, or an address or the port is not allowed.
        UnreachableError: no answer from the resolver, or not in time (seconds).
    """
    if not allow_private and port not in PORTS:
        raise FetchError(f"port {port} of {host} is not one that pictures are fetched from.")
    try:
        addresses = _lookups.submit(resolve, host, port).result(max(timeout, 0.0))
    except TimeoutError as error:
        raise UnreachableError(f"the name {host} was not resolved in time.") from error
    except socket.gaierror as error:
        if error.errno in _UNKNOWN_HOST:
            raise FetchError(f"there is no host {host}.") from error
        raise UnreachableError(f"the name {host} cannot be resolved: {error.strerror}.") from error
    if not addresses:
        raise FetchError(f"there is no host {host}.")
    for address in addresses:
        if not is_allowed(address, allow_private=allow_private):
            raise FetchError(
                f"{host} is at {address}, which is not a public address.",
                hint="Only a shop in your own network needs allow_private.",
            )
    return addresses


def is_allowed(address: str, *, allow_private: bool) -> bool:
    """Whether a picture may be fetched from this address.

    >>> is_allowed("93.184.215.14", allow_private=False), is_allowed("10.0.0.8", allow_private=False)
    (True, False)
    >>> is_allowed("10.0.0.8", allow_private=True), is_allowed("169.254.169.254", allow_private=True)
    (True, False)
    """
    ip = _innermost(ip_address(address))
    if ip.is_multicast or any(ip in network for network in _NEVER if network.version == ip.version):
        return False
    if allow_private:
        return True
    return ip.is_global and not ip.is_reserved and ip not in _SITE_LOCAL


def _innermost(ip: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address that an IPv6 one stands for, where it does."""
    if isinstance(ip, IPv4Address):
        return ip
    if ip in _NAT64 or (int(ip) >> 32 == 0 and int(ip) > 1):  # NAT64, or the old ::a.b.c.d
        return IPv4Address(int(ip) & 0xFFFFFFFF)
    teredo = ip.teredo
    return ip.ipv4_mapped or ip.sixtofour or (teredo[1] if teredo else None) or ip
