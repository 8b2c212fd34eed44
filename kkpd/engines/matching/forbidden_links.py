"""What may not be linked, and why: double ids, another OPD's purchase, a card nobody holds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from kkpd.core.errors import Finding
from kkpd.engines.matching.arrays import Ya
from kkpd.engines.matching.columns import MatchColumns

#: With more cards than this, and more of them shared than that, a card does not name an OPD here.
_FEW_CARDS = 5
_MANY_MIXED = 0.3


@dataclass(frozen=True, slots=True)
class LinkCheck:
    """Rows of each side that may be linked, and the findings."""

    bank: Ya
    catatan: Ya
    temuan: tuple[Finding, ...]


def periksa(
    bank: MatchColumns,
    catatan: MatchColumns,
    pemegang: Mapping[str, str] | None,
    first_row: int,
) -> LinkCheck:
    """Check both sides; `pemegang` names the OPD that holds each card, where that is known.

    Without it the OPD of a card is the one that most of its purchases name. `first_row` is the
    file row of the first data row.
    """
    lines_eligible = np.ones(len(bank.id), dtype=np.bool_)
    purchases_eligible = np.ones(len(catatan.id), dtype=np.bool_)
    temuan: list[Finding] = []
    temuan += _twins(bank, "referensi", lines_eligible, first_row)
    temuan += _twins(catatan, "id", purchases_eligible, first_row)
    temuan += _kartu(bank, catatan, pemegang, lines_eligible, purchases_eligible, first_row)
    owned = _owned_by(catatan, temuan) if pemegang is None else pemegang
    temuan += _other_opd(catatan, owned, purchases_eligible, first_row)
    return LinkCheck(lines_eligible, purchases_eligible, tuple(temuan))


def mask_card(kartu: str) -> str:
    """A card as people may read it: its last four signs only (law 8)."""
    return f"•••• {kartu[-4:]}"


def _contents(kolom: MatchColumns, i: int) -> tuple[int, ...]:
    """A whole row, to tell a row given twice from two rows under one id."""
    column = (kolom.kartu, kolom.day, kolom.posting, kolom.nilai, kolom.nama)
    opd = (kolom.opd,) if len(kolom.opd_list) else ()
    return tuple(int(isi[i]) for isi in (*column, *opd))


def _twins(kolom: MatchColumns, column: str, eligible: Ya, first_one: int) -> list[Finding]:
    """Ids that stand twice: equal rows count once, differing rows are left out altogether."""
    hasil = []
    for id_, rows in () if kolom.unique_ids else sorted(_repeated_ids(kolom.id).items()):
        same = len({_contents(kolom, i) for i in rows}) == 1
        eligible[rows[1:] if same else rows] = False
        nomor = ", ".join(str(i + first_one) for i in rows)
        finish = (
            "isinya sama dan dihitung satu kali."
            if same
            else "isinya bertentangan, jadi tidak ada yang dicocokkan. Periksa berkasnya."
        )
        hasil.append(
            Finding(
                "id_kembar",
                f"{column} “{id_}” ada di baris {nomor}: {finish}",
                "perhatian" if same else "salah",
                row=rows[0] + first_one,
                field=column,
            )
        )
    return hasil


def _repeated_ids(everything: Sequence[str]) -> dict[str, list[int]]:
    """Ids that stand more than once, and their rows."""
    listing = everything[:]
    if len(set(listing)) == len(listing):
        return {}
    tempat: dict[str, list[int]] = defaultdict(list)
    for i, id_ in enumerate(listing):
        tempat[id_].append(i)
    return {id_: rows for id_, rows in tempat.items() if len(rows) > 1}


def _kartu(
    bank: MatchColumns,
    catatan: MatchColumns,
    pemegang: Mapping[str, str] | None,
    lines_eligible: Ya,
    purchases_eligible: Ya,
    first_one: int,
) -> list[Finding]:
    """Cards that nobody holds: lines on them have no one to ask; nor have lines without a card."""
    recognised = set(catatan.card_list) if pemegang is None else set(pemegang)
    recognised.discard("")
    hasil = []
    for kolom, eligible, kata in (
        (bank, lines_eligible, "baris tagihan"),
        (catatan, purchases_eligible, "belanja"),
    ):
        foreign = [k for k, nama in enumerate(kolom.card_list) if nama not in recognised]
        for kode in sorted(foreign, key=lambda k: kolom.card_list[k]):
            rows = np.flatnonzero(kolom.kartu == kode)
            if not len(rows):
                continue
            eligible[rows] = False
            nama = kolom.card_list[kode]
            what = (
                f"Kartu {mask_card(nama)} tidak dipegang siapa pun" if nama else "Tanpa nomor kartu"
            )
            hasil.append(
                Finding(
                    "kartu_tanpa_pemegang",
                    f"{what}: {len(rows)} {kata} mulai baris {int(rows[0]) + first_one} "
                    "tidak dicocokkan.",
                    "salah",
                    row=int(rows[0]) + first_one,
                    field="kartu",
                )
            )
    return hasil


def _owned_by(catatan: MatchColumns, temuan: list[Finding]) -> dict[str, str]:
    """The OPD of each card by its purchases; "" where two OPDs hold it equally."""
    extent = max(len(catatan.opd_list), 1)
    pairings, tally = np.unique(catatan.kartu * extent + catatan.opd, return_counts=True)
    isi: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for kunci, banyak in zip(pairings.tolist(), tally.tolist(), strict=True):
        if nama := catatan.opd_list[kunci % extent]:
            isi[kunci // extent].append((-banyak, nama))
    mixed = sum(len(one_item) > 1 for one_item in isi.values())
    if len(isi) > _FEW_CARDS and mixed > _MANY_MIXED * len(isi):
        temuan.append(
            Finding(
                "opd_tidak_seragam",
                f"{mixed} dari {len(isi)} kartu dipakai lebih dari satu OPD dalam catatan: "
                "OPD tidak dipakai sebagai penentu.",
                field="opd",
            )
        )
        return {}
    owned = {}
    for kartu, one_item in isi.items():
        (banyak, nama), *lain = sorted(one_item)
        owned[catatan.card_list[kartu]] = "" if lain and lain[0][0] == banyak else nama
    owned.pop("", None)
    return owned


def _other_opd(
    catatan: MatchColumns, owned: Mapping[str, str], eligible: Ya, first_one: int
) -> list[Finding]:
    """Purchases that name another OPD than the one that holds their card."""
    kode = {nama: k for k, nama in enumerate(catatan.opd_list)}
    kosong = kode.get("", -1)
    held = np.array(
        [kode.get(owned[k], -2) if k in owned else -3 for k in catatan.card_list],
        dtype=np.int64,
    )
    pemilik = held[catatan.kartu] if len(held) else catatan.kartu
    discrepancy = (catatan.opd != pemilik) & (catatan.opd != kosong) & (pemilik != -3)
    hasil = []
    for i in np.flatnonzero(discrepancy).tolist():
        eligible[i] = False
        kartu = catatan.card_list[int(catatan.kartu[i])]
        nama, opd = owned[kartu], catatan.opd_list[int(catatan.opd[i])]
        kata = f"milik OPD {nama}" if nama else "yang dipakai dua OPD sama banyak"
        hasil.append(
            Finding(
                "opd_lain",
                f"Baris {i + first_one}: belanja {catatan.id[i]} dari OPD {opd} memakai kartu "
                f"{mask_card(kartu)} {kata}; tidak dicocokkan.",
                "salah",
                row=i + first_one,
                field="opd",
            )
        )
    return hasil
