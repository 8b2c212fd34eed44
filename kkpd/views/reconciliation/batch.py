"""Lines without a purchase, by shop, as a sheet: recorded and linked a group at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue

from kkpd.belanja import choices as belanja_choices
from kkpd.belanja.commands import NotAFact
from kkpd.core.errors import DomainError, Finding
from kkpd.core.money import Rupiah, total
from kkpd.pagu import reads as pagu_reads
from kkpd.pagu.reads import PaguLine, Weighing
from kkpd.reconciliation import batch, shop_groups
from kkpd.reconciliation.batch import RecordLine
from kkpd.reconciliation.matching_input import Row
from kkpd.reconciliation.shop_groups import ShopGroup
from kkpd.views.reconciliation.base import bp, numbers
from kkpd.views.reconciliation.listing import Wanted, in_order
from kkpd.web.globals import now
from kkpd.web.page import see
from kkpd.web.request import read_cache
from kkpd.web.request.context import chosen_opd
from kkpd.web.request.converters import Periode, sen
from kkpd.web.request.http import note_refusal
from kkpd.web.request.permissions import actor, needs
from kkpd.web.request.quotas import counted
from kkpd.web.request.transaction import reading, writing
from kkpd.web.translation import _

#: Groups are shown whole until this many lines stand on the page.
PORTION: Final = 60
#: The fields of a group and of each of its lines -> those of the command that they fill.
_FIELDS: Final = {
    "merchant": ("merchant",),
    "uraian": ("uraian",),
    "pembebanan": ("pembebanan", "sub_kegiatan", "rekening", "sumber_dana"),
}


@dataclass(slots=True)
class _Sent:
    """What a refused form held: its lines, every field as typed, and what is wrong with each."""

    lines: list[int]
    typed: Mapping[str, str]
    wrong: dict[str, str] = field(default_factory=dict)

    def refuse(self, line: int | None, name: str, message: str) -> None:
        """Say it at the line's own cell, or at the group's where the line takes it from there."""
        own = line is not None and (name == "baris" or bool(self.typed.get(f"{name}-{line}")))
        self.wrong.setdefault(f"{name}-{line}" if own else name, message)

    def of(self, group: ShopGroup) -> bool:
        """Whether this group was sent."""
        return any(row.id in self.lines for row in group.baris)


@bp.get("/kelompok")
@needs("cocok:putuskan")
def kelompok(opd: str, periode: Periode) -> str:
    """The groups with their proposals."""
    return _page(periode, None)


@bp.post("/kelompok")
@needs("cocok:putuskan")
@counted("cocok")
def catat_kelompok(opd: str, periode: Periode) -> ResponseReturnValue:
    """Record and link the chosen lines of one group, or say at each cell what is wrong."""
    chosen = set(numbers("ikut"))
    sent = _Sent(numbers("baris"), request.form)
    lines = [line for line in sent.lines if line in chosen]
    known = belanja_choices.charges(pagu_reads.dpa_lines(reading(), chosen_opd().id, periode.tahun))
    commands = [_command(sent, line, known) for line in lines]
    if sent.wrong:
        return _page(periode, sent), 422
    try:
        with writing() as session:
            done = batch.record_lines(session, actor(), chosen_opd().id, commands, now())
    except DomainError as refusal:
        _say(sent, refusal, lines)
        return _page(periode, sent), refusal.status
    flash(_("%(n)s belanja tercatat dan dipasangkan. Lampirkan buktinya.", n=done.count), "ok")
    if done.over:
        flash(
            _("%(n)s di antaranya melewati batas; lihat temuannya pada belanja.", n=done.over),
            "warn",
        )
    return see("cocok.kelompok", sesudah=request.args.get("sesudah"), **Wanted.asked().address())


def _say(sent: _Sent, refusal: DomainError, lines: Sequence[int]) -> None:
    note_refusal(refusal)
    told = refusal.findings if isinstance(refusal, NotAFact) else ()
    for one in told or [Finding("", refusal.message, "salah")]:
        names = (name for name, filled in _FIELDS.items() if one.field in filled)
        line = lines[one.row - 1] if one.row else None
        sent.refuse(line, next(names, "baris"), one.message)


def _command(sent: _Sent, line: int, known: Mapping[str, tuple[str, ...]]) -> RecordLine:
    """The line's own cells, and those of the group where they are empty."""

    def cell(name: str) -> str:
        return (sent.typed.get(f"{name}-{line}") or sent.typed.get(name, "")).strip()

    codes = _charge(sent, line, cell("pembebanan"), known)
    seen = sen(sent.typed.get(f"terlihat-{line}", ""))
    return RecordLine(line, seen, cell("merchant"), cell("uraian"), *codes)


def _charge(
    sent: _Sent, line: int, typed: str, known: Mapping[str, tuple[str, ...]]
) -> tuple[str, str, str]:
    keys = known.get(typed, ())
    if len(keys) == 1:
        sub, account, fund = keys[0].split("|")
        return sub, account, fund
    if not typed:
        message = _("Pilih pembebanannya.")
    elif keys:
        message = _("Rekening %(teks)s ada pada beberapa baris DPA. Pilih satu.", teks=typed[:30])
    else:
        message = _("“%(teks)s” tidak ada dalam DPA. Pilih dari daftar.", teks=typed[:30])
    sent.refuse(line, "pembebanan", message)
    return "", "", ""


def _page(periode: Periode, sent: _Sent | None) -> str:
    opd_id, session = chosen_opd().id, reading()
    work = read_cache.working(opd_id, periode)
    every = shop_groups.without_purchase(work)
    wanted = Wanted.asked()
    rows = in_order(every, wanted)
    groups = shop_groups.shop_groups(session, actor(), opd_id, periode.tahun, rows)
    shown, following = _portion(_in_order(groups, wanted, rows), sent)
    cards = belanja_choices.kartu(session, opd_id)
    return render_template(
        "pages/cocok/kelompok.html",
        groups=shown,
        following=following,
        sent=sent,
        gone=sent is not None and not any(map(sent.of, shown)),
        wanted=wanted,
        every=every,
        found=rows,
        cards=cards,
        holders={one.id: one.pemegang for one in cards},
        charges=_charges(pagu_reads.dpa_lines(session, opd_id, periode.tahun)),
        ceilings=_ceilings(periode, every),
        left=len([row for row in work.baris if row.sisa]) - len(every),
    )


def _charges(lines: Sequence[PaguLine]) -> list[tuple[str, str]]:
    """(key, words) of each DPA line by its own name, which a few typed letters find."""
    return sorted(
        (
            (
                line.kunci,
                f"{_own_name(line)} · {line.rekening} · {line.sub_kegiatan_name} · "
                f"{line.sumber_dana} ({_('sisa')} Rp {line.sisa})",
            )
            for line in lines
        ),
        key=lambda one: one[1].casefold(),
    )


def _own_name(line: PaguLine) -> str:
    """What tells the account from its neighbours: `Alat Tulis Kantor` of the long official name."""
    return line.nama_rekening.rpartition("-")[2].strip().removeprefix("Belanja ")


def _in_order(groups: list[ShopGroup], wanted: Wanted, rows: Sequence[Row]) -> list[ShopGroup]:
    """As asked: a group stands where its first line stands; else those with most lines first."""
    if not wanted.urut:
        return groups
    place = {row.id: at for at, row in enumerate(rows)}
    return sorted(groups, key=lambda one: min(place[row.id] for row in one.baris))


def _portion(groups: list[ShopGroup], sent: _Sent | None) -> tuple[list[ShopGroup], str]:
    """The groups on this page, and the key after which the next page begins (empty: no more).

    A refused group keeps its place, or stands first where this page would not show it; of a long
    group as many lines as are recorded at once.
    """
    shown, following = _parted(groups, request.args.get("sesudah", ""))
    if sent is not None and not any(sent.of(one) for one in shown):
        shown, following = _parted(sorted(groups, key=lambda one: not sent.of(one)), "")
    return shown, "" if sent else following


def _parted(groups: list[ShopGroup], after: str) -> tuple[list[ShopGroup], str]:
    keys = [f"{one.kunci}|{one.card_kind}" for one in groups]
    begin = keys.index(after) + 1 if after in keys else 0
    shown: list[ShopGroup] = []
    last = ""
    for key, group in zip(keys[begin:], groups[begin:], strict=True):
        whole = replace(group, baris=group.baris[: batch.MOST])
        if shown and sum(len(one.baris) for one in (*shown, whole)) > PORTION:
            return shown, last
        shown.append(whole)
        last = key
    return shown, ""


def _ceilings(periode: Periode, lines: Sequence[Row]) -> list[tuple[str, Weighing]]:
    """UP KKPD and each card with what is left, beside what all these lines ask of it."""
    opd_id, session = chosen_opd().id, reading()
    asked: list[tuple[str, str, str, Rupiah]] = [
        ("", "up_kkpd", "UP", total(row.sisa for row in lines))
    ]
    for card in dict.fromkeys(row.kartu_id for row in lines if row.kartu_id):
        mine = [row for row in lines if row.kartu_id == card]
        token = pagu_reads.token_kartu(session, opd_id, card) or ""
        asked.append((mine[0].kartu_akhir, "kartu", token, total(row.sisa for row in mine)))
    return [
        (digits, weighed)
        for digits, kind, key, amount in asked
        for weighed in pagu_reads.weigh(session, opd_id, periode.tahun, {kind: key}, amount)
    ]
