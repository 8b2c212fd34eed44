"""Signatures for pages: the available signers, signing, and the state of a file's signatures.

The certificate's file, the NIK and the passphrase are used once and never stored.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from kkpd.core import sandbox
from kkpd.core.errors import DomainError
from kkpd.core.outside import named
from kkpd.engines.paper.sign import Order, Signed, Signer
from kkpd.engines.paper.sign.look import SHAPES, SIGNING, Signature
from kkpd.engines.paper.sign.signers import Bsre, Pkcs12
from kkpd.reports.signatures import SignatureState, SignedFile, SigningPlace
from kkpd.web.globals import settings
from kkpd.web.stores import arsip

#: In the instance folder: certificates of the issuers trusted here, as PEM.
ISSUER_FILE = "penerbit_sertifikat.pem"


def file_signatures(state: SignatureState) -> list[Signature]:
    """The verified signatures in the newest file."""
    if state.next_up == 1:
        return []
    path = settings().instance / ISSUER_FILE
    roots = path.read_bytes() if path.exists() else None
    found: list[Signature] = sandbox.run(
        "kkpd.engines.paper.sign.look:signatures_by",
        *(arsip().get(state.sha256), roots),
        limits=SIGNING,
        shapes=SHAPES,
    )
    return found


def has_bsre() -> bool:
    """Whether this installation is configured for BSrE's client service."""
    return bool(settings().bsre_url)


def certificate_signer(data: bytes, sandi: str, now: datetime) -> Signer:
    """A signer by a certificate's file, with a time stamp where the settings name an address."""
    return Pkcs12(data, sandi, now, settings().tsa_url)


def bsre_signer(nik: str, sandi: str) -> Signer:
    """A signer by BSrE's client service."""
    if not has_bsre():
        raise DomainError("Layanan BSrE tidak dipasang di sini; pakai berkas sertifikat.")
    here = settings()
    return Bsre(here.bsre_url, here.bsre_user, here.bsre_password, nik, sandi)


def sign_file(state: SignatureState, tempat: SigningPlace, signer: Signer) -> SignedFile:
    """The signed file, ready to enter the books; DomainError from the signer."""
    order = Order(
        field=f"TTD{state.next_up}",
        name=tempat.nama,
        reason=f"{tempat.selaku}, {state.nomor}",
        place=state.city,
    )
    made: Signed = sandbox.run(
        "kkpd.engines.paper.sign:sign",
        *(arsip().get(state.sha256), signer, order),
        limits=replace(SIGNING, hosts=named(settings())),
        shapes=(Signed, *SHAPES),
    )
    return SignedFile(
        dokumen_id=state.dokumen_id,
        source_sha256=state.sha256,
        data=made.data,
        pemilik=made.signature.name,
        penerbit=made.signature.issuer,
        sertifikat_sha256=made.signature.certificate_sha256,
        tingkat=made.signature.level,
        cap_waktu=made.signature.stamped_at,
    )
