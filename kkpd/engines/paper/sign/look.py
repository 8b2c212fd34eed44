"""Who signed a file, when, and whether each signature is valid: from the file alone, offline.

Whether to trust a certificate's issuer is up to the reader: roots are given, or the answer is None.
Revocation is not checked, because that needs the issuer's server."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from kkpd.core.pan import silence
from kkpd.core.sandbox import Limits
from kkpd.engines.paper.sign.revisions import BROKEN


def consistent(cms: bytes) -> bool:
    """Whether a CMS (with or without trailing zeros) is spelt as its signed parts require."""
    from asn1crypto.cms import ContentInfo

    try:
        content = ContentInfo.load(cms)
        signed = content["content"]
        signers = list(signed["signer_infos"])
        stated = [algorithm.dump() for algorithm in signed["digest_algorithms"]]
        used = {signer["digest_algorithm"].dump() for signer in signers}
        return (
            all(map(_only_fields, (content, signed, *signers)))
            and len(stated) == len(used)
            and set(stated) == used
            and signed["version"].native == _version(signed, signers)
            and all(signer["version"].native == _signer_version(signer) for signer in signers)
        )
    except (ValueError, TypeError, KeyError):  # what asn1crypto says of bytes that are no CMS
        return False


def _only_fields(sequence: Any) -> bool:
    """Whether the bytes of the sequence are those of its fields and no more."""
    names = [name for name, *_ in sequence._fields]
    return sum(len(sequence[name].dump()) for name in names) == len(sequence.contents)


def _version(signed: Any, signers: list[Any]) -> str:
    plain = signed["encap_content_info"]["content_type"].native == "data"
    return "v1" if plain and all(_signer_version(one) == "v1" for one in signers) else "v3"


def _signer_version(signer: Any) -> str:
    return "v1" if signer["sid"].name == "issuer_and_serial_number" else "v3"


if TYPE_CHECKING:
    from asn1crypto.x509 import Certificate
    from pyhanko.sign.validation import EmbeddedPdfSignature

_MARK = b"/ByteRange"
#: For reading and signing: a time-stamp authority or BSrE may take a minute to answer.
SIGNING = Limits(cpu=20, wall=100.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """One signature. Moments are UTC; `stamped_at` is a time-stamp authority's, else None.

    `intact`: the bytes are those that were signed, by the key of the certificate (and the time
    stamp, if any, is over this signature), and what is under no signature agrees with them.
    `in_time`: the certificate was valid at that moment. `trusted`: its chain leads to one of the
    roots given, None where none was given.
    """

    field: str
    name: str
    issuer: str
    serial: str
    certificate_sha256: str
    level: str
    claimed_at: datetime | None
    stamped_at: datetime | None
    stamped_by: str
    reason: str
    intact: bool
    in_time: bool
    trusted: bool | None

    @property
    def holds(self) -> bool:
        """Whether no check failed."""
        return self.intact and self.in_time and self.trusted is not False

    @property
    def at(self) -> datetime | None:
        """The best known moment of signing."""
        return self.stamped_at or self.claimed_at


#: What a signature is made of, for whoever asks a child process for one (`core/sandbox.py`).
SHAPES = (Signature, datetime, timezone, timedelta)


def signatures(data: bytes, roots: Sequence[Certificate] | None = None) -> list[Signature]:
    """Every signature in the file, in the order of signing; none where the file cannot be read."""
    if _MARK not in data:
        return []
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.general import SigningError
    from pyhanko.sign.validation.errors import SignatureValidationError

    silence()
    try:
        pdf = PdfFileReader(io.BytesIO(data), strict=True)
        return [_one(signature, roots) for signature in pdf.embedded_regular_signatures]
    except (PdfError, SignatureValidationError, SigningError, *BROKEN):
        return []  # revisions.foreign_revisions names what cannot be read


def signatures_by(data: bytes, pem: bytes | None) -> list[Signature]:
    """As `signatures`, with the roots as PEM: certificates do not travel to a child process."""
    return signatures(data, None if pem is None else read_roots(pem))


def read_roots(data: bytes) -> list[Certificate]:
    """The certificates of a PEM file; none where anything in it is no certificate."""
    from asn1crypto import pem
    from asn1crypto.x509 import Certificate

    try:
        parts = list(pem.unarmor(data, multiple=True))
        found = [Certificate.load(der, strict=True) for _kind, _headers, der in parts]
        return [one for one in found if one.subject.human_friendly and one.public_key.native]
    except (ValueError, TypeError):
        return []


def _one(signature: EmbeddedPdfSignature, roots: Sequence[Certificate] | None) -> Signature:
    from pyhanko.sign.validation import validate_pdf_signature

    certificate = signature.signer_cert
    claimed = signature.self_reported_timestamp
    stamp = _stamp(signature)
    moment = stamp[0] if stamp else claimed
    context = _context(roots or (), moment)
    status = validate_pdf_signature(signature, context, context, skip_diff=True)
    stamped = status.timestamp_validity
    intact = (
        status.intact
        and status.valid
        and (not stamp or bool(stamped and stamped.valid))
        and consistent(bytes(signature.pkcs7_content))
    )
    start, end = certificate.not_valid_before, certificate.not_valid_after
    return Signature(
        field=str(signature.field_name),
        name=_name(certificate.subject),
        issuer=_name(certificate.issuer),
        serial=format(certificate.serial_number, "X"),
        certificate_sha256=certificate.sha256.hex(),
        level=_level(signature, bool(stamp)),
        claimed_at=claimed.astimezone(UTC) if claimed else None,
        stamped_at=stamp[0] if stamp else None,
        stamped_by=stamp[1] if stamp else "",
        reason=str(signature.sig_object.get("/Reason", "")),
        intact=intact,
        in_time=moment is not None and start <= moment <= end,
        trusted=None if roots is None else bool(status.trusted),
    )


def _context(roots: Sequence[Certificate], moment: datetime | None) -> Any:
    """pyHanko's validation settings: these roots, that moment, no network."""
    from pyhanko_certvalidator import ValidationContext

    return ValidationContext(
        trust_roots=list(roots), moment=moment, best_signature_time=moment, allow_fetching=False
    )


def _stamp(signature: EmbeddedPdfSignature) -> tuple[datetime, str] | None:
    """The moment of the time stamp over the signature and who gave it."""
    attributes = signature.signer_info["unsigned_attrs"]
    tokens = [
        value
        for attribute in (attributes.native and attributes) or ()
        if attribute["type"].native == "signature_time_stamp_token"
        for value in attribute["values"]
    ]
    if not tokens:
        return None
    signed = tokens[0]["content"]
    moment = signed["encap_content_info"]["content"].parsed["gen_time"].native
    serial = signed["signer_infos"][0]["sid"].chosen["serial_number"].native
    names = [
        _name(c.chosen.subject)
        for c in signed["certificates"]
        if c.name == "certificate" and c.chosen.serial_number == serial
    ]
    return moment.astimezone(UTC), names[0] if names else "?"


def _level(signature: EmbeddedPdfSignature, stamped: bool) -> str:
    """`PAdES B-T`, `PAdES B-B`, or `CMS` for a signature that is no PAdES."""
    if str(signature.sig_object.get("/SubFilter")) != "/ETSI.CAdES.detached":
        return "CMS"
    return "PAdES B-T" if stamped else "PAdES B-B"


def _name(name: Any) -> str:
    """A certificate's common name, or all of its name; without controls."""
    native = name.native
    said = native.get("common_name") or name.human_friendly
    return "".join(c if c.isprintable() else "\ufffd" for c in str(said))[:200]
