"""Electronic signatures after an issued report: each is one incremental update, and nothing else is
allowed.

A `Signer` returns the file with one more signature, so an own certificate (`pkcs12`) and a service
for whole files (`bsre`) work alike. `sign` checks the result before it is kept, whoever signed.
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
    """The texts of a signature: field (`TTD1`), name, capacity, place.

    They go into the file as the signer's own words; the field's name is unique in the file.
    """

    field: str
    name: str
    reason: str
    place: str = ""


class Signer(Protocol):
    """Adds one invisible signature to a file. It does not keep its secrets."""

    def sign(self, pdf: bytes, order: Order) -> bytes:
        """The file with one more incremental update; DomainError if signing fails."""


@dataclass(frozen=True, slots=True)
class Signed:
    """A checked signed file: its bytes, their hash, and the newest signature."""

    data: bytes
    sha256: str
    signature: Signature


def sign(pdf: bytes, signer: Signer, order: Order) -> Signed:
    """Sign, then check: the old bytes are unchanged and only one valid signature was added.

    DomainError from the signer, or if the result is anything else.
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
