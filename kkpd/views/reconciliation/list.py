"""The list of a month's bank lines, each with its state in a word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from flask import url_for

from kkpd.core.money import Rupiah
from kkpd.engines import matching
from kkpd.reconciliation.matching_input import Row
from kkpd.reconciliation.month import MonthWork
from kkpd.views.reconciliation.base import shown
from kkpd.web.filters import percent
from kkpd.web.translation import _


class ListedLine(NamedTuple):
    """One row of the list: where it leads, what it shows, and whether it is the chosen one."""

    alamat: str
    tanggal: date | None
    teks: str
    kartu: str
    nilai: Rupiah
    kata: str
    jenis: str
    aktif: bool


def baris(work: MonthWork, rows: Sequence[Row], chosen: Row | None) -> list[ListedLine]:
    """The rows as the page lists them; the chosen one says so."""
    usul = {id_: pair for pair in (*work.certain, *work.usul) for id_ in pair.baris}
    alamat = url_for("cocok.index", tampil=None if shown() == "perlu" else shown())
    alamat += "&" if "?" in alamat else "?"
    kata, terbuka = _words(), shown() == "perlu"
    return [
        ListedLine(
            f"{alamat}baris={row.id}",
            row.tanggal,
            row.merchant or row.keterangan,
            row.kartu_akhir,
            row.sisa if terbuka else row.nilai,
            *_state(work, row, usul.get(str(row.id)), kata),
            row is chosen,
        )
        for row in rows
    ]


def _words() -> Mapping[str, str]:
    """The words of badges in the page's language, looked up once for all rows."""
    return {
        "dijelaskan": _("dijelaskan"),
        "cocok": _("cocok"),
        "sendiri": _("tanpa pasangan"),
        "refund": _("pengembalian"),
        "pasti": _("pasti"),
        "usul": _("usul"),
    }


def _state(
    work: MonthWork, row: Row, pair: matching.Pairing | None, kata: Mapping[str, str]
) -> tuple[str, str]:
    """(word, kind of badge) of a line."""
    if not row.sisa:
        return kata["dijelaskan" if row.amount_explained else "cocok"], "ok"
    if pair is not None:
        billed, bought = work.jumlah(pair)
        return _badge(pair, billed, bought, kata), "info" if billed == bought else "warn"
    if row.jenis in ("meterai", "biaya"):
        return row.jenis, ""
    return kata["sendiri"], "danger"


def _badge(pair: matching.Pairing, billed: Rupiah, bought: Rupiah, kata: Mapping[str, str]) -> str:
    """In one word or two, what is proposed for a line."""
    if bought and billed != bought:
        ratio = Fraction((billed - bought).sen, bought.sen)
        return f"{'+' if ratio > 0 else ''}{percent(ratio, 1)}"
    if pair.jenis == "refund":
        return kata["refund"]
    if pair.jenis == "pecah":
        return _("pecah %(n)s", n=len(pair.belanja))
    if pair.jenis == "gabung":
        return _("gabung %(n)s", n=len(pair.baris))
    return kata[pair.status]
