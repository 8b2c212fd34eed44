"""The month that benchmarks/page.py asks for: hard lines of several cards, nothing decided yet."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any, Final

from sqlalchemy.orm import Session

from benchmarks import match_cases
from kkpd.core.db.engine import create_engine
from kkpd.core.db.schema import upgrade
from kkpd.core.db.session import EVERY_OPD, writing
from kkpd.core.money import Rupiah
from kkpd.engines.matching import kunci_teks
from kkpd.models import AturanCocok, BarisBank, Berkas, BerkasTagihan, Kartu, Tagihan, Transaksi
from tests.cast import DINKES, MULAI, ORANG
from tests.services import belanja_dunia
from tests.services.belanja_dunia import ATK, NOW, PAD, SUB

BULAN: Final = (2026, 10)
_BENIH: Final = 61_001
_KARTU: Final = 8


def bulan(folder: Path, banyak: int, aturan: int) -> None:
    """A database in `folder` whose October has so many open lines, their purchases, and rules."""
    folder.mkdir(parents=True)
    engine = create_engine(f"sqlite:///{folder / 'kkpd.sqlite3'}")
    upgrade(engine)
    belanja_dunia.fill(engine)
    kasus = match_cases.buat(banyak * 16, banyak * 16 // _KARTU, _BENIH)
    with writing(engine, EVERY_OPD) as session:
        kartu = _kartu(session, sorted({baris[1] for baris in kasus.baris}))
        teks = _baris(session, kasus, kartu, banyak)
        _belanja(session, kasus, kartu, banyak)
        _aturan(session, teks, aturan)
    engine.dispose()


def _oktober(hari: str) -> bool:
    return hari.startswith(f"{BULAN[0]}-{BULAN[1]:02d}")


def _kartu(session: Session, nomor: list[str]) -> dict[str, Kartu]:
    rows = {
        panjang: Kartu(
            opd_id=DINKES,
            jenis="barang",
            nomor_akhir=f"{2000 + ke}",
            token=f"bench-{ke}",
            bank="Bank Sumut",
            pemegang_id=ORANG["ani"],
            status="aktif",
        )
        for ke, panjang in enumerate(nomor)
    }
    session.add_all(rows.values())
    session.flush()
    return rows


def _baris(
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
        tahun=BULAN[0],
        bulan=BULAN[1],
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
            tahun=BULAN[0],
            bulan=BULAN[1],
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
            [satu for satu in sorted(kasus.baris) if _oktober(satu[2])][:banyak]
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
            tahun=BULAN[0],
            bulan=BULAN[1],
            kartu_id=kartu[nomor].id,
            pemegang_id=ORANG["ani"],
            pemakai_id=ORANG["ani"],
            perekam_id=ORANG["citra"],
            tanggal=date.fromisoformat(hari),
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
        for ke, (_, _, nomor, hari, nilai, merchant) in enumerate(
            [satu for satu in sorted(kasus.belanja) if _oktober(satu[3])][:banyak]
        )
    )


def _aturan(session: Session, teks: list[tuple[int, str]], banyak: int) -> None:
    """Half the rules speak of the month's lines, half of texts that it has not."""
    tempat = {(kartu, kunci): satu for kartu, satu in teks if (kunci := kunci_teks(satu))}
    pilihan = dict(list(tempat.items())[: banyak // 2])
    lain = [kartu for kartu, _ in teks]
    for ke in range(banyak - len(pilihan)):
        satu = f"TOKO LAIN NOMOR {ke}"
        pilihan[lain[ke % len(lain)], kunci_teks(satu)] = satu
    session.add_all(
        AturanCocok(
            opd_id=DINKES,
            kartu_id=kartu,
            kunci=kunci,
            teks=satu,
            penerima=satu.title(),
            sub_kegiatan=SUB,
            rekening=ATK,
            at=MULAI,
            oleh_id=ORANG["citra"],
        )
        for (kartu, kunci), satu in pilihan.items()
    )
