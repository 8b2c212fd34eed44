"""The card: its kind (Art. 18), its state on the day, the first use."""

from __future__ import annotations

from kkpd.belanja.checks.facts import Fakta, temuan
from kkpd.core.errors import Finding
from kkpd.core.indonesian_dates import pendek
from kkpd.core.money import NOL

_PERJALANAN = "5.1.02.04"
#: Vehicle hire, which a travel card may pay too (Art. 18 (4)): *Belanja Sewa Kendaraan ...*.
_SEWA_KENDARAAN = tuple(f"5.1.02.02.04.{nomor:04d}" for nomor in range(35, 44))


def untuk_perjalanan(rekening: str) -> bool:
    """Whether a travel card may pay this account (Art. 18 (4)): travel, or hire of a vehicle."""
    return rekening.startswith(_PERJALANAN) or rekening in _SEWA_KENDARAAN


def salah_jenis(jenis_kartu: str, rekening: str) -> tuple[str, str] | None:
    """(sentence, source) when a card of this kind may not pay this account (Art. 18)."""
    if jenis_kartu == "perjalanan":
        if untuk_perjalanan(rekening):
            return None
        return (
            "Kartu perjalanan dinas dipakai untuk selain angkutan, penginapan dan sewa kendaraan. "
            "Bebankan pada UP Tunai, atau pemegang membayar sendiri.",
            "Permendagri 79/2022 Pasal 18 ayat (4)",
        )
    if not rekening.startswith(_PERJALANAN):
        return None
    return (
        "Kartu barang/jasa/modal dipakai untuk perjalanan dinas. "
        "Bebankan pada UP Tunai, atau pemegang membayar sendiri.",
        "Permendagri 79/2022 Pasal 18 ayat (1)",
    )


def jenis(fakta: Fakta) -> Finding | None:
    """A travel card pays transport, lodging and vehicle hire only; a goods card pays the rest."""
    said = salah_jenis(fakta.jenis_kartu, fakta.rekening)
    if said is None:
        return None
    return temuan(
        "kartu_salah",
        "salah",
        said[0],
        said[1],
        kartu=fakta.jenis_kartu,
        rekening=fakta.rekening,
    )


def keadaan(fakta: Fakta) -> Finding | None:
    """A card that was not active on the day, or past its last day."""
    if fakta.status_kartu != "aktif":
        return temuan(
            "kartu_tidak_aktif",
            "salah",
            f"Kartu berstatus {fakta.status_kartu} pada {pendek(fakta.tanggal)}. "
            "Tanyakan kepada pemegang dan bank siapa yang memakainya.",
            "riwayat kartu (Pasal 18 ayat (5))",
            status=fakta.status_kartu,
            tanggal=fakta.tanggal.isoformat(),
        )
    if fakta.kartu_sampai is not None and fakta.tanggal > fakta.kartu_sampai:
        return temuan(
            "kartu_tidak_aktif",
            "salah",
            f"Kartu hanya berlaku sampai {pendek(fakta.kartu_sampai)}. "
            "Tanyakan kepada pemegang dan bank siapa yang memakainya.",
            "masa berlaku kartu",
            berlaku_sampai=fakta.kartu_sampai.isoformat(),
            tanggal=fakta.tanggal.isoformat(),
        )
    return None


def pertama(fakta: Fakta) -> Finding | None:
    """The cap on a card's first use, where the region set one."""
    if not fakta.pemakaian_pertama or fakta.batas_pertama is None:
        return None
    if fakta.nilai <= fakta.batas_pertama:
        return None
    return temuan(
        "batas_pertama",
        "perhatian",
        f"Pemakaian pertama kartu ini melebihi batas Rp {fakta.batas_pertama}. "
        "Mintalah keterangan pemegang sebelum diajukan.",
        "setelan first_limit (Pasal 19)",
        nilai=f"Rp {fakta.nilai}",
        batas=f"Rp {fakta.batas_pertama}",
    )


def kembar(fakta: Fakta) -> Finding | None:
    """The same card, day, amount and merchant are recorded already."""
    if not fakta.kembar or fakta.nilai < NOL:
        return None
    others = ", ".join(str(id_) for id_ in fakta.kembar)
    return temuan(
        "mungkin_kembar",
        "perhatian",
        f"Kartu, tanggal, nilai dan penyedianya sama dengan belanja nomor {others}. "
        "Batalkan salah satu bila ini nota yang sama.",
        "satu nota satu catatan",
        belanja=others,
    )
