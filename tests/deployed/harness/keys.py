"""The secrets that an operator makes before the first deploy."""

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

SESSION_KEYS = "brihaspati/session-keys"
LINODE_TOKEN = "brihaspati/linode-token"
DIGITALOCEAN_TOKEN = "brihaspati/digitalocean-token"


@dataclass(frozen=True)
class Secrets:
    operator_token: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    linode_token: str = field(default_factory=lambda: secrets.token_hex(32))
    digitalocean_token: str = field(default_factory=lambda: secrets.token_hex(32))

    @property
    def operator_token_sha256(self) -> str:
        return hashlib.sha256(self.operator_token.encode()).hexdigest()

    def store(self, emulator):
        manager = emulator.client("secretsmanager")
        manager.create_secret(Name=SESSION_KEYS, SecretString=json.dumps(session_keys()))
        manager.create_secret(Name=LINODE_TOKEN, SecretString=self.linode_token)
        manager.create_secret(Name=DIGITALOCEAN_TOKEN, SecretString=self.digitalocean_token)


def session_keys() -> dict[str, str]:
    """A signing key and the key set that verifies it, in the form that the parameter SessionKeysSecret describes."""
    key = Ed25519PrivateKey.generate()
    public = base64url(key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))
    # RFC 7638: the key's thumbprint is its id.
    members = json.dumps({"crv": "Ed25519", "kty": "OKP", "x": public}, separators=(",", ":"))
    thumbprint = base64url(hashlib.sha256(members.encode()).digest())
    jwk = {"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": thumbprint, "x": public}
    return {
        "signing_key": key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode(),
        "signing_key_id": thumbprint,
        "verifying_keys": json.dumps({"keys": [jwk]}),
    }


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
