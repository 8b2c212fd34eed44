"""What `kkpd verify` finds: every way we know of to change a report, and nothing else."""

from __future__ import annotations

import dataclasses
import io
import random
import struct
import zlib
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import get_args

import pikepdf
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pyhanko.pdf_utils.reader import PdfFileReader

from kkpd.core.money import Rupiah
from kkpd.core.proof import canonical
from kkpd.core.proof.canonical import Json
from kkpd.core.proof.events import Proof
from kkpd.core.proof.withdrawn import State, WithdrawnList, WithdrawnPaper
from kkpd.engines.paper import FrozenDocument, salvage
from kkpd.engines.paper import verify as verification
from kkpd.engines.paper.pdf import reader
from kkpd.engines.paper.pdf.reader import PdfPart
from kkpd.engines.paper.pdf.writer import HEADER
from kkpd.engines.paper.sheet import draw
from kkpd.engines.paper.sign import revisions
from kkpd.engines.paper.verdict import Verdict
from kkpd.engines.paper.verify import verify
from tests.reports.samples import AT, PUBLIC_KEY, SIGNER, a_dpr, a_dpt, issue

GOLDEN = Path(__file__).parent.parent / "golden" / "proof"
LATER = AT + timedelta(days=7)
PLAIN = b"/Filter/FlateDecode"


@cache
def issued(rows: int = 12) -> bytes:
    return draw(*issue(a_dpt(rows)))


def failing(verdict: Verdict) -> set[str]:
    return {check.key for check in verdict.checks if check.holds is False}


def same(part: PdfPart) -> bytes:
    return part.content


def rewritten(data: bytes, content: Callable[[PdfPart], bytes] = same, strategy: int = 0) -> bytes:
    """The file written again, well-formed, with other compression or other contents."""
    out, places = bytearray(HEADER), dict[int, int]()
    parts = reader.parse(data).parts
    for part in parts:
        places[part.number] = len(out)
        written = table(part.content, places) if part is parts[-1] else content(part)
        if b"FlateDecode" in part.entries:
            packer = zlib.compressobj(6, strategy=strategy)
            written = packer.compress(written) + packer.flush()
        out += b"%d 0 obj\n<<%s/Length %d>>\nstream\n" % (part.number, part.entries, len(written))
        out += written + b"\nendstream\nendobj\n"
    return bytes(out) + b"startxref\n%d\n%%%%EOF\n" % places[parts[-1].number]


def table(content: bytes, places: dict[int, int]) -> bytes:
    """The cross-references with true places."""
    row = struct.Struct(">BBIH")
    rows = [list(found) for found in row.iter_unpack(content)]
    for number, place in places.items():
        rows[number][1:3] = [0, place]
    return b"".join(row.pack(*found) for found in rows)


def with_attached(data: bytes, attached: bytes, other: bytes) -> bytes:
    """The file with one attached file exchanged."""
    return rewritten(data, lambda part: other if part.content == attached else part.content)


def test_an_issued_report_holds() -> None:
    verdict = verify(issued(), PUBLIC_KEY)
    assert verdict.exit_status == 0
    assert {check.key: check.holds for check in verdict.checks} == {
        "berlaku": None, **dict.fromkeys((
            "susunan", "data", "csv", "bukti", "peristiwa", "rantai", "titik_periksa",
            "tanda_tangan", "kunci", "gambar", "tambahan",
        ), True),
    }  # fmt: skip


def test_without_a_key_nobody_knows_who_issued_it() -> None:
    verdict = verify(issued())
    assert verdict.exit_status == 4
    assert verdict.holds, "that is said and is no failure"
    unknown = [check.key for check in verdict.checks if check.holds is None]
    assert unknown == ["kunci", "berlaku"]


def test_another_build_of_zlib_changes_nothing() -> None:
    other = rewritten(issued(), strategy=zlib.Z_FILTERED)
    assert other != issued()
    assert verify(other, PUBLIC_KEY).exit_status == 0


def test_another_log_key() -> None:
    other = Ed25519PrivateKey.generate()
    assert failing(verify(issued(), other.public_key().public_bytes_raw())) == {"kunci"}
    forged = draw(*issue(a_dpt(3), other))
    assert verify(forged).exit_status == 4, "only a key from elsewhere can tell"
    assert verify(forged, PUBLIC_KEY).exit_status == 1
    assert failing(verify(forged, PUBLIC_KEY)) == {"kunci"}


def test_a_draft_is_ours_and_not_issued() -> None:
    verdict = verify(draw(a_dpt(2)))
    assert verdict.exit_status == 1
    assert failing(verdict) == {"terbit"}


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7\n", b"hello", b"PK\x03\x04" * 99, bytes(5000)])
def test_what_is_not_ours(data: bytes) -> None:
    assert verify(data).exit_status == 2


def test_another_programs_pdf_is_not_ours() -> None:
    pdf, out = pikepdf.new(), io.BytesIO()
    pdf.add_blank_page()
    pdf.save(out)
    assert verify(out.getvalue()).exit_status == 2


def test_a_flipped_byte_is_found() -> None:
    """A sample over the whole file and all bytes at its ends: none is flipped unseen."""
    data = issued(1)
    seen = random.Random(1).sample(range(len(data)), 500)
    edges = [*range(60), *range(len(data) - 120, len(data))]
    for at in {*seen, *edges}:
        spoiled = bytearray(data)
        spoiled[at] ^= 1 << (at % 8)
        assert verify(bytes(spoiled), PUBLIC_KEY).exit_status in (1, 6), f"byte {at}"


def test_every_flipped_byte_of_the_data_is_found() -> None:
    data = issued(1)
    attached = reader.attachments(reader.parse(data))[0]
    for at in range(0, len(attached), 7):
        spoiled = bytearray(attached)
        spoiled[at] ^= 1
        verdict = verify(with_attached(data, attached, bytes(spoiled)), PUBLIC_KEY)
        assert verdict.exit_status == 1, f"byte {at}"


def changed(document: FrozenDocument, **changes: object) -> FrozenDocument:
    return dataclasses.replace(document, **changes)  # type: ignore[arg-type]  # a test's own fields


def test_other_data_under_an_old_proof() -> None:
    document, bukti = issue(a_dpt(3))
    forged = draw(changed(document, nomor="99/DPT/2026"), bukti)
    assert failing(verify(forged, PUBLIC_KEY)) == {"peristiwa"}


def test_the_page_of_one_document_over_the_data_of_another() -> None:
    """The data and proof are right; what a person sees is not."""
    honest, shown = issued(3), draw(changed(a_dpt(3), rancangan=False), issue(a_dpt(3))[1])
    assert honest == shown
    false = a_dpt(3)
    false = changed(false, judul="Daftar Pembayaran Tagihan KKPD - Bank Lain", rancangan=False)
    pages = iter(part.content for part in reader.parse(draw(false, issue(a_dpt(3))[1])).parts
                 if part.entries == PLAIN)  # fmt: skip
    forged = rewritten(honest, lambda p: next(pages) if p.entries == PLAIN else p.content)
    verdict = verify(forged, PUBLIC_KEY)
    assert failing(verdict) == {"gambar"}
    assert "isi halaman 1" in next(c.said for c in verdict.checks if c.key == "gambar")


@pytest.mark.parametrize("field", ["path", "head_path", "signature", "event", "checkpoint"])
def test_a_spoiled_proof(field: str) -> None:
    document, bukti = issue(a_dpt(2))
    spoiled: dict[str, Proof] = {
        "path": dataclasses.replace(bukti, path=(*bukti.path[:-1], bytes(32))),
        "head_path": dataclasses.replace(bukti, head_path=()),
        "signature": dataclasses.replace(bukti, signature=bytes(64)),
        "event": dataclasses.replace(bukti, event=bukti.event.replace(b'"dewi"', b'"budi"')),
        "checkpoint": dataclasses.replace(
            bukti, checkpoint=bukti.checkpoint.replace(b'"at":"2', b'"at":"1')
        ),
    }
    expected = {
        "path": {"rantai"},
        "head_path": {"titik_periksa"},
        "signature": {"tanda_tangan"},
        "event": {"rantai"},
        "checkpoint": {"tanda_tangan"},
    }
    assert failing(verify(draw(document, spoiled[field]), PUBLIC_KEY)) == expected[field]


def with_total(value: dict[str, Json], amount: str) -> Json:
    """The document's data with another total under its table."""
    parts = value["isi"]
    assert isinstance(parts, list)
    tables = [
        {**p, "jumlah": [amount]} if isinstance(p, dict) and "jumlah" in p else p for p in parts
    ]
    return {**value, "isi": tables}


def test_a_false_total_in_the_data() -> None:
    data = issued(3)
    attached = reader.attachments(reader.parse(data))[0]
    value = canonical.loads(attached)
    assert isinstance(value, dict)
    forged = canonical.dumps(with_total(value, "999999.00"))
    verdict = verify(with_attached(data, attached, forged))
    assert "data" in failing(verdict)
    assert any("total" in check.said for check in verdict.checks if check.key == "data")


def with_pikepdf(data: bytes, change: str) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        if change == "page":
            pdf.add_blank_page()
        elif change == "script":
            pdf.Root.OpenAction = pikepdf.Dictionary(
                S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)")
            )
        elif change == "note":
            note = pikepdf.Dictionary(
                Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.FreeText,
                Rect=pikepdf.Array([0, 0, 500, 500]),
                Contents=pikepdf.String("Rp 1"), DA=pikepdf.String("/Helv 12 Tf"),
            )  # fmt: skip
            pdf.pages[0].Annots = pikepdf.Array([pdf.make_indirect(note)])
        pdf.save(out)
    return out.getvalue()


def test_a_file_saved_again_has_its_data_and_another_shape() -> None:
    saved = with_pikepdf(issued(2), "nothing")
    assert verify(saved, PUBLIC_KEY).exit_status == 6
    assert failing(verify(saved, PUBLIC_KEY)) == {"susunan"}
    assert verify(saved).exit_status == 4, "without a key its data is not proven either"


@pytest.mark.parametrize("change", ["page", "script", "note"])
def test_a_file_saved_again_with_something_on_it_is_forged(change: str) -> None:
    verdict = verify(with_pikepdf(issued(2), change), PUBLIC_KEY)
    assert verdict.ours
    assert verdict.exit_status == 1
    assert failing(verdict) == {"susunan", "gambar"}


def text_mode(data: bytes) -> bytes:
    return data.replace(b"\n", b"\r\n")


def converted(data: bytes) -> bytes:
    return data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


@pytest.mark.parametrize("rows", [1, 2, 12])
@pytest.mark.parametrize(
    "sent", [text_mode, converted, lambda data: data + b"\n", lambda data: data + b"\r\n \r\n"]
)
def test_line_ends_changed_on_the_way_are_no_forgery(
    rows: int, sent: Callable[[bytes], bytes]
) -> None:
    verdict = verify(sent(issued(rows)), PUBLIC_KEY)
    assert verdict.exit_status == 6
    assert failing(verdict) == {"susunan"}
    assert "baris" in verdict.checks[0].said


@pytest.mark.parametrize("tail", [b"% remark\n", b"1 0 obj\n<<>>\nendobj\n", b"\x00" * 9])
def test_anything_behind_the_end_is_found(tail: bytes) -> None:
    assert failing(verify(issued(1) + tail, PUBLIC_KEY)) == {"tambahan"}


def revoked(*papers: WithdrawnPaper, at: datetime = LATER, by: Ed25519PrivateKey = SIGNER) -> bytes:
    return WithdrawnList(at, papers).signed(by.public_key().public_bytes_raw(), by.sign)


def of_the_paper(state: State) -> WithdrawnPaper:
    return WithdrawnPaper(verify(issued(1)).sidik, state, AT)


@pytest.mark.parametrize("state", get_args(State))
def test_a_paper_on_the_list_is_valid_and_no_longer_counts(state: State) -> None:
    verdict = verify(issued(1), PUBLIC_KEY, revoked=revoked(of_the_paper(state)))
    assert verdict.exit_status == 5
    said = next(check.said for check in verdict.checks if check.key == "berlaku")
    assert f"Surat ini {state} pada 2026-11-24T04:05:06" in said
    assert "menurut daftar per 2026-12-01" in said
    saved = with_pikepdf(issued(1), "nothing")
    assert verify(saved, PUBLIC_KEY, revoked=revoked(of_the_paper(state))).exit_status == 5


def test_a_paper_that_is_not_on_the_list_counts() -> None:
    other = WithdrawnPaper("ab" * 32, "dibatalkan", AT)
    verdict = verify(issued(1), PUBLIC_KEY, revoked=revoked(other))
    assert verdict.exit_status == 0
    assert all(check.holds for check in verdict.checks)
    older = verify(issued(1), PUBLIC_KEY, revoked=revoked(other, at=AT - timedelta(1)))
    assert older.exit_status == 0
    assert [check.key for check in older.checks if check.holds is None] == ["berlaku"]


@pytest.mark.parametrize("listed", [True, False])
def test_a_bent_or_foreign_list_never_says_valid_or_withdrawn(listed: bool) -> None:
    papers = (of_the_paper("dibatalkan"),) if listed else ()
    true, foreign = revoked(*papers), revoked(*papers, by=Ed25519PrivateKey.generate())
    for at in range(0, len(true), 3):
        bent = true[:at] + bytes([true[at] ^ 1]) + true[at + 1 :]
        assert verify(issued(1), PUBLIC_KEY, revoked=bent).exit_status == 4, f"byte {at}"
    for bent in (foreign, b"", b"[]", true[:-1], true + b"\n", b"[" * 99_999):
        assert verify(issued(1), PUBLIC_KEY, revoked=bent).exit_status == 4
    checkpoint = issue(a_dpt(1))[1]
    passed_off = canonical.dumps(
        {
            "v": 1,
            "text": checkpoint.checkpoint.decode(),
            "public_key": PUBLIC_KEY.hex(),
            "signature": checkpoint.signature.hex(),
        }
    )
    assert verify(issued(1), PUBLIC_KEY, revoked=passed_off).exit_status == 4
    assert verify(draw(*issue(a_dpt(1), SIGNER)), bytes(32), revoked=true).exit_status == 1


@pytest.mark.parametrize(("key", "status"), [(PUBLIC_KEY, 0), (None, 4), (bytes(31) + b"\1", 1)])
def test_a_paper_of_0_1_0_is_verified_for_ever(key: bytes | None, status: int) -> None:
    paper = (GOLDEN / "dpt_0_1_0.pdf").read_bytes()
    assert verify(paper, key).exit_status == status
    for at in range(5, len(paper), len(paper) // 40):
        bent = paper[:at] + bytes([paper[at] ^ 1]) + paper[at + 1 :]
        assert verify(bent, PUBLIC_KEY).exit_status in (1, 6)


def test_streams_that_unpack_to_too_much_together(monkeypatch: pytest.MonkeyPatch) -> None:
    data = issued(1)
    sizes = [len(part.content) for part in reader.parse(data).parts]
    monkeypatch.setattr(reader, "MAX_UNPACKED", sum(sizes))
    assert verify(data, PUBLIC_KEY).exit_status == 0
    monkeypatch.setattr(reader, "MAX_UNPACKED", sum(sizes) - 1)
    assert max(sizes) < sum(sizes) - 1, "each would fit on its own"
    assert failing(verify(data, PUBLIC_KEY)) == {"susunan"}


def test_an_attachment_of_another_file_that_unpacks_to_too_much(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = with_pikepdf(issued(1), "nothing")
    assert len(salvage.salvaged(data)) == 3
    monkeypatch.setattr(salvage, "MAX_UNPACKED", 1000)
    assert salvage.salvaged(data) == []
    verdict = verify(data, PUBLIC_KEY)
    assert verdict.exit_status == 1
    assert {"susunan", "data"} <= failing(verdict)


def test_a_long_tail_is_named_and_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """A parser searched 200 MB of zeros behind a report for minutes."""
    monkeypatch.setattr(PdfFileReader, "__init__", lambda *_, **__: pytest.fail("was read"))
    for module in (revisions, verification):
        monkeypatch.setattr(module, "MOST_ADDED", 100)
    for tail in (bytes(99), b"/ByteRange" + bytes(91)):
        verdict = verify(issued(1) + tail, PUBLIC_KEY)
        said = next(check.said for check in verdict.checks if check.key == "tambahan")
        assert f"{len(tail)} bita di belakang akhir berkas" in said


def test_half_a_file_is_ours_and_broken() -> None:
    data = issued(60)
    verdict = verify(data[: len(data) * 9 // 10])
    assert verdict.exit_status == 1
    assert "susunan" in failing(verdict)


def test_the_totals_of_another_form_cannot_be_passed_off() -> None:
    document, bukti = issue(a_dpr(2))
    assert verify(draw(document, bukti), PUBLIC_KEY).exit_status == 0
    assert Rupiah.of(0) == Rupiah(0)
    other = changed(document, formulir="dpt")
    assert failing(verify(draw(other, bukti), PUBLIC_KEY)) == {"peristiwa"}
