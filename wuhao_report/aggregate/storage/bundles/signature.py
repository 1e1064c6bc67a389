"""Ed25519 signatures (RFC 8032) over the manifest of a bundle, which names the hashes of all its parts; and the keys they are made with."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from wuhao_report.aggregate.storage.bundles.items import NotABundle
from wuhao_report.core.errors import WuhaoError

SIGNATURE = "signature.json"
LONGEST_KEY, KEY_BYTES = 10_000, 32


class NotAKey(WuhaoError):
    """A file that is no key of the kind that is wanted."""

    def __init__(self, name: str, what: str) -> None:
        super().__init__(f"“{name}”不是{what}，请用“wuhao key new”做出来的。")
        self.name, self.what = name, what

    def __reduce__(self) -> tuple[type[NotAKey], tuple[str, str]]:
        return NotAKey, (self.name, self.what)


def new_keys() -> tuple[bytes, bytes]:
    """Return a new private key and its public key, as PEM."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    private = Ed25519PrivateKey.generate()
    pem = serialization.Encoding.PEM
    return (
        private.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()),
        private.public_key().public_bytes(pem, serialization.PublicFormat.SubjectPublicKeyInfo),
    )


def _bytes_of(path: Path, what: str) -> bytes:
    with path.open("rb") as stream:
        data = stream.read(LONGEST_KEY + 1)
    if len(data) > LONGEST_KEY:
        raise NotAKey(path.name, what)
    return data


def public_key_of(path: Path) -> bytes:
    """Return the 32 bytes of a public key in a file; raises NotAKey, OSError."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        key = load_pem_public_key(_bytes_of(path, "公钥"))
    except (ValueError, UnsupportedAlgorithm) as error:
        raise NotAKey(path.name, "公钥") from error
    if not isinstance(key, Ed25519PublicKey):
        raise NotAKey(path.name, "公钥")
    return key.public_bytes_raw()


def signature_of(path: Path, manifest: bytes) -> dict[str, str]:
    """Return what stands beside a manifest that is signed with the private key in a file; raises NotAKey, OSError."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(_bytes_of(path, "私钥"), None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise NotAKey(path.name, "私钥") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise NotAKey(path.name, "私钥")
    texts = key.public_key().public_bytes_raw(), key.sign(manifest)
    public, signed = (base64.b64encode(text).decode() for text in texts)
    return {"key": public, "signature": signed}


def check_signature(signature: Any, manifest: bytes, trusted: Sequence[bytes]) -> bool:
    """Say whether a manifest is signed; `signature` is what stands beside it, None where nothing does.

    Raises NotABundle for a signature that is not right; with `trusted` keys, also for one by another key, and for none.
    """
    if signature is None:
        if trusted:
            raise NotABundle("没有签名")
        return False
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        key, signed = (base64.b64decode(signature[name], validate=True) for name in ("key", "signature"))
        Ed25519PublicKey.from_public_bytes(key).verify(signed, manifest)
    except (InvalidSignature, binascii.Error, ValueError, TypeError, KeyError) as error:
        raise NotABundle("签名不对") from error
    if trusted and key not in trusted:
        raise NotABundle("不是用指定的公钥签名的")
    return True
