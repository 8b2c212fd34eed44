"""Many purchases as rows of text, typed or pasted from a spreadsheet, read into commands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy.orm import Session

from kkpd.belanja import choices as belanja_choices
from kkpd.belanja.verbs import RecordPurchase
from kkpd.core.errors import DomainError, Finding
from kkpd.core.money import Rupiah
from kkpd.pagu import reads as pagu_reads
from kkpd.web.forms import DATE_FORMS

#: The columns in the order in which they are pasted.
COLUMNS: Final = (
    "tanggal",
    "kartu",
    "merchant",
    "uraian",
    "pembebanan",
    "nilai",
    "nota",
    "volume",
    "satuan",
    "harga_satuan",
)
#: Rows taken at once: a month of a busy OPD; more is a file, not a grid.
MOST: Final = 200

TypedRow = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class References:
    """What a row's short words mean in this OPD: cards by last four digits, DPA lines by code."""

    kartu: Mapping[str, int]
    dpa: Mapping[str, tuple[str, ...]]


def acuan(session: Session, opd_id: int, tahun: int) -> References:
    """The OPD's cards and DPA lines; an account in several lines has several keys."""
    cards = {one.nomor_akhir: one.id for one in belanja_choices.kartu(session, opd_id)}
    lines: dict[str, list[str]] = {}
    for line in pagu_reads.dpa_lines(session, opd_id, tahun):
        lines.setdefault(line.rekening, []).append(line.kunci)
        lines.setdefault(line.kunci, []).append(line.kunci)
    return References(cards, {name: tuple(keys) for name, keys in lines.items()})


def tempelan(text: str) -> list[dict[str, str]]:
    """Rows of a spreadsheet's clipboard: cells parted by tabs, a head row left out."""
    rows = [line.split("\t") for line in text.splitlines() if line.strip()]
    if rows and rows[0][0].strip().casefold() in ("tanggal", "tgl"):
        rows = rows[1:]
    return [
        {
            name: cell.strip()
            for name, cell in zip(COLUMNS, [*row, *[""] * len(COLUMNS)], strict=False)
        }
        for row in rows[:MOST]
    ]


def is_filled(row: TypedRow) -> bool:
    """Whether anything is typed in the row; the date and card copied down alone do not count."""
    return any(row.get(name, "").strip() for name in ("merchant", "uraian", "nilai"))


def baca(
    rows: Sequence[TypedRow], known: References, opd_id: int, kunci: str
) -> tuple[list[RecordPurchase], list[Finding]]:
    """The commands of all filled rows, and what could not be read, by 1-based row and column."""
    commands: list[RecordPurchase] = []
    findings: list[Finding] = []
    for number, row in enumerate(rows, 1):
        reader = _Row(row, number)
        command = reader.command(known, opd_id, f"{kunci}-{number}")
        findings += reader.findings
        if command is not None:
            commands.append(command)
    return commands, findings


class _Row:
    """One row being read: remembers every cell that could not be."""

    def __init__(self, cells: TypedRow, number: int) -> None:
        self.cells, self.number = cells, number
        self.findings: list[Finding] = []

    def command(self, known: References, opd_id: int, kunci: str) -> RecordPurchase | None:
        """The row as a purchase, None when a cell could not be read."""
        day, amount = self._day(), self._amount("nilai", needed=True)
        card, charge = self._card(known), self._charge(known)
        price, volume = self._amount("harga_satuan"), self._whole("volume")
        if self.findings or day is None or amount is None or card is None or charge is None:
            return None
        sub_kegiatan, rekening, sumber_dana = charge
        return RecordPurchase(
            opd_id=opd_id,
            kartu_id=card,
            tanggal=day,
            merchant=self._text("merchant"),
            uraian=self._text("uraian"),
            sub_kegiatan=sub_kegiatan,
            rekening=rekening,
            sumber_dana=sumber_dana,
            nilai=amount,
            kunci_kirim=kunci,
            nota=self._text("nota"),
            satuan=self._text("satuan"),
            volume=volume,
            harga_satuan=price,
        )

    def _text(self, name: str) -> str:
        return self.cells.get(name, "").strip()

    def _refuse(self, name: str, message: str) -> None:
        self.findings.append(Finding("tak_terbaca", message, "salah", self.number, name))

    def _day(self) -> date | None:
        text = self._text("tanggal")
        for form in DATE_FORMS:
            try:
                return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no zone
            except ValueError:
                continue
        self._refuse("tanggal", f"“{text[:20]}” bukan tanggal yang ada. Tulis seperti 24/11/2026.")
        return None

    def _amount(self, name: str, *, needed: bool = False) -> Rupiah | None:
        text = self._text(name)
        if not text and not needed:
            return None
        try:
            return Rupiah.parse(text)
        except DomainError as refusal:
            self._refuse(name, refusal.message)
            return None

    def _whole(self, name: str) -> int | None:
        text = self._text(name).replace(".", "")
        if not text:
            return None
        if text.isascii() and text.isdigit() and len(text) < 16:
            return int(text)
        self._refuse(name, "Volume harus bilangan bulat, misalnya 12.")
        return None

    def _card(self, known: References) -> int | None:
        digits = self._text("kartu")[-4:]
        found = known.kartu.get(digits)
        if found is None:
            self._refuse("kartu", f"Tidak ada kartu berakhiran “{digits}” pada OPD ini.")
        return found

    def _charge(self, known: References) -> tuple[str, str, str] | None:
        text = self._text("pembebanan")
        keys = known.dpa.get(text, ())
        if len(keys) == 1:
            sub_kegiatan, rekening, sumber_dana = keys[0].split("|")
            return sub_kegiatan, rekening, sumber_dana
        typed = [part.strip() for part in text.split("|")]
        if len(typed) == 3:
            return typed[0], typed[1], typed[2]
        if keys:
            self._refuse("pembebanan", f"Rekening {text} ada pada beberapa baris DPA. Pilih satu.")
        else:
            self._refuse(
                "pembebanan",
                f"“{text[:30]}” tidak ada dalam DPA. Pilih dari daftar, atau tulis "
                "sub kegiatan|rekening|sumber dana.",
            )
        return None
