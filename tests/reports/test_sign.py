"""Signing: by a certificate's file or by the service, with and without a time stamp, refused."""

from __future__ import annotations

import io
import traceback
from functools import cache
from pathlib import Path

import pytest
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from kkpd.cli import main
from kkpd.core.errors import DomainError
from kkpd.engines.paper.sheet import draw
from kkpd.engines.paper.sign import Order, sign
from kkpd.engines.paper.sign.look import consistent, signatures
from kkpd.engines.paper.sign.signers import MOST_PKCS12, Bsre, Pkcs12
from kkpd.engines.paper.verify import verify
from tests.reports.samples import PUBLIC_KEY, a_dpt, issue
from tests.reports.signers import (
    DEMO_LOGIN_WORD,
    NOW,
    ORDER,
    STAMPED,
    bsre,
    holder,
    p12,
    root,
    roots,
    serving,
    tsa,
)

SECOND = Order(field="TTD2", name="Citra Contoh", reason="Bendahara")
NIK = "1207000000000009"


@cache
def issued() -> bytes:
    return draw(*issue(a_dpt(2)))


@cache
def signed() -> bytes:
    return sign(issued(), holder(), ORDER).data


def checks(data: bytes, trusted: str | None = None) -> dict[str, bool | None]:
    found = verify(data, PUBLIC_KEY, roots(trusted) if trusted else None)
    return {check.key: check.holds for check in found.checks if check.key.startswith("ttd")}


def test_a_signature_by_pkcs12_is_pades_b_b() -> None:
    made = sign(issued(), holder(), ORDER)
    assert made.data.startswith(issued())
    one = made.signature
    assert (one.name, one.issuer, one.level) == ("Dewi Contoh", "CA Contoh", "PAdES B-B")
    assert (one.reason, one.stamped_at, one.trusted) == ("Pengguna Anggaran", None, None)
    assert one.holds
    assert one.at == one.claimed_at
    verdict = verify(made.data, PUBLIC_KEY)
    assert verdict.exit_status == 0
    assert checks(made.data) == {"ttd_1": True, "ttd_1_penerbit": None}


def test_a_time_stamp_makes_it_b_t() -> None:
    with serving(tsa) as url:
        one = sign(issued(), holder(tsa_url=url), ORDER).signature
    assert (one.level, one.stamped_at, one.stamped_by) == ("PAdES B-T", STAMPED, "TSA Contoh")
    assert one.at == STAMPED
    assert one.holds


def test_several_signers_one_after_the_other() -> None:
    twice = sign(signed(), holder("Citra Contoh"), SECOND).data
    assert [one.name for one in signatures(twice)] == ["Dewi Contoh", "Citra Contoh"]
    assert checks(twice, "CA Contoh") == dict.fromkeys(
        ("ttd_1", "ttd_1_penerbit", "ttd_2", "ttd_2_penerbit"), True
    )
    assert verify(twice, PUBLIC_KEY).exit_status == 0


def test_a_signer_of_an_issuer_who_is_not_trusted() -> None:
    assert checks(signed(), "CA Lain") == {"ttd_1": True, "ttd_1_penerbit": False}


def test_a_certificate_that_had_ended() -> None:
    ended = Pkcs12(p12("Dewi Contoh", year=2023), DEMO_LOGIN_WORD, NOW.replace(year=2022))
    data = ended.sign(issued(), ORDER)
    assert checks(data) == {"ttd_1": False, "ttd_1_penerbit": None}
    assert verify(data, PUBLIC_KEY).exit_status == 1


def test_the_service_signs_whole_files() -> None:
    with serving(bsre) as url:
        made = sign(issued(), Bsre(url, "buku", "rahasia", NIK, DEMO_LOGIN_WORD), ORDER)
    assert verify(made.data, PUBLIC_KEY).exit_status == 0
    assert made.signature.name == "Dewi Contoh"


@pytest.mark.parametrize(
    ("status", "said", "expected"),
    [
        (400, b'{"error": "Passphrase anda salah."}', ": Passphrase anda salah. Periksa"),
        (400, b'{"error": "salah: ' + DEMO_LOGIN_WORD.encode() + b'"}', "(jawaban 400). Periksa"),
        (500, b"[]", "(jawaban 500). Periksa"),
        (302, b"", "(jawaban 302). Periksa"),
        (200, b"%PDF-1.7 something else", "isi lama berubah"),
    ],
)
def test_what_the_service_refuses(status: int, said: bytes, expected: str) -> None:
    signer = Bsre("", "buku", "rahasia", NIK, DEMO_LOGIN_WORD)
    with serving(lambda *_: (status, said)) as url, pytest.raises(DomainError) as refusal:
        sign(issued(), Bsre(url, signer.user, signer.password, NIK, DEMO_LOGIN_WORD), ORDER)
    assert expected in refusal.value.message
    assert DEMO_LOGIN_WORD not in repr(signer) + "".join(traceback.format_exception(refusal.value))


def test_a_service_that_is_not_there() -> None:
    with serving(tsa) as url:
        pass
    with pytest.raises(DomainError, match="tidak menjawab"):
        sign(issued(), Bsre(url, "", "", NIK, DEMO_LOGIN_WORD), ORDER)
    with pytest.raises(DomainError, match="cap waktu"):
        sign(issued(), holder(tsa_url=url), ORDER)


def test_a_stamp_that_is_none() -> None:
    with serving(lambda *_: (200, b"no stamp")) as url, pytest.raises(DomainError, match="cap wak"):
        sign(issued(), holder(tsa_url=url), ORDER)
    with (
        serving(lambda *_: (200, bytes(300_000))) as url,
        pytest.raises(DomainError, match="besar"),
    ):
        sign(issued(), holder(tsa_url=url), ORDER)


@pytest.mark.parametrize(
    ("data", "sandi", "field"),
    [
        (b"no certificate", DEMO_LOGIN_WORD, "sandi"),
        (p12("Dewi Contoh"), "bukan ini", "sandi"),
        (bytes(MOST_PKCS12 + 1), DEMO_LOGIN_WORD, "sertifikat"),
        (p12("Dewi Contoh", year=2023), DEMO_LOGIN_WORD, "sertifikat"),
    ],
    ids=["no p12", "wrong phrase", "too large", "ended"],
)
def test_certificates_that_are_refused(data: bytes, sandi: str, field: str) -> None:
    with pytest.raises(DomainError) as refusal:
        sign(issued(), Pkcs12(data, sandi, NOW), ORDER)
    assert refusal.value.field == field
    assert sandi not in "".join(traceback.format_exception(refusal.value))


def test_the_same_field_twice_is_refused() -> None:
    with pytest.raises(DomainError, match="tidak dapat ditandatangani"):
        sign(signed(), holder("Citra Contoh"), ORDER)


def test_what_a_signature_does_not_cover_says_nothing_else() -> None:
    data = bytearray(signed())
    padding = data.rindex(b"00000000>")
    data[padding] = ord("1")
    verdict = verify(bytes(data), PUBLIC_KEY)
    assert verdict.exit_status == 1
    assert any("di luar isinya" in check.said for check in verdict.checks)


def test_what_no_signature_covers_agrees_with_what_one_covers() -> None:
    """Every bit of lengths, versions and the list of digest algorithms."""
    data = signed()
    start = data.rindex(b"/Contents <") + len(b"/Contents <")
    cms = bytes.fromhex(data[start : data.index(b">", start)].decode())
    listed = b"\x31\x0f\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00"
    end = cms.index(listed) + len(listed)
    assert end < 60
    assert consistent(cms)
    for at in range(8 * end):
        spoiled = bytearray(cms)
        spoiled[at // 8] ^= 1 << at % 8
        assert not consistent(bytes(spoiled)), at
    hidden = cms.replace(listed, listed[:-3] + b"\x02" + listed[-2:], 1).hex().encode()
    verdict = verify(data[:start] + hidden + data[start + len(hidden) :], PUBLIC_KEY)
    assert verdict.exit_status == 1


def test_another_name_in_the_certificate_is_seen() -> None:
    name, other = (said.hex().upper().encode() for said in (b"Dewi Contoh", b"Dewa Contoh"))
    data = signed()
    assert name in data
    verdict = verify(data.replace(name, other), PUBLIC_KEY)
    assert verdict.exit_status == 1
    assert [check.key for check in verdict.checks if check.holds is False] == ["tambahan"]


class _Twice:
    def sign(self, pdf: bytes, order: Order) -> bytes:
        return holder().sign(holder().sign(pdf, order), SECOND)


class _Changes:
    def sign(self, pdf: bytes, order: Order) -> bytes:
        assert order is ORDER
        writer, out = IncrementalPdfFileWriter(io.BytesIO(pdf)), io.BytesIO()
        writer.root["/Lang"] = writer.root["/Lang"]
        writer.update_root()  # type: ignore[no-untyped-call]  # pyHanko's
        writer.write(out)  # type: ignore[no-untyped-call]  # pyHanko's
        return out.getvalue()


@pytest.mark.parametrize("signer", [_Twice(), _Changes()])
def test_what_a_signer_may_not_add(signer: _Twice | _Changes) -> None:
    with pytest.raises(DomainError, match="tidak disimpan"):
        sign(issued(), signer, ORDER)


def test_a_signed_file_on_the_command_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report, trust = tmp_path / "dpt.pdf", tmp_path / "ca.pem"
    report.write_bytes(signed())
    trust.write_bytes(root())
    key = PUBLIC_KEY.hex()
    assert main(["verify", str(report), "--key", key, "--trust", str(trust)]) == 0
    said = capsys.readouterr()
    assert "Dewi Contoh" in said.out
    assert said.err == ""
    trust.write_bytes(root("CA Lain"))
    assert main(["verify", str(report), "--trust", str(trust)]) == 1
    trust.write_bytes(b"no certificate")
    assert main(["verify", str(report), "--trust", str(trust)]) == 2
    trust.write_bytes(b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    assert main(["verify", str(report), "--trust", str(trust)]) == 2
