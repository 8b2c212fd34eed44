"""Lines as columns of plain values: small in memory, quick to store, nothing lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date

from kkpd.domain.errors import Unreadable
from kkpd.domain.identity import base_keys
from kkpd.domain.money import MAX_SEN
from kkpd.domain.tagihan.bacaan import BarisDibaca

#: The longest texts that the books hold of a line.
PANJANG_KETERANGAN, PANJANG_MERCHANT, PANJANG_REFERENSI, PANJANG_LEMBAR = 500, 200, 80, 80


@dataclass(slots=True)
class Kolom:
    """Some lines by column, all of one length. Dates are ISO texts, amounts whole sen."""

    kunci: list[str]
    baris: list[int]
    lembar: list[str | None]
    referensi: list[str | None]
    kartu: list[str | None]
    transaksi: list[str | None]
    posting: list[str | None]
    sen: list[int]
    keterangan: list[str]
    merchant: list[str]
    mcc: list[str | None]
    mata_uang: list[str | None]
    jenis: list[str]

    def __len__(self) -> int:
        return len(self.kunci)

    def lists(self) -> tuple[list[object], ...]:
        """The columns alone, for a spool."""
        return tuple(getattr(self, one.name) for one in fields(self))


def dari_baris(lines: Sequence[BarisDibaca]) -> Kolom:
    """The columns of these lines. Unreadable names the row whose amount is no whole sen."""
    return Kolom(
        kunci=base_keys(lines),
        baris=[line.row for line in lines],
        lembar=[_short(line.sheet, PANJANG_LEMBAR) for line in lines],
        referensi=[_short(line.reference, PANJANG_REFERENSI) for line in lines],
        kartu=[line.card_last4 for line in lines],
        transaksi=_days([line.transaction_date for line in lines]),
        posting=_days([line.posting_date for line in lines]),
        sen=[_sen(line) for line in lines],
        keterangan=[_clean(line.description)[:PANJANG_KETERANGAN] for line in lines],
        merchant=[_clean(line.merchant or line.description)[:PANJANG_MERCHANT] for line in lines],
        mcc=[_mcc(line.mcc) for line in lines],
        mata_uang=[_currency(line.currency) for line in lines],
        jenis=[line.kind for line in lines],
    )


def _sen(line: BarisDibaca) -> int:
    sen = line.amount * 100
    whole = int(sen)
    if whole != sen:
        raise Unreadable(
            f"Baris {line.row}: jumlah {line.amount} mempunyai lebih dari dua angka di belakang "
            "koma. Periksa tanda desimal berkas ini.",
            field=f"baris {line.row}",
        )
    if abs(whole) > MAX_SEN:
        raise Unreadable(
            f"Baris {line.row}: jumlah {line.amount} terlalu besar untuk dicatat. "
            "Periksa jumlah angkanya.",
            field=f"baris {line.row}",
        )
    return whole


def _days(days: Sequence[date | None]) -> list[str | None]:
    texts: dict[date | None, str | None] = {day: day.isoformat() for day in set(days) if day}
    texts[None] = None
    return [texts[day] for day in days]


def _clean(text: str) -> str:
    """PostgreSQL holds no NUL in a text."""
    return text.replace("\x00", " ") if "\x00" in text else text


def _short(text: str | None, most: int) -> str | None:
    return _clean(text)[:most] if text else None


def _mcc(text: str | None) -> str | None:
    return text if text and len(text) == 4 else None


def _currency(text: str | None) -> str | None:
    """Three letters; `Rp` is IDR."""
    if not text:
        return None
    code = text.strip(" .").upper()
    return "IDR" if code == "RP" else code[:3] or None
