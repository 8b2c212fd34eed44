"""Electronic signatures behind an issued report: each is one incremental update, nothing else is.

A `Signer` turns a whole file into the same file with one signature more, so that a certificate of
one's own (`pkcs12`) and a signing service that takes whole files (`bsre`) look alike from here.
Whoever signed, `sign` looks at the result before anybody keeps it.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol

from kkpd.core.errors import DomainError
from kkpd.engines.paper.pdf import reader as pdf_reader
from kkpd.engines.paper.sign.look import Signature, signatures
from kkpd.engines.paper.sign.revisions import foreign_revisions


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a signature says beside its certificate: field (`TTD1`), who, in which capacity, where.

    The texts go into the file as the signer's own words; the field's name is unique in the file.
    """

    field: str
    name: str
    reason: str
    place: str = ""


class Signer(Protocol):
    """Adds one invisible signature to a file. What it needs to know in secret it forgets."""

    def sign(self, pdf: bytes, order: Order) -> bytes:
        """The file with one incremental update behind it; DomainError where that cannot be."""


@dataclass(frozen=True, slots=True)
class Signed:
    """A signed file that was looked at: its bytes, their hash, and the newest signature."""

    data: bytes
    sha256: str
    signature: Signature


def sign(pdf: bytes, signer: Signer, order: Order) -> Signed:
    """Sign, then look: the old bytes untouched, nothing added but one valid signature.

    DomainError from the signer, or where the result is anything else.
    """
    end = pdf_reader.parse(pdf).end
    data = signer.sign(pdf, order)
    before, after = signatures(pdf), signatures(data)
    problems = foreign_revisions(data, end) if data.startswith(pdf) else ["isi lama berubah"]
    if len(after) != len(before) + 1:
        problems.append(f"{len(after) - len(before)} tanda tangan ditambahkan, bukan satu")
    if problems:
        raise DomainError(
            f"Hasil tanda tangan tidak disimpan: {'; '.join(problems)}. "
            "Periksa sertifikat atau layanan tanda tangannya."
        )
    return Signed(data, sha256(data).hexdigest(), after[-1])
