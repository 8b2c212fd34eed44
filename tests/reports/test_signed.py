"""Signatures are incremental updates: they are welcome behind a report, nothing else is."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.generic import (
    ArrayObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    StreamObject,
    TextStringObject,
)
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec, append_signature_field
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner

from kkpd.engines.paper.sheet import draw
from kkpd.engines.paper.verdict import Verdict
from kkpd.engines.paper.verify import verify
from tests.reports.samples import PUBLIC_KEY, a_dpt, issue


@cache
def signer() -> SimpleSigner:
    """A signer with a certificate of its own making."""
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Dewi Contoh")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2090, 1, 1, tzinfo=UTC))
        .sign(key, hashes.SHA256())
    )
    packed = serialization.pkcs12.serialize_key_and_certificates(
        b"x", key, certificate, None, serialization.BestAvailableEncryption(b"rahasia")
    )
    found = SimpleSigner.load_pkcs12_data(packed, [], passphrase=b"rahasia")
    assert isinstance(found, SimpleSigner)
    return found


def sign(data: bytes, name: str, box: tuple[int, int, int, int] | None = None) -> bytes:
    out = io.BytesIO()
    PdfSigner(
        PdfSignatureMetadata(field_name=name),
        signer(),
        new_field_spec=SigFieldSpec(name, on_page=0, box=box),
    ).sign_pdf(IncrementalPdfFileWriter(io.BytesIO(data)), output=out)
    return out.getvalue()


@cache
def issued() -> bytes:
    return draw(*issue(a_dpt(2)))


def failing(verdict: Verdict) -> set[str]:
    return {check.key for check in verdict.checks if check.holds is False}


def test_two_signers_one_after_the_other() -> None:
    verdict = verify(sign(sign(issued(), "PPTK"), "PA"), PUBLIC_KEY)
    assert failing(verdict) == set()
    said = {check.key: check.said for check in verdict.checks}
    assert "selain tanda tangan yang sah" in said["tambahan"]


def test_a_signature_that_covers_the_page_is_named() -> None:
    verdict = verify(sign(issued(), "PA", (50, 50, 400, 300)), PUBLIC_KEY)
    assert failing(verdict) == {"tambahan"}


def test_a_changed_byte_after_signing() -> None:
    data = bytearray(sign(issued(), "PA"))
    data[-300] ^= 1
    assert "tambahan" in failing(verify(bytes(data), PUBLIC_KEY))


@pytest.mark.parametrize("before", [False, True])
def test_an_update_that_is_no_signature(before: bool) -> None:
    data = issued() if before else sign(issued(), "PA")
    writer = IncrementalPdfFileWriter(io.BytesIO(data))
    page = writer.root["/Pages"]["/Kids"][0]
    page[NameObject("/MediaBox")] = ArrayObject(map(NumberObject, (0, 0, 300, 300)))
    writer.update_container(page)
    out = io.BytesIO()
    writer.write(out)  # type: ignore[no-untyped-call]  # pyHanko's
    changed = sign(out.getvalue(), "PA") if before else out.getvalue()
    assert failing(verify(changed, PUBLIC_KEY)) == {"tambahan"}


#: pyHanko's, which says nothing of types
_dictionary: Callable[..., Any] = DictionaryObject


def _title(writer: IncrementalPdfFileWriter) -> None:
    writer.set_info(_dictionary({NameObject("/Title"): TextStringObject("Lain")}))


def _metadata(writer: IncrementalPdfFileWriter) -> None:
    kept = writer.root["/Metadata"]
    data = kept.data.replace(b"Daftar Pembayaran", b"Daftar Pembatalan")
    assert data != kept.data
    names = _dictionary({key: kept[key] for key in ("/Type", "/Subtype")})
    writer.root["/Metadata"] = writer.add_object(StreamObject(names, stream_data=data))
    writer.update_root()  # type: ignore[no-untyped-call]  # pyHanko's


def _untagged(writer: IncrementalPdfFileWriter) -> None:
    writer.root["/MarkInfo"] = _dictionary()
    writer.update_root()  # type: ignore[no-untyped-call]  # pyHanko's


def _validation_data(writer: IncrementalPdfFileWriter) -> None:
    part = writer.add_object(StreamObject(stream_data=b"anything at all"))
    certificates = _dictionary({NameObject("/Certs"): ArrayObject([part])})
    writer.root["/DSS"] = writer.add_object(certificates)
    writer.update_root()  # type: ignore[no-untyped-call]  # pyHanko's


def _loose_object(writer: IncrementalPdfFileWriter) -> None:
    writer.add_object(StreamObject(stream_data=b"anything at all"))


def _empty_field(writer: IncrementalPdfFileWriter) -> None:
    append_signature_field(writer, SigFieldSpec("LAIN", on_page=0, box=(0, 0, 600, 400)))


def _field_over_the_page(writer: IncrementalPdfFileWriter) -> None:
    """A field without a place, and the picture it has over the page in a widget below it."""
    box = ArrayObject(map(NumberObject, (0, 0, 600, 400)))
    form = _dictionary({NameObject("/Subtype"): NameObject("/Form"), NameObject("/BBox"): box})
    drawn = StreamObject(form, stream_data=b"1 0 0 rg 0 0 600 400 re f")
    widget = _dictionary({
        NameObject("/Subtype"): NameObject("/Widget"), NameObject("/Rect"): box,
        NameObject("/AP"): _dictionary({NameObject("/N"): writer.add_object(drawn)}),
    })  # fmt: skip
    below = writer.add_object(widget)
    field = writer.add_object(_dictionary({
        NameObject("/FT"): NameObject("/Sig"), NameObject("/T"): TextStringObject("LAIN"),
        NameObject("/Kids"): ArrayObject([below]),
    }))  # fmt: skip
    widget[NameObject("/Parent")] = field
    form_fields = writer.root["/AcroForm"]["/Fields"]
    form_fields.append(field)
    writer.update_container(form_fields)
    page = writer.root["/Pages"]["/Kids"][0]
    page[NameObject("/Annots")] = ArrayObject([below])
    writer.update_container(page)


@pytest.mark.parametrize(
    "change",
    [
        _title, _metadata, _untagged, _validation_data, _loose_object, _empty_field,
        _field_over_the_page,
    ],
)  # fmt: skip
def test_what_a_signature_of_anybody_may_not_carry(
    change: Callable[[IncrementalPdfFileWriter], None],
) -> None:
    writer, out = IncrementalPdfFileWriter(io.BytesIO(issued())), io.BytesIO()
    change(writer)
    said, spec = PdfSignatureMetadata(field_name="PA"), SigFieldSpec("PA", on_page=0)
    PdfSigner(said, signer(), new_field_spec=spec).sign_pdf(writer, output=out)
    verdict = verify(out.getvalue(), PUBLIC_KEY)
    assert failing(verdict) == {"tambahan"}
    assert verdict.exit_status == 1
