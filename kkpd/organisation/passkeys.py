"""Passkeys (WebAuthn): what the browser is asked, and whether its answer is right.

The challenge is the browser's own and used once; origin and RP id are those of the program's public
address, so an answer that another site coaxed out of the owner is worth nothing here.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import webauthn
from sqlalchemy import select
from sqlalchemy.orm import Session
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from kkpd.core.errors import DomainError
from kkpd.models import Passkey

#: What a person may keep at once, and how long an answer of a browser may be.
MOST: Final = 10
_LONGEST: Final = 20_000
_PROGRAM: Final = "Buku KKPD"


@dataclass(frozen=True, slots=True)
class Site:
    """Where the program is reached: host name and origin, such as https://kkpd.example.go.id."""

    host: str
    origin: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a browser answered (JSON), to which challenge, and where."""

    text: str
    challenge: str
    site: Site


def kept(session: Session, pengguna_id: int) -> list[Passkey]:
    """The account's passkeys that were not removed, oldest first."""
    return list(
        session.scalars(
            select(Passkey)
            .where(Passkey.pengguna_id == pengguna_id, Passkey.dicabut_at.is_(None))
            .order_by(Passkey.id)
        )
    )


def options_to_create(
    site: Site, challenge: str, pengguna_id: int, nama_masuk: str, nama: str, has: Iterable[Passkey]
) -> str:
    """What the browser needs to make a new passkey, as JSON."""
    found = webauthn.generate_registration_options(
        rp_id=site.host,
        rp_name=_PROGRAM,
        user_id=hashlib.sha256(f"kkpd pengguna {pengguna_id}".encode()).digest(),
        user_name=nama_masuk,
        user_display_name=nama,
        challenge=base64url_to_bytes(challenge),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED,
            user_verification=UserVerificationRequirement.PREFERRED,
        ),
        exclude_credentials=_named(has),
    )
    return str(webauthn.options_to_json(found))


def options_to_use(site: Site, challenge: str, has: Iterable[Passkey] = ()) -> str:
    """What the browser needs to answer with a passkey; without any it offers those it has, and they
    must verify who holds them.
    """
    allowed = _named(has)
    asked = UserVerificationRequirement
    found = webauthn.generate_authentication_options(
        rp_id=site.host,
        challenge=base64url_to_bytes(challenge),
        allow_credentials=allowed,
        user_verification=asked.PREFERRED if allowed else asked.REQUIRED,
    )
    return str(webauthn.options_to_json(found))


def _named(has: Iterable[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(row.kredensial)) for row in has]


def register(
    session: Session, pengguna_id: int, nama: str, answer: Answer, now: datetime
) -> Passkey:
    """A new passkey of the account from the browser's answer; DomainError when it is not right."""
    if not nama.strip():
        raise DomainError("Beri kunci sandi ini nama, misalnya “Laptop kantor”.", field="nama")
    if len(kept(session, pengguna_id)) >= MOST:
        raise DomainError(f"Paling banyak {MOST} kunci sandi. Cabut dahulu yang tidak dipakai.")
    try:
        found = webauthn.verify_registration_response(
            credential=_read(answer.text),
            expected_challenge=base64url_to_bytes(answer.challenge),
            expected_rp_id=answer.site.host,
            expected_origin=answer.site.origin,
        )
    except (WebAuthnException, ValueError) as problem:
        raise DomainError(
            "Kunci sandi tidak dapat didaftarkan. Muat ulang halaman lalu coba sekali lagi."
        ) from problem
    row = Passkey(
        pengguna_id=pengguna_id,
        nama=nama.strip()[:60],
        kredensial=bytes_to_base64url(found.credential_id),
        kunci_publik=found.credential_public_key,
        hitungan=found.sign_count,
        dibuat_at=now,
    )
    if session.scalar(select(Passkey.id).where(Passkey.kredensial == row.kredensial)) is not None:
        raise DomainError("Kunci sandi itu sudah pernah didaftarkan. Pakai yang lain.")
    session.add(row)
    session.flush()
    return row


def answered(session: Session, answer: Answer, now: datetime, *, alone: bool) -> Passkey | None:
    """The passkey that gave this answer, noted as used; None when the answer is not right.

    `alone`: it stands for a whole login, so the authenticator must have verified its holder. An
    authenticator whose count did not grow may be a copy, and is refused.
    """
    try:
        credential = _read(answer.text)
        row = session.scalars(
            select(Passkey)
            .where(Passkey.kredensial == str(credential.get("id")), Passkey.dicabut_at.is_(None))
            .with_for_update()
        ).one_or_none()
        if row is None:
            return None
        found = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=base64url_to_bytes(answer.challenge),
            expected_rp_id=answer.site.host,
            expected_origin=answer.site.origin,
            credential_public_key=row.kunci_publik,
            credential_current_sign_count=row.hitungan,
            require_user_verification=alone,
        )
    except (WebAuthnException, ValueError):
        return None
    row.hitungan, row.dipakai_at = found.new_sign_count, now
    session.flush()
    return row


def _read(answer: str) -> dict[str, object]:
    found = json.loads(answer) if len(answer) <= _LONGEST else None
    return found if isinstance(found, dict) else {}
