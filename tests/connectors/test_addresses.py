"""Which addresses may be fetched from: a row for each way of writing one that is not public."""

import socket
import time

import pytest

from connectors.addresses import checked_addresses, is_allowed, system_resolve
from scoring.errors import FetchError, UnreachableError

ADDRESSES = [
    ("93.184.215.14", True, "a public IPv4 address"),
    ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", True, "a public IPv6 address"),
    ("::ffff:93.184.215.14", True, "public, mapped into IPv6"),
    ("64:ff9b::5db8:d70e", True, "public, through NAT64"),
    ("2002:5db8:d70e::1", True, "public, through 6to4"),
    ("9.255.255.255", True, "just below 10/8"),
    ("10.0.0.0", False, "10/8 begins"),
    ("10.255.255.255", False, "10/8 ends"),
    ("11.0.0.0", True, "just above 10/8"),
    ("172.15.255.255", True, "just below 172.16/12"),
    ("172.16.0.0", False, "172.16/12 begins"),
    ("172.31.255.255", False, "172.16/12 ends"),
    ("172.32.0.0", True, "just above 172.16/12"),
    ("192.168.1.1", False, "a home router"),
    ("127.0.0.1", False, "loopback"),
    ("127.255.255.254", False, "all of 127/8 is loopback"),
    ("0.0.0.0", False, "this host, on Linux"),  # noqa: S104  # refused, not bound to
    ("0.1.2.3", False, "this network"),
    ("100.64.0.1", False, "carrier-grade NAT"),
    ("169.254.169.254", False, "cloud metadata"),
    ("100.100.100.200", False, "Alibaba's metadata"),
    ("168.63.129.16", False, "Azure's metadata, on a public address"),
    ("192.0.0.192", False, "Oracle's metadata"),
    ("198.18.0.1", False, "benchmarking"),
    ("203.0.113.5", False, "documentation"),
    ("224.0.0.1", False, "multicast"),
    ("240.0.0.1", False, "reserved"),
    ("255.255.255.255", False, "broadcast"),
    ("::", False, "this host"),
    ("::1", False, "loopback"),
    ("::127.0.0.1", False, "loopback, the old IPv4-compatible way"),
    ("::ffff:127.0.0.1", False, "loopback, mapped"),
    ("::ffff:a9fe:a9fe", False, "metadata, mapped and in hexadecimal"),
    ("64:ff9b::7f00:1", False, "loopback, through NAT64"),
    ("64:ff9b:1::1", False, "NAT64 for local use"),
    ("2002:7f00:1::", False, "loopback, through 6to4"),
    ("2001:0:7f00:1:0:0:80ff:fffe", False, "loopback, through Teredo"),
    ("fe80::1", False, "link-local"),
    ("fe80::1%1", False, "link-local with its interface"),
    ("fc00::1", False, "unique local"),
    ("fd00:ec2::254", False, "Amazon's metadata"),
    ("fec0::1", False, "site-local"),
    ("ff02::1", False, "multicast"),
    ("2001:db8::1", False, "documentation"),
]


@pytest.mark.parametrize(
    ("address", "allowed", "reason"), ADDRESSES, ids=[f"{a}: {r}" for a, _, r in ADDRESSES]
)
def test_only_public_addresses_are_allowed(address, allowed, reason):
    assert is_allowed(address, allow_private=False) is allowed


IN_A_PRIVATE_NETWORK = [
    ("10.0.0.8", True, "the shop next door"),
    ("127.0.0.1", True, "a test server"),
    ("::1", True, "a test server on IPv6"),
    ("fc00::1", True, "unique local"),
    ("93.184.215.14", True, "public stays allowed"),
    ("169.254.169.254", False, "metadata is never a shop"),
    ("::ffff:169.254.169.254", False, "not in disguise either"),
    ("fd00:ec2::254", False, "Amazon's metadata, though unique local"),
    ("100.100.100.200", False, "Alibaba's metadata, though carrier-grade NAT"),
    ("0.0.0.0", False, "write 127.0.0.1 if that is meant"),  # noqa: S104  # refused, not bound to
    ("224.0.0.1", False, "multicast serves no pictures"),
]


@pytest.mark.parametrize(
    ("address", "allowed", "reason"), IN_A_PRIVATE_NETWORK, ids=[r for _, _, r in IN_A_PRIVATE_NETWORK]
)
def test_private_addresses_on_request_but_never_metadata(address, allowed, reason):
    assert is_allowed(address, allow_private=True) is allowed


DISGUISES = ["127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "0x7f.1", "0", "localhost"]


@pytest.mark.parametrize("host", DISGUISES)
def test_every_spelling_of_loopback_is_refused(host):
    with pytest.raises(FetchError, match="not a public address"):
        checked_addresses(host, 80, resolve=system_resolve, allow_private=False, timeout=5)


def test_one_private_address_among_public_ones_refuses_the_host():
    with pytest.raises(FetchError, match=r"10\.0\.0\.8, which is not a public address"):
        checked_addresses(
            "mixed.test",
            443,
            resolve=lambda *_: ["93.184.215.14", "10.0.0.8"],
            allow_private=False,
            timeout=5,
        )


def test_ports_of_other_services_are_refused():
    with pytest.raises(FetchError, match="port 22"):
        checked_addresses("x.test", 22, resolve=lambda *_: ["93.184.215.14"], allow_private=False, timeout=5)


def raising(error):
    def resolve(host, port):
        raise error

    return resolve


LOOKUPS = [
    (
        raising(socket.gaierror(socket.EAI_NONAME, "unknown")),
        FetchError,
        "no host",
        "the name does not exist",
    ),
    (raising(socket.gaierror(socket.EAI_AGAIN, "later")), UnreachableError, "later", "the resolver is busy"),
    (lambda *_: [], FetchError, "no host", "the name has no addresses"),
    (lambda *_: time.sleep(0.5), UnreachableError, "in time", "the resolver hangs"),
]


@pytest.mark.parametrize(("resolve", "kind", "says", "reason"), LOOKUPS, ids=[row[3] for row in LOOKUPS])
def test_a_lookup_that_fails(resolve, kind, says, reason):
    with pytest.raises(kind, match=says):
        checked_addresses("x.test", 80, resolve=resolve, allow_private=False, timeout=0.1)
