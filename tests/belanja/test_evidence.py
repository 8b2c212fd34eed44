"""Evidence: judged by its content, kept whole, told when it comes twice, withdrawn but kept."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from sqlalchemy.orm import Session

from kkpd.belanja.evidence import (
    AttachEvidence,
    check,
    not_withdrawn,
    safe_name,
    withdraw,
)
from kkpd.belanja.evidence import (
    attach as attach_belanja,
)
from kkpd.belanja.evidence_content import card_in
from kkpd.belanja.verbs import record
from kkpd.core.errors import Conflict, DomainError, Forbidden, NotFound, TooLarge, Unreadable
from kkpd.models import Berkas, Bukti, Kartu, Transaksi
from kkpd.records import transitions
from kkpd.records.custody import Store
from tests.cast import ACTORS, ORANG
from tests.databases import Fill
from tests.worlds import office as worlds
from tests.worlds.office import NOW

CITRA, ANI = ACTORS["citra"], ACTORS["ani"]
MIB = 1024 * 1024
KARTU = "4539 1488 0343 6467"

pytestmark = pytest.mark.usefixtures("opened_here")


@pytest.fixture(scope="module")
def database_fill() -> Fill:
    """Every database here begins with the small world."""
    return worlds.fill


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Where this test keeps its bytes."""
    return Store(tmp_path)


@pytest.fixture
def row(session: Session) -> Transaksi:
    """A purchase without evidence."""
    return record(session, CITRA, worlds.belanja(), NOW)


def name_for(data: bytes) -> str:
    """A name whose ending agrees with the content."""
    return "nota.pdf" if data.startswith(b"%PDF") else "nota.jpg"


def attach(session: Session, store: Store, row: Transaksi, data: bytes, nama: str = "") -> Bukti:
    """The treasurer attaches these bytes."""
    sent = AttachEvidence(row.id, nama or name_for(data), data)
    return attach_belanja(session, CITRA, store, sent, max_bytes=10 * MIB, now=NOW)


@pytest.mark.parametrize(
    ("data", "media"),
    [
        (worlds.foto("JPEG"), "image/jpeg"),
        (worlds.foto("PNG"), "image/png"),
        (worlds.pdf("Nota 12", "Rp 750.000"), "application/pdf"),
    ],
)
def test_real_evidence_makes_the_line_berbukti(
    session: Session, store: Store, row: Transaksi, data: bytes, media: str
) -> None:
    bukti = attach(session, store, row, data, f"C:\\foto\\{name_for(data)}")
    kept = session.get_one(Berkas, bukti.berkas_id)
    assert (kept.media, kept.nama, row.status, row.versi) == (media, name_for(data), "berbukti", 2)
    assert store.get(kept.sha256) == data
    attach(session, store, row, worlds.foto(shade=3), "b.jpg")
    assert len(not_withdrawn(session, row.id)) == 2


def bomb() -> bytes:
    """A PNG of a few bytes that claims 50,000 x 50,000 dots."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    head = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def locked_pdf() -> bytes:
    """A PDF that asks for a password."""
    out = BytesIO()
    with pikepdf.open(BytesIO(worlds.pdf("rahasia"))) as pdf:
        pdf.save(out, encryption=pikepdf.Encryption(owner="a", user="b"))
    return out.getvalue()


def long_pdf() -> bytes:
    """A PDF of 201 pages."""
    out = BytesIO()
    with pikepdf.new() as pdf:
        for _ in range(201):
            pdf.add_blank_page()
        pdf.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "error", "words"),
    [
        (b"", Unreadable, "kosong"),
        (b"x" * (10 * MIB + 1), TooLarge, "lebih besar dari 10 MB"),
        (b"GIF89a\x01\x00\x01\x00\x00\x00\x00;", Unreadable, "bukan foto atau PDF"),
        (b"halo, ini teks", Unreadable, "bukan foto atau PDF"),
        (b"PK\x03\x04" + b"\0" * 60, Unreadable, "bukan foto atau PDF"),
        (worlds.foto()[:300], Unreadable, "rusak"),
        (worlds.foto("PNG")[:60], Unreadable, "rusak"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 40, Unreadable, "rusak"),
        (b"%PDF-1.7\nbukan pdf", Unreadable, "rusak"),
        (bomb(), TooLarge, "terlalu besar untuk dibuka"),
        (locked_pdf(), Unreadable, "terkunci sandi"),
        (long_pdf(), Unreadable, "201 halaman"),
        (worlds.pdf("Bayar dengan kartu", KARTU), Unreadable, "nomor kartu utuh pada halaman 1"),
    ],
)
def test_what_is_no_evidence_gets_a_sentence(
    session: Session,
    store: Store,
    row: Transaksi,
    data: bytes,
    error: type[DomainError],
    words: str,
) -> None:
    with pytest.raises(error, match=words):
        attach(session, store, row, data)
    assert (row.status, not_withdrawn(session, row.id)) == ("tercatat", [])
    assert not list(store.root.rglob("*.*"))


def test_a_gigantic_header_is_refused_by_the_parser_too() -> None:
    data = bomb().replace(struct.pack(">II", 50_000, 50_000), struct.pack(">II", 1 << 30, 1 << 30))
    with pytest.raises((TooLarge, Unreadable)):
        check(data, "a.png", MIB)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (KARTU, True),
        ("kartu 4539-1488-0343-6467 a.n. Ani", True),
        ("NPWP 4539148803436467", False),
        ("NIP. 4539148803436467", False),
        ("No. Rekening: 4539148803436467", True),
        ("4539148803436468", False),
        ("9539148803436467", False),
        ("45391488034364671", False),
        ("Rp 4.539.148.803.436", False),
    ],
)
def test_which_numbers_are_card_numbers(text: str, found: bool) -> None:
    assert card_in(text) is found


def test_a_card_number_in_the_name_is_masked() -> None:
    assert safe_name(f"/sdcard/{KARTU}.jpg") == "****6467.jpg"
    assert safe_name("../\x00") == "bukti"


def test_the_same_bytes_on_the_same_line_are_told(
    session: Session, store: Store, row: Transaksi
) -> None:
    attach(session, store, row, worlds.foto())
    with pytest.raises(Conflict, match="sudah dilampirkan"):
        attach(session, store, row, worlds.foto(), "lain.jpg")


def test_the_same_bytes_on_another_line_are_a_finding(
    session: Session, store: Store, row: Transaksi
) -> None:
    other = record(session, CITRA, worlds.belanja(kunci_kirim="2", rupiah=10_000), NOW)
    attach(session, store, row, worlds.foto())
    attach(session, store, other, worlds.foto())
    assert worlds.aturan(session, other.id) == {"bukti_ganda"}
    assert worlds.aturan(session, row.id) == set()


def test_lines_of_one_receipt_share_it_silently(session: Session, store: Store) -> None:
    lines = [
        record(session, CITRA, worlds.belanja(kunci_kirim=key, nota="N1", rupiah=amount), NOW)
        for key, amount in (("a", 1000), ("b", 2000))
    ]
    for line in lines:
        attach(session, store, line, worlds.foto())
        assert worlds.aturan(session, line.id) == set()


def test_the_last_withdrawn_file_takes_the_line_back(
    session: Session, store: Store, row: Transaksi
) -> None:
    first = attach(session, store, row, worlds.foto())
    second = attach(session, store, row, worlds.foto(shade=9))
    with pytest.raises(DomainError, match="5 huruf"):
        withdraw(session, CITRA, first.id, "x", NOW)
    withdraw(session, CITRA, first.id, "foto toko lain", NOW)
    assert row.status == "berbukti"
    withdraw(session, CITRA, second.id, "foto toko lain", NOW)
    assert row.status == "tercatat"
    with pytest.raises(Conflict, match="sudah dicabut"):
        withdraw(session, CITRA, second.id, "foto toko lain", NOW)
    attach(session, store, row, worlds.foto())
    assert row.status == "berbukti"


def test_who_may(session: Session, store: Store, row: Transaksi) -> None:
    sent = AttachEvidence(row.id, "a.jpg", worlds.foto())
    for entry, error in (("eko", NotFound), ("dewi", NotFound), ("gilang", NotFound)):
        with pytest.raises(error):
            attach_belanja(session, ACTORS[entry], store, sent, max_bytes=MIB, now=NOW)
    mine = attach_belanja(session, ANI, store, sent, max_bytes=MIB, now=NOW)
    assert mine.oleh_id == ORANG["ani"]
    with pytest.raises(NotFound):
        withdraw(session, CITRA, 999, "tidak ada", NOW)
    session.get_one(Kartu, 1)
    row.pemegang_id = row.pemakai_id = ORANG["dewi"]
    session.flush()
    with pytest.raises(Forbidden):
        attach_belanja(session, ACTORS["dewi"], store, sent, max_bytes=MIB, now=NOW)


def test_states(session: Session, store: Store, row: Transaksi) -> None:
    bukti = attach(session, store, row, worlds.foto())
    sent = AttachEvidence(row.id, "a.jpg", worlds.foto(), "surat")
    with pytest.raises(DomainError, match="jenis"):
        attach_belanja(session, CITRA, store, sent, max_bytes=MIB, now=NOW)
    transitions.advance(session, CITRA, row, "ajukan", now=NOW)
    attach(session, store, row, worlds.foto(shade=1))
    with pytest.raises(Conflict, match="diajukan"):
        withdraw(session, CITRA, bukti.id, "foto toko lain", NOW)
    row.status = "dpt"
    session.flush()
    with pytest.raises(Conflict, match="dpt"):
        attach(session, store, row, worlds.foto(shade=2))


def _photo_that_says(kind: str) -> bytes:
    from PIL import Image
    from PIL.PngImagePlugin import PngInfo

    out, image = BytesIO(), Image.new("RGB", (20, 20))
    if kind == "exif":
        exif = Image.Exif()
        exif[0x010E] = f"kartu {KARTU}"
        image.save(out, "JPEG", exif=exif)
    elif kind == "chunk":
        told = PngInfo()
        told.add_text("Comment", KARTU, zip=True)
        image.save(out, "PNG", pnginfo=told)
    else:
        image.save(out, "PNG")
        out.write(KARTU.encode())
    return out.getvalue()


@pytest.mark.parametrize("kind", ["exif", "chunk", "after"])
def test_a_photo_that_says_a_card_number_is_refused(kind: str) -> None:
    with pytest.raises(Unreadable, match="nomor kartu utuh"):
        check(_photo_that_says(kind), "nota.png", MIB)


def test_a_pdf_whose_title_is_a_card_number_is_refused() -> None:
    out = BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.docinfo["/Title"] = KARTU
        pdf.save(out)
    with pytest.raises(Unreadable, match="nomor kartu utuh"):
        check(out.getvalue(), "nota.pdf", MIB)
