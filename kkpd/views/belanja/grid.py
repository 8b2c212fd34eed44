"""The grid: many purchases at once, checked row by row, saved whole or not at all."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from kkpd.belanja import choices as belanja_choices
from kkpd.belanja import doubles
from kkpd.belanja import verbs as belanja_verbs
from kkpd.belanja.commands import NotAFact
from kkpd.belanja.doubles import Double, LikelyDouble
from kkpd.belanja.fields import FIELDS, PurchaseField, RecordPurchase
from kkpd.core.errors import DomainError, Finding
from kkpd.core.money import Rupiah
from kkpd.pagu import reads as pagu_reads
from kkpd.views.belanja.base import bp
from kkpd.web.forms import DATE_FORMS
from kkpd.web.globals import now
from kkpd.web.page import see
from kkpd.web.request.context import chosen_opd
from kkpd.web.request.converters import Periode
from kkpd.web.request.permissions import actor, needs
from kkpd.web.request.transaction import reading, writing
from kkpd.web.translation import _

_CELLS: Final = [one for one in FIELDS.values() if one.grid]
#: The columns in the order in which they are pasted -> heading; the charge is one column of codes.
COLUMNS: Final = {
    name: word
    for _, name, word in sorted(
        [(one.grid, one.name.removesuffix("_id"), one.word) for one in _CELLS]
        + [(5, "pembebanan", "Pembebanan")]
    )
}
_CODES: Final = ("sub_kegiatan", "rekening", "sumber_dana")
#: Rows taken at once: a month of a busy OPD; more is a file, not a grid.
MOST: Final = 200

TypedRow = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class References:
    """What a row's short words mean in this OPD: cards by last four digits, DPA lines by code."""

    kartu: Mapping[str, int]
    dpa: Mapping[str, tuple[str, ...]]


def reference_rows(session: Session, opd_id: int, tahun: int) -> References:
    """The OPD's cards and DPA lines; an account in several lines has several keys."""
    cards = {one.nomor_akhir: one.id for one in belanja_choices.kartu(session, opd_id)}
    lines = belanja_choices.charges(pagu_reads.dpa_lines(session, opd_id, tahun))
    return References(cards, lines)


def pasted_grid(text: str) -> list[dict[str, str]]:
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


def read(
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
        charge = self._charge(known)
        typed: dict[str, Any] = {one.name: self._cell(one, known) for one in _CELLS}
        if self.findings:
            return None
        return RecordPurchase(opd_id=opd_id, kunci_kirim=kunci, **typed | charge)

    def _cell(self, one: PurchaseField, known: References) -> object:
        if one.kind == "row":
            return self._card(known)
        if one.kind == "day":
            return self._day()
        if one.kind == "whole":
            return self._whole(one.name)
        if one.kind == "money":
            return self._amount(one.name, needed=one.required)
        return self._text(one.name)

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

    def _charge(self, known: References) -> dict[str, str]:
        text = self._text("pembebanan")
        keys = known.dpa.get(text, ())
        if len(keys) == 1:
            return dict(zip(_CODES, keys[0].split("|"), strict=True))
        typed = [part.strip() for part in text.split("|")]
        if len(typed) == 3:
            return dict(zip(_CODES, typed, strict=True))
        if keys:
            self._refuse("pembebanan", f"Rekening {text} ada pada beberapa baris DPA. Pilih satu.")
        else:
            self._refuse(
                "pembebanan",
                f"“{text[:30]}” tidak ada dalam DPA. Pilih dari daftar, atau tulis "
                "sub kegiatan|rekening|sumber dana.",
            )
        return {}


_BLANK_ROWS = 8

#: The service names fields of a purchase; the grid has one column for several of them.
_COLUMNS = {
    "kartu_id": "kartu",
    "sub_kegiatan": "pembebanan",
    "rekening": "pembebanan",
    "sumber_dana": "pembebanan",
}


@bp.get("/banyak")
@needs("belanja:catat")
def banyak(opd: str, periode: Periode) -> str:
    """An empty grid."""
    return _page(periode, [{} for _row in range(_BLANK_ROWS)], [], secrets.token_hex(16))


@bp.post("/banyak")
@needs("belanja:catat")
def catat_banyak(opd: str, periode: Periode) -> ResponseReturnValue:
    """Take the pasted rows into the grid, give more rows, or save all of them."""
    rows, kunci = _sent(), request.form.get("kunci_kirim", "")[:40]
    act = request.form.get("tindakan")
    if act == "tempel":
        pasted = _charged(pasted_grid(request.form.get("tempelan", "")), periode.tahun)
        kept = [row for row in rows if is_filled(row)]
        return _page(periode, [*kept, *pasted] or rows, [], kunci)
    if act == "tambah":
        return _page(periode, [*rows, *({} for _row in range(_BLANK_ROWS))], [], kunci)
    filled = [row for row in rows if is_filled(row)]
    known = reference_rows(reading(), chosen_opd().id, periode.tahun)
    commands, findings = read(filled, known, chosen_opd().id, kunci)
    if findings:
        return _page(periode, filled, findings, kunci), 422
    try:
        with writing() as session:
            saved = belanja_verbs.record_many(session, actor(), commands, now())
            doubles.ask(session, saved, sure=bool(request.form.get("tetap")))
            count = len(saved)
    except LikelyDouble as asked:
        return _page(periode, filled, [], kunci, asked.doubles), 409
    except DomainError as refusal:
        return _page(periode, filled or rows, _told(refusal), kunci), 422
    flash(_("%(n)s belanja tercatat. Kirim semua buktinya sekaligus di sini.", n=count), "ok")
    return see("kotak_bukti.index")


def _charged(rows: list[dict[str, str]], tahun: int) -> list[dict[str, str]]:
    """The rows, those without a charge with the one last used at their shop: seen before saved."""
    shops = belanja_choices.shops(reading(), chosen_opd().id)
    dpa = {line.kunci for line in pagu_reads.dpa_lines(reading(), chosen_opd().id, tahun)}
    for row in rows:
        if not row["pembebanan"]:
            last = belanja_choices.charges_at(shops, row["merchant"])
            row["pembebanan"] = next((charge for charge in last if charge in dpa), "")
    return rows


def _told(refusal: DomainError) -> list[Finding]:
    if isinstance(refusal, NotAFact):
        return list(refusal.findings)
    return [Finding("bukan_fakta", refusal.message, "salah")]


def _sent() -> list[dict[str, str]]:
    columns = [request.form.getlist(name)[:MOST] for name in COLUMNS]
    return [dict(zip(COLUMNS, row, strict=True)) for row in zip(*columns, strict=False)]


def _page(
    periode: Periode,
    rows: list[dict[str, str]],
    findings: list[Finding],
    kunci: str,
    alike: Sequence[Double] = (),
) -> str:
    wrong = {(found.row, _COLUMNS.get(found.field or "", found.field)) for found in findings}
    return render_template(
        "pages/belanja/banyak.html",
        baris=rows,
        judul=COLUMNS,
        temuan=findings,
        mistakes=wrong,
        kolom_temuan=_COLUMNS,
        kunci=kunci,
        doubles=alike,
        known_shops=belanja_choices.shops(reading(), chosen_opd().id),
        kartu=belanja_choices.kartu(reading(), chosen_opd().id),
        dpa=pagu_reads.dpa_lines(reading(), chosen_opd().id, periode.tahun),
    )
