"""Reconciliation: the difference first, then line by line until it is zero or explained."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any, Final, NamedTuple, TypeVar

from flask import render_template, request, url_for

from kkpd.belanja import choices as belanja_choices
from kkpd.core.choices import DIFFERENCE_KINDS, PURCHASE_LINE_KINDS
from kkpd.core.money import Rupiah
from kkpd.engines import matching
from kkpd.ledger.difference_kinds import LABELS
from kkpd.models import AturanCocok
from kkpd.pagu import reads as pagu_reads
from kkpd.reconciliation import correct, line_detail, periods
from kkpd.reconciliation import matching_input as inputs
from kkpd.reconciliation import month as look
from kkpd.reconciliation import text_rules as rule_reads
from kkpd.reconciliation.matching_input import Row
from kkpd.reconciliation.month import MonthWork
from kkpd.reconciliation.shop_groups import without_purchase
from kkpd.views.reconciliation.base import asked, bp, kept, shown
from kkpd.views.reconciliation.listing import Wanted, in_order, page_with
from kkpd.web.filters import percent
from kkpd.web.request import read_cache
from kkpd.web.request.context import chosen_opd
from kkpd.web.request.converters import Periode
from kkpd.web.request.permissions import actor, needs
from kkpd.web.request.transaction import reading
from kkpd.web.translation import _

#: Purchases offered to split a line over, before a person asks for all.
PORTION: Final = 30

_Dated = TypeVar("_Dated", Row, inputs.OpenPurchase)


@bp.get("/")
@needs("cocok:lihat")
def index(opd: str, periode: Periode) -> str:
    """The month: headline, lines that need a decision, and the chosen line with its candidates."""
    opd_id = chosen_opd().id
    work = read_cache.working(opd_id, periode)
    wanted = Wanted.asked()
    rows = in_order(_filtered(work.baris, shown()), wanted)
    every = in_order(work.baris, wanted)
    line, done = _chosen(every, rows), _done(work.baris)
    part = page_with(rows, line)
    return render_template(
        "pages/cocok/index.html",
        working=work,
        summary=work.summary,
        listing=baris(work, part.rows, line),
        paging=part,
        wanted=wanted,
        kept=kept() | {"tampil": shown()},
        cards=belanja_choices.kartu(reading(), opd_id),
        alone=len(without_purchase(work)),
        tampil=shown(),
        diurungkan=done,
        putusan_kini=_standing,
        usul_aturan=_proposal(done),
        boleh_tutup=actor().can("periode:tutup", opd_id),
        status=periods.status_periode(reading(), opd_id, periode),
        **(_choices(periode, work, line) if line else {"baris": None}),
    )


def _choices(periode: Periode, work: look.MonthWork, line: Row) -> dict[str, Any]:
    """What the page says of the chosen line."""
    opd_id, session, rule = chosen_opd().id, reading(), _rule(line)
    parts = _parts(work, line)
    return {
        "baris": line,
        "shortlist": _candidates(opd_id, work, line),
        "tautan": line_detail.links_of(session, actor(), opd_id, line.id),
        "explanations": line_detail.explanations_on_line(session, opd_id, line.id),
        "pairings": work.proposal_for(line.id),
        "tanda": line_detail.tanda,
        "discrepancy": _differences,
        "slips": correct.differing,
        "first_who": correct.WHO_FIRST,
        "changeable": correct.OPEN_STATES,
        "bagian": parts,
        "baris_belanja": PURCHASE_LINE_KINDS,
        "pecah_semua": _all_parts(),
        "gabungan": _joinable(work, line, parts[0]),
        "jenis_selisih": [(key, _(LABELS[key])) for key in DIFFERENCE_KINDS],
        "nama_selisih": {key: _(words) for key, words in LABELS.items()},
        "orang": belanja_choices.orang(session, opd_id),
        "aturan": rule,
        "pembebanan": _charges(periode, rule) if line.sisa else [],
        "kunci_kirim": secrets.token_hex(16),
    }


def _standing(line: Row) -> str:
    """What an undo of the line takes back, as its form says it."""
    return line_detail.decisions(reading(), chosen_opd().id, line.id)


def _candidates(opd_id: int, work: look.MonthWork, line: Row) -> tuple[line_detail.PairChoice, ...]:
    """The ranked candidates of a line; looking at it again does not rank them again."""
    return read_cache.remember(
        opd_id,
        ("calon", line.id),
        lambda: line_detail.line_candidates(reading(), opd_id, line, work.belanja),
        len,
    )


def _all_parts() -> bool:
    return request.args.get("pecah") == "semua"


def _parts(work: look.MonthWork, line: Row) -> tuple[list[inputs.OpenPurchase], int]:
    """(purchases to split the line over, how many more there are): those of its card and sign
    nearest in time, or every one of its sign with `?pecah=semua`.
    """
    every = [row for row in work.belanja if row.nilai.sen * line.sisa.sen > 0]
    if _all_parts():
        return every, 0
    near = _near(every, line)
    return near, len(every) - len(near)


def _joinable(
    work: look.MonthWork, line: Row, purchases: Sequence[inputs.OpenPurchase]
) -> tuple[list[Row], list[inputs.OpenPurchase]]:
    """(other lines, purchases) that the line may be joined with and to: several payments of one
    purchase, which asks for more than the line.
    """
    larger = [row for row in purchases if abs(row.nilai) > abs(line.sisa)]
    others = [
        row
        for row in work.baris
        if row.id != line.id
        and row.jenis in PURCHASE_LINE_KINDS
        and row.sisa.sen * line.sisa.sen > 0
    ]
    return (_near(others, line), larger) if larger else ([], [])


def _near(rows: Iterable[_Dated], line: Row) -> list[_Dated]:
    """Those of the line's card, at most `PORTION` of them nearest in time, oldest first."""
    near = [row for row in rows if line.kartu_id in (None, row.kartu_id)]
    day = line.tanggal
    if day is not None:
        near.sort(key=lambda row: abs((row.tanggal or date.min) - day))
    return sorted(near[:PORTION], key=lambda row: (row.tanggal or date.min, row.id))


def _rule(line: Row | None) -> AturanCocok | None:
    """The rule that people made of this line's text."""
    if line is None:
        return None
    return rule_reads.rule_for_text(reading(), chosen_opd().id, line.kartu_id, line.merchant)


def _proposal(done: Row | None) -> rule_reads.RuleProposal | None:
    """The rule that the decision of a moment ago makes worth keeping."""
    if done is None or done.kartu_id is None or not done.cocok:
        return None
    place = (done.kartu_id, matching.text_key(done.merchant))
    return next(iter(rule_reads.propose(reading(), actor(), chosen_opd().id, place)), None)


def _charges(periode: Periode, rule: AturanCocok | None) -> list[tuple[str, str, bool]]:
    """(key, words, chosen) of the DPA's lines, for a purchase made in place."""
    if not actor().can("belanja:catat", chosen_opd().id):
        return []
    wanted = (rule.sub_kegiatan, rule.rekening) if rule else None
    return [
        (
            one.kunci,
            f"{one.rekening} {one.nama_rekening} · {one.sub_kegiatan_name}",
            (one.sub_kegiatan, one.rekening) == wanted,
        )
        for one in pagu_reads.dpa_lines(reading(), chosen_opd().id, periode.tahun)
    ]


def _differences(line: Row, one: line_detail.PairChoice) -> list[tuple[str, bool]]:
    """The fields of a candidate in a word each, and whether they agree."""
    found = [(_("nilai"), True)]
    if one.nilai != line.sisa:
        ratio = Fraction((line.sisa - one.nilai).sen, one.nilai.sen)
        found = [(f"{'+' if ratio > 0 else ''}{percent(ratio, 1)}", False)]
    if line.tanggal is not None:
        days = (line.tanggal - one.tanggal).days
        found.append((_("%(n)s hari", n=f"{days:+d}") if days else _("tanggal"), not days))
    return found + [(a.teks, False) for a in one.alasan if a.kunci == "nama" and not a.same]


def _filtered(rows: tuple[Row, ...], shown: str) -> list[Row]:
    if shown == "semua":
        return list(rows)
    if shown == "cocok":
        return [row for row in rows if not row.sisa and row.cocok]
    if shown == "dijelaskan":
        return [row for row in rows if row.amount_explained]
    return [row for row in rows if row.sisa]


def _chosen(every: Sequence[Row], rows: list[Row]) -> Row | None:
    """The line asked for, or the next one after the one just decided: the place is kept."""
    wanted = asked("baris")
    found = next((row for row in rows if row.id == wanted), None)
    if found is not None:
        return found
    after = wanted or asked("diurungkan")
    order = {row.id: number for number, row in enumerate(every)}
    place = order.get(after, -1) if after else -1
    return next((row for row in rows if order[row.id] > place), rows[0] if rows else None)


def _done(every: tuple[Row, ...]) -> Row | None:
    """The line decided a moment ago, when that still stands: it can be undone at once."""
    done = asked("diurungkan")
    return next(
        (row for row in every if row.id == done and (row.cocok or row.amount_explained)), None
    )


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
    proposal = {id_: pair for pair in (*work.certain, *work.proposal) for id_ in pair.baris}
    alamat = url_for("cocok.index", **kept())
    alamat += "&" if "?" in alamat else "?"
    kata, still_open = _words(), shown() == "perlu"
    return [
        ListedLine(
            f"{alamat}baris={row.id}",
            row.tanggal,
            row.merchant or row.keterangan,
            row.kartu_akhir,
            row.sisa if still_open else row.nilai,
            *_state(work, row, proposal.get(str(row.id)), kata),
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
