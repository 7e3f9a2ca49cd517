"""How Walmart knows who calls: four headers, one of them a signature over the others' values.

https://walmart.io/docs/affiliate/additional-headers; a signature is good for five minutes:
https://corporate.walmartdigital.cl/portal_b2b_lidercl_apidoc/en/v2/authHeaders.html.
"""

import base64
import binascii

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_der_private_key, load_pem_private_key

from scoring.errors import SettingsError


def read_key(written: str) -> RSAPrivateKey:
    r"""An RSA key as PEM, or as the base64 within it; `\n` may stand for a line's end, as variables need it.

    Raises `SettingsError`, without the key, where it is none.
    """
    text = written.replace("\\n", "\n").strip()
    try:
        if text.startswith("-----BEGIN"):
            key = load_pem_private_key(text.encode(), password=None)
        else:
            key = load_der_private_key(base64.b64decode("".join(text.split()), validate=True), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm, binascii.Error):
        key = None
    if not isinstance(key, RSAPrivateKey):
        raise SettingsError(
            "walmart's private key cannot be read.",
            hint="Set COUNTERFOIL_CONNECTORS__WALMART__PRIVATE_KEY to an RSA key, PEM and not encrypted.",
        )
    return key


def signed_headers(consumer: str, key: RSAPrivateKey, *, version: str, milliseconds: int) -> dict[str, str]:
    """The headers of a call made at a moment, in milliseconds since 1970."""
    said = message(consumer, str(milliseconds), version)
    return {
        "WM_CONSUMER.ID": consumer,
        "WM_CONSUMER.INTIMESTAMP": str(milliseconds),
        "WM_SEC.KEY_VERSION": version,
        "WM_SEC.AUTH_SIGNATURE": base64.b64encode(key.sign(said, PKCS1v15(), hashes.SHA256())).decode(),
    }


def message(consumer: str, milliseconds: str, version: str) -> bytes:
    r"""What is signed: the values in the order of their headers' names, each with a line's end behind it.

    >>> message("c0ffee", "1440058729000", "1")
    b'c0ffee\n1440058729000\n1\n'
    """
    return f"{consumer}\n{milliseconds}\n{version}\n".encode()
