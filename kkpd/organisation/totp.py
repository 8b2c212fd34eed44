"""Codes of an authenticator app (TOTP, RFC 6238): seed, address for the app, which step a code is.

A code counts in its own half minute, the one before and the one after, and works once. The seed is
kept encrypted: only this installation's secret key opens it again.
"""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from datetime import datetime
from typing import Final

import pyotp
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

SECONDS: Final = 30
#: How many steps a code may be early or late.
WINDOW: Final = 1
#: A last used step that lies further ahead than this (10 minutes) was noted before the clock was
#: set back; it would keep the owner out until then, so it is forgotten.
FORGET_AHEAD: Final = 20


def new_seed() -> str:
    """A seed of 160 bits from the system's secure generator, in base32."""
    return pyotp.random_base32()


def seal(secret_key: str, seed: str) -> str:
    """The seed as the database keeps it: encrypted and authenticated (AES-128, HMAC-SHA-256)."""
    return _box(secret_key).encrypt(seed.encode()).decode()


def unseal(secret_key: str, sealed: str) -> str | None:
    """The seed again; None when the instance's key was changed or lost."""
    try:
        return _box(secret_key).decrypt(sealed.encode()).decode()
    except InvalidToken:
        return None


def _box(secret_key: str) -> Fernet:
    """A key of its own, so that other uses of the instance's key tell nothing about this one."""
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"kkpd totp")
    return Fernet(urlsafe_b64encode(derived.derive(secret_key.encode())))


def app_address(seed: str, nama_masuk: str, issuer: str) -> str:
    """The `otpauth://` address that an app reads from the QR code."""
    return pyotp.TOTP(seed).provisioning_uri(name=nama_masuk, issuer_name=issuer)


def step_of(now: datetime) -> int:
    """The half minute that a moment lies in."""
    return int(now.timestamp()) // SECONDS


def matching_step(seed: str, code: str, last: int, now: datetime) -> int | None:
    """The step whose code this is and that was not used yet; None for a wrong or used code."""
    digits = "".join(code.split())
    present = step_of(now)
    used = last if last - present <= FORGET_AHEAD else -1
    generator = pyotp.TOTP(seed)
    for step in range(present - WINDOW, present + WINDOW + 1):
        same = hmac.compare_digest(generator.generate_otp(step).encode(), digits.encode())
        if same and step > used:
            return step
    return None
