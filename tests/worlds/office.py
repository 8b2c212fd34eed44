"""A small world for purchases: the cast, accounts, one DPA, ceilings and settings of 2026."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any, Final

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from kkpd.belanja.fields import RecordPurchase
from kkpd.core.db.session import EVERY_OPD, writing
from kkpd.core.money import Rupiah
from kkpd.models import (
    BarisBank,
    Berkas,
    BerkasTagihan,
    Cocok,
    Dpa,
    DpaBaris,
    Kartu,
    Program,
    Rekening,
    RencanaDana,
    RencanaDanaBaris,
    Setelan,
    SubKegiatan,
    Tagihan,
    Temuan,
    Transaksi,
)
from kkpd.pagu.ceilings.movements import Key, set_limit
from tests import cast
from tests.cast import DINKES, DISDIK, FIRST_DAY, KARTU_ANI, ORANG

NOW: Final = datetime(2026, 10, 20, 3, 0, tzinfo=UTC)
SUB: Final = "1.02.02.2.02.0010"
ATK: Final = "5.1.02.01.01.0024"
LAPTOP: Final = "5.2.02.10.01.0002"
DINAS: Final = "5.1.02.04.01.0001"
GAJI: Final = "5.1.01.01.01.0001"
PAD: Final = "PAD"
#: Ani's second card, for travel.
KARTU_DINAS: Final = 3

_AKUN: Final = {
    ATK: "Belanja Alat/Bahan untuk Kegiatan Kantor-Alat Tulis Kantor",
    LAPTOP: "Belanja Modal Personal Computer",
    DINAS: "Belanja Perjalanan Dinas Biasa",
    GAJI: "Belanja Gaji Pokok PNS",
    "5.1.02.01.01.0026": "Belanja Alat/Bahan untuk Kegiatan Kantor- Bahan Cetak",
}
_PAGU: Final = {ATK: 10_000_000, LAPTOP: 50_000_000, DINAS: 20_000_000}


def fill(engine: Engine) -> None:
    """The world in an empty database."""
    with writing(engine, EVERY_OPD) as session:
        enter(session)


def enter(session: Session) -> None:
    """The same in the caller's transaction."""
    enter_tanpa_spd(session)
    beri_spd(session)


def fill_tanpa_spd(engine: Engine) -> None:
    """The world before its SPD."""
    with writing(engine, EVERY_OPD) as session:
        enter_tanpa_spd(session)


def enter_tanpa_spd(session: Session) -> None:
    """The same in the caller's transaction."""
    cast.enter(session)
    for kode, nama in _AKUN.items():
        session.add(Rekening(tahun=2026, kode=kode, nama=nama))
    session.add(SubKegiatan(tahun=2026, kode=SUB, nama="Pengelolaan Pelayanan Kesehatan TB"))
    session.add(
        Kartu(
            opd_id=DINKES,
            jenis="perjalanan",
            nomor_akhir="9004",
            token="kartu-9004",
            bank="Bank Sumut",
            pemegang_id=ORANG["ani"],
            status="aktif",
        )
    )
    session.add(Program(opd_id=DINKES, nama="Patogen", dimensi="smart living"))
    session.add(Program(opd_id=DISDIK, nama="Kas Anak Kasir", dimensi="smart society"))
    _budget(session)
    setelan(session, "batas_kapitalisasi", "1.000.000")
    session.flush()


def _budget(session: Session) -> None:
    dpa = Dpa(
        opd_id=DINKES,
        tahun=2026,
        urut=1,
        versi="murni",
        nomor="DPA/1/2026",
        tanggal=date(2026, 1, 2),
    )
    session.add(dpa)
    session.flush()
    for kode, rupiah in _PAGU.items():
        pagu = Rupiah.of(rupiah)
        session.add(
            DpaBaris(
                dpa_id=dpa.id,
                opd_id=DINKES,
                tahun=2026,
                sub_kegiatan=SUB,
                rekening=kode,
                sumber_dana=PAD,
                pagu=pagu,
            )
        )
        set_limit(session, Key(DINKES, 2026, "dpa", f"{SUB}|{kode}|{PAD}"), pagu)
    set_limit(session, Key(DINKES, 2026, "up_kkpd", "UP"), Rupiah.of(40_000_000))
    set_limit(session, Key(DINKES, 2026, "kartu", "kartu-4821"), Rupiah.of(30_000_000))


def beri_spd(session: Session) -> None:
    """One SPD that provides the whole year's budget."""
    spd = RencanaDana(
        opd_id=DINKES,
        tahun=2026,
        jenis="spd",
        urut=1,
        nomor="SPD/1/2026",
        tanggal=date(2026, 1, 5),
        dicatat_at=FIRST_DAY,
        oleh_id=ORANG["joko"],
    )
    session.add(spd)
    session.flush()
    session.add_all(
        RencanaDanaBaris(
            rencana_id=spd.id,
            opd_id=DINKES,
            tahun=2026,
            bulan=1,
            sub_kegiatan=SUB,
            rekening=kode,
            nilai=Rupiah.of(rupiah),
        )
        for kode, rupiah in _PAGU.items()
    )
    session.flush()


def setelan(session: Session, kunci: str, nilai: str) -> None:
    """One setting for everybody from the year's first day on."""
    session.add(
        Setelan(
            kunci=kunci,
            nilai=nilai,
            mulai=date(2026, 1, 1),
            dasar_hukum="Perbup 1/2026",
            dicatat_at=FIRST_DAY,
        )
    )
    session.flush()


_BASIS: Final = RecordPurchase(
    opd_id=DINKES,
    kartu_id=KARTU_ANI,
    tanggal=date(2026, 10, 14),
    merchant="Toko Sumber Rejeki",
    uraian="Kertas HVS dan pulpen",
    sub_kegiatan=SUB,
    rekening=ATK,
    nilai=Rupiah.of(750_000),
    kunci_kirim="formulir-1",
)


def belanja(**changes: Any) -> RecordPurchase:
    """A good purchase of paper with some fields changed; `rupiah=` sets the amount."""
    if "rupiah" in changes:
        changes["nilai"] = Rupiah.of(changes.pop("rupiah"))
    return replace(_BASIS, **changes)


def aturan(session: Session, transaksi_id: int, *, terbuka: bool = True) -> set[str]:
    """The rules of the findings about a purchase."""
    rows = session.query(Temuan).filter(Temuan.subjek == f"transaksi:{transaksi_id}")
    return {row.aturan for row in rows if (row.selesai_at is None) == terbuka}


def foto(media: str = "JPEG", size: tuple[int, int] = (40, 30), shade: int = 120) -> bytes:
    """The bytes of a small real picture."""
    from PIL import Image

    out = BytesIO()
    Image.new("RGB", size, (shade, 90, 60)).save(out, media)
    return out.getvalue()


def pdf(*lines: str) -> bytes:
    """The bytes of a one-page PDF with these lines of text."""
    from reportlab.pdfgen.canvas import Canvas

    out = BytesIO()
    canvas = Canvas(out, invariant=1)
    for at, line in enumerate(lines):
        canvas.drawString(72, 760 - 20 * at, line)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def pasangkan(session: Session, row: Transaksi) -> Cocok:
    """A bank line of the same amount, and a live pair with the purchase."""
    baris = _baris_bank(session, row)
    cocok = Cocok(
        opd_id=row.opd_id,
        baris_bank_id=baris.id,
        transaksi_id=row.id,
        nilai=row.nilai,
        jenis="satu",
        status="dipilih",
        peluang=9900,
        alasan=[],
        at=NOW,
        oleh_id=ORANG["citra"],
    )
    session.add(cocok)
    session.flush()
    return cocok


def _baris_bank(session: Session, row: Transaksi) -> BarisBank:
    tagihan = _tagihan(session, row)
    brought(session, tagihan)
    baris = BarisBank(
        opd_id=row.opd_id,
        tahun=row.tahun,
        bulan=row.bulan,
        tagihan_id=tagihan.id,
        kunci_dasar=f"{row.id:064x}",
        kejadian=1,
        jenis="belanja",
        nilai=row.nilai,
        keterangan="SUMBER REJEKI MEDAN ID",
        merchant="SUMBER REJEKI MEDAN ID",
        berkas_id=tagihan.berkas_id,
        baris=7,
        tanggal_transaksi=row.tanggal,
    )
    session.add(baris)
    session.flush()
    return baris


def brought(session: Session, tagihan: Tagihan) -> None:
    """The bill's own file may bring lines of it."""
    key = (tagihan.opd_id, tagihan.id, tagihan.berkas_id)
    if session.get(BerkasTagihan, key) is None:
        session.add(BerkasTagihan(opd_id=key[0], tagihan_id=key[1], berkas_id=key[2]))
        session.flush()


def _tagihan(session: Session, row: Transaksi) -> Tagihan:
    berkas = Berkas(
        opd_id=row.opd_id,
        jenis="bank",
        sha256=f"{row.id:064x}",
        ukuran=1,
        media="text/csv",
        nama="tagihan-okt.csv",
        at=NOW,
        oleh_id=ORANG["citra"],
    )
    session.add(berkas)
    session.flush()
    tagihan = Tagihan(
        opd_id=row.opd_id,
        tahun=row.tahun,
        bulan=row.bulan,
        jenis="final",
        identitas=f"{row.id:064x}",
        berkas_id=berkas.id,
        at=NOW,
        oleh_id=ORANG["citra"],
    )
    session.add(tagihan)
    session.flush()
    return tagihan
