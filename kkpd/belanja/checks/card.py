"""The card: its kind (Art. 18), its state on the day, the first use."""

from __future__ import annotations

from kkpd.belanja.checks.facts import PurchaseFacts, temuan
from kkpd.core.errors import Finding
from kkpd.core.indonesian_dates import brief
from kkpd.core.money import ZERO

_TRAVEL = "5.1.02.04"
#: Vehicle hire, which a travel card may pay too (Art. 18 (4)): *Belanja Sewa Kendaraan ...*.
_VEHICLE_HIRE = tuple(f"5.1.02.02.04.{nomor:04d}" for nomor in range(35, 44))


def is_for_travel(rekening: str) -> bool:
    """Whether a travel card may pay this account (Art. 18 (4)): travel, or hire of a vehicle."""
    return rekening.startswith(_TRAVEL) or rekening in _VEHICLE_HIRE


def wrong_kind(card_kind: str, rekening: str) -> tuple[str, str] | None:
    """(sentence, source) when a card of this kind may not pay this account (Art. 18)."""
    if card_kind == "perjalanan":
        if is_for_travel(rekening):
            return None
        return (
            "Kartu perjalanan dinas dipakai untuk selain angkutan, penginapan dan sewa kendaraan. "
            "Bebankan pada UP Tunai, atau pemegang membayar sendiri.",
            "Permendagri 79/2022 Pasal 18 ayat (4)",
        )
    if not rekening.startswith(_TRAVEL):
        return None
    return (
        "Kartu barang/jasa/modal dipakai untuk perjalanan dinas. "
        "Bebankan pada UP Tunai, atau pemegang membayar sendiri.",
        "Permendagri 79/2022 Pasal 18 ayat (1)",
    )


def jenis(known_facts: PurchaseFacts) -> Finding | None:
    """A travel card pays transport, lodging and vehicle hire only; a goods card pays the rest."""
    said = wrong_kind(known_facts.card_kind, known_facts.rekening)
    if said is None:
        return None
    return temuan(
        "kartu_salah",
        "salah",
        said[0],
        said[1],
        kartu=known_facts.card_kind,
        rekening=known_facts.rekening,
    )


def state_of(known_facts: PurchaseFacts) -> Finding | None:
    """A card that was not active on the day, or past its last day."""
    if known_facts.status_kartu != "aktif":
        return temuan(
            "kartu_tidak_aktif",
            "salah",
            f"Kartu berstatus {known_facts.status_kartu} pada {brief(known_facts.tanggal)}. "
            "Tanyakan kepada pemegang dan bank siapa yang memakainya.",
            "riwayat kartu (Pasal 18 ayat (5))",
            status=known_facts.status_kartu,
            tanggal=known_facts.tanggal.isoformat(),
        )
    if known_facts.card_until is not None and known_facts.tanggal > known_facts.card_until:
        return temuan(
            "kartu_tidak_aktif",
            "salah",
            f"Kartu hanya berlaku sampai {brief(known_facts.card_until)}. "
            "Tanyakan kepada pemegang dan bank siapa yang memakainya.",
            "masa berlaku kartu",
            berlaku_sampai=known_facts.card_until.isoformat(),
            tanggal=known_facts.tanggal.isoformat(),
        )
    return None


def first_one(known_facts: PurchaseFacts) -> Finding | None:
    """The cap on a card's first use, where the region set one."""
    if not known_facts.is_first_use or known_facts.first_use_limit is None:
        return None
    if known_facts.nilai <= known_facts.first_use_limit:
        return None
    return temuan(
        "batas_pertama",
        "perhatian",
        f"Pemakaian pertama kartu ini melebihi batas Rp {known_facts.first_use_limit}. "
        "Mintalah keterangan pemegang sebelum diajukan.",
        "setelan first_limit (Pasal 19)",
        nilai=f"Rp {known_facts.nilai}",
        batas=f"Rp {known_facts.first_use_limit}",
    )


def twins(known_facts: PurchaseFacts) -> Finding | None:
    """The same card, day, amount and merchant are recorded already."""
    if not known_facts.twins or known_facts.nilai < ZERO:
        return None
    others = ", ".join(str(id_) for id_ in known_facts.twins)
    return temuan(
        "mungkin_kembar",
        "perhatian",
        f"Kartu, tanggal, nilai dan penyedianya sama dengan belanja nomor {others}. "
        "Batalkan salah satu bila ini nota yang sama.",
        "satu nota satu catatan",
        belanja=others,
    )
