"""The month that benchmarks/page.py asks for: hard lines of several cards, nothing decided yet."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any, Final

from sqlalchemy.orm import Session

from benchmarks import match_cases
from kkpd.core.db import facts
from kkpd.core.db.engine import create_engine
from kkpd.core.db.session import EVERY_OPD, writing
from kkpd.core.money import Rupiah
from kkpd.engines.matching import text_key
from kkpd.models import AturanCocok, BarisBank, Berkas, BerkasTagihan, Kartu, Tagihan, Transaksi
from tests.cast import DINKES, FIRST_DAY, ORANG
from tests.databases import prepared
from tests.worlds import office as belanja_dunia
from tests.worlds.office import ATK, NOW, PAD, SUB

MONTHS: Final = (2026, 10)
_BENIH: Final = 61_001
_KARTU: Final = 8


def bulan(folder: Path, banyak: int, aturan: int) -> None:
    """A database in `folder` whose October has so many open lines, their purchases, and rules."""
    folder.mkdir(parents=True)
    url = f"sqlite:///{folder / 'kkpd.sqlite3'}"
    prepared(url, belanja_dunia.fill)
    engine = create_engine(url)
    kasus = match_cases.build(banyak * 16, banyak * 16 // _KARTU, _BENIH)
    with writing(engine, EVERY_OPD) as session:
        kartu = _kartu(session, sorted({baris[1] for baris in kasus.baris}))
        teks = _row(session, kasus, kartu, banyak)
        _belanja(session, kasus, kartu, banyak)
        _rule_rows(session, teks, aturan)
        session.flush()
        facts.carried(session)
    engine.dispose()


def _oktober(day: str) -> bool:
    return day.startswith(f"{MONTHS[0]}-{MONTHS[1]:02d}")


def _kartu(session: Session, nomor: list[str]) -> dict[str, Kartu]:
    rows = {
        long: Kartu(
            opd_id=DINKES,
            jenis="barang",
            nomor_akhir=f"{2000 + ke}",
            token=f"bench-{ke}",
            bank="Bank Sumut",
            pemegang_id=ORANG["ani"],
            status="aktif",
        )
        for ke, long in enumerate(nomor)
    }
    session.add_all(rows.values())
    session.flush()
    return rows


def _row(
    session: Session, kasus: match_cases.Kasus, kartu: dict[str, Kartu], banyak: int
) -> list[tuple[int, str]]:
    """The month's lines; their (card, text)."""
    umum: dict[str, Any] = {"opd_id": DINKES, "at": NOW, "oleh_id": ORANG["citra"]}
    berkas = Berkas(
        jenis="bank", sha256="ab" * 32, ukuran=1, media="text/csv", nama="okt.csv", **umum
    )
    session.add(berkas)
    session.flush()
    bill = Tagihan(
        tahun=MONTHS[0],
        bulan=MONTHS[1],
        jenis="final",
        identitas="cd" * 32,
        berkas_id=berkas.id,
        **umum,
    )
    session.add(bill)
    session.flush()
    session.add(BerkasTagihan(opd_id=DINKES, tagihan_id=bill.id, berkas_id=berkas.id))
    session.flush()
    rows = [
        BarisBank(
            opd_id=DINKES,
            tahun=MONTHS[0],
            bulan=MONTHS[1],
            tagihan_id=bill.id,
            kunci_dasar=f"{ke:064x}",
            kejadian=1,
            jenis="refund" if nilai < 0 else "belanja",
            nilai=Rupiah.of(nilai),
            keterangan=merchant,
            merchant=merchant,
            berkas_id=berkas.id,
            baris=ke + 2,
            tanggal_transaksi=date.fromisoformat(transaksi) if transaksi else None,
            tanggal_posting=date.fromisoformat(posting),
            kartu_akhir=kartu[nomor].nomor_akhir,
            kartu_id=kartu[nomor].id,
        )
        for ke, (_, nomor, posting, transaksi, nilai, merchant) in enumerate(
            [one_item for one_item in sorted(kasus.baris) if _oktober(one_item[2])][:banyak]
        )
    ]
    assert len(rows) == banyak, "the year gives too few lines for the month"
    session.add_all(rows)
    session.flush()
    return [(row.kartu_id or 0, row.merchant) for row in rows]


def _belanja(
    session: Session, kasus: match_cases.Kasus, kartu: dict[str, Kartu], banyak: int
) -> None:
    session.add_all(
        Transaksi(
            opd_id=DINKES,
            tahun=MONTHS[0],
            bulan=MONTHS[1],
            kartu_id=kartu[nomor].id,
            pemegang_id=ORANG["ani"],
            pemakai_id=ORANG["ani"],
            perekam_id=ORANG["citra"],
            tanggal=date.fromisoformat(day),
            merchant=merchant,
            uraian="Belanja kantor",
            sub_kegiatan=SUB,
            rekening=ATK,
            sumber_dana=PAD,
            nilai=Rupiah.of(nilai),
            kanal="lain",
            dicatat_at=NOW,
            kunci_kirim=f"bench-{ke}",
            kelas="operasi",
        )
        for ke, (_, _, nomor, day, nilai, merchant) in enumerate(
            [one_item for one_item in sorted(kasus.belanja) if _oktober(one_item[3])][:banyak]
        )
    )


def _rule_rows(session: Session, teks: list[tuple[int, str]], banyak: int) -> None:
    """Half the rules speak of the month's lines, half of texts that it has not."""
    tempat = {(kartu, kunci): one_item for kartu, one_item in teks if (kunci := text_key(one_item))}
    options = dict(list(tempat.items())[: banyak // 2])
    lain = [kartu for kartu, _ in teks]
    for ke in range(banyak - len(options)):
        one_item = f"TOKO LAIN NOMOR {ke}"
        options[lain[ke % len(lain)], text_key(one_item)] = one_item
    session.add_all(
        AturanCocok(
            opd_id=DINKES,
            kartu_id=kartu,
            kunci=kunci,
            teks=one_item,
            penerima=one_item.title(),
            sub_kegiatan=SUB,
            rekening=ATK,
            at=FIRST_DAY,
            oleh_id=ORANG["citra"],
        )
        for (kartu, kunci), one_item in options.items()
    )
