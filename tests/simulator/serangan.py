"""What must always be refused: one's own line, a skipped step, a stale save, another's OPD."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from sqlalchemy import select

from kkpd.approval import decide as approval_decide
from kkpd.approval import dpr
from kkpd.belanja import verbs as belanja_verbs
from kkpd.core.money import ZERO, Rupiah
from kkpd.core.permissions import Assignment, Role
from kkpd.ledger import active
from kkpd.ledger.rules import ON_DPT
from kkpd.models import BarisBank, Cocok, Dokumen, DokumenBaris, Periode, Transaksi
from kkpd.payment import pay as payment_pay
from kkpd.reconciliation import decide as reconciliation_decide
from kkpd.reconciliation import periods
from tests.simulator.langkah import Konteks, Laku, Step, WorkStep
from tests.simulator.rantai import LULUS


def on_own(k: Konteks) -> WorkStep | None:
    """Who recorded a line and is PPTK now checks it: refused on the person, whatever the role."""
    clerk = k.kantor.orang["bpp"]
    row = k.one_item(Transaksi.status == "diajukan", Transaksi.perekam_id == clerk.orang_id)
    if row is None:
        return None
    who = replace(clerk, assignment=(Assignment(Role.PPTK, k.kantor.id),))
    words, now, office = {row.id: dpr.PptkVerdict("setuju")}, k.now, k.penerbit
    return _tolak("sendiri", lambda s: dpr.check_dpr(s, who, k.kantor.id, words, office, now))


def pemegang_menguji(k: Konteks) -> WorkStep | None:
    """The holder, acting as PA for a day, approves a purchase on their own card."""
    row = k.one_item(Transaksi.status == "diperiksa")
    if row is None:
        return None
    holder = next(c.pemegang for c in k.kantor.kartu if c.id == row.kartu_id)
    who = replace(holder, assignment=(Assignment(Role.PA, k.kantor.id),))
    command, now = approval_decide.SixTestsDecision(row.id, row.versi, LULUS, "setuju"), k.now
    return _tolak("pemegang_menguji", lambda s: approval_decide.decide(s, who, command, now))


def lewati(k: Konteks) -> WorkStep | None:
    """A DPT's step out of order: SPM before SPP, a second debit, a second SP2D."""
    ids = k.session.scalars(
        select(Dokumen.id).where(
            Dokumen.opd_id == k.kantor.id, Dokumen.jenis == "dpt", active.holds(Dokumen)
        )
    ).all()
    rows = k.baris(Transaksi.status.in_(("dpt", "npd", "lunas")), limit=1)
    if not ids or not rows:
        return None
    who, now = k.worlds.bud, k.now
    paid = [id_ for id_ in ids if _status(k, id_) in ("dpt", "npd", "spp", "sp2d", "lunas")]
    if not paid:
        return None
    command = payment_pay.RecordStep(k.rng.choice(paid), "sp2d", "SP2D/lewat", k.day)
    return _tolak("lewati", lambda s: payment_pay.record(s, who, command, now))


def _status(k: Konteks, dpt_id: int) -> str:
    return k.session.scalars(
        select(Transaksi.status)
        .join(DokumenBaris, DokumenBaris.transaksi_id == Transaksi.id)
        .where(DokumenBaris.dokumen_id == dpt_id)
        .limit(1)
    ).one()


def basi(k: Konteks) -> WorkStep | None:
    """Two clerks: the second saves what the first has already changed."""
    row = k.one_item(Transaksi.status.in_(("tercatat", "berbukti")))
    if row is None:
        return None
    command = belanja_verbs.CancelPurchase(row.id, row.versi - 1, "Formulir lama")
    who, now = k.kantor.orang["bpp"], k.now
    return _tolak("basi", lambda s: belanja_verbs.cancel(s, who, command, now))


def orang_asing(k: Konteks) -> WorkStep | None:
    """The clerk of another OPD, be it the SKPD of this unit: the line does not exist."""
    row = k.one_item()
    others = [one for one in k.worlds.kantor if one is not k.kantor]
    if row is None or not others:
        return None
    who, now = k.rng.choice(others).orang["bpp"], k.now
    return _tolak("orang_asing", lambda s: belanja_verbs.weigh_again(s, who, row.id, now))


def ubah_beku(k: Konteks) -> WorkStep | None:
    """A line on a DPR is cancelled or pulled back by the wrong person."""
    row = k.one_item(Transaksi.status.not_in(("tercatat", "berbukti")))
    if row is None:
        return None
    command = belanja_verbs.CancelPurchase(row.id, row.versi, "Tidak jadi dibeli")
    who, now = k.kantor.orang["bendahara"], k.now
    return _tolak("ubah_beku", lambda s: belanja_verbs.cancel(s, who, command, now))


def setujui_lebih(k: Konteks) -> WorkStep | None:
    """More is approved than was bought."""
    row = k.one_item(Transaksi.status == "diperiksa", Transaksi.nilai > Rupiah.of(1))
    if row is None:
        return None
    more = row.nilai + Rupiah(1)
    command = approval_decide.SixTestsDecision(
        row.id, row.versi, LULUS, "setuju", more, "Kurang teliti"
    )
    who, now = k.kantor.orang["penguji"], k.now
    return _tolak("setujui_lebih", lambda s: approval_decide.decide(s, who, command, now))


def tolak_pengembalian(k: Konteks) -> WorkStep | None:
    """A refund is refused: the money came back, so it follows its original."""
    row = k.one_item(Transaksi.status == "diperiksa", Transaksi.nilai < ZERO)
    if row is None:
        return None
    command = approval_decide.SixTestsDecision(
        row.id, row.versi, {**LULUS, 5: "tidak"}, "tolak", None, "Salah kartu"
    )
    who, now = k.kantor.orang["penguji"], k.now
    return _tolak("tolak_pengembalian", lambda s: approval_decide.decide(s, who, command, now))


def cocok_terbayar(k: Konteks) -> WorkStep | None:
    """The link of a purchase that a DPT carries is taken back: it would be paid unbilled."""
    line = k.session.scalars(
        select(Cocok.baris_bank_id)
        .join(Transaksi, Transaksi.id == Cocok.transaksi_id)
        .where(
            Cocok.opd_id == k.kantor.id,
            Cocok.dicabut_at.is_(None),
            Transaksi.status.in_(ON_DPT),
        )
        .order_by(Cocok.id.desc())
        .limit(1)
    ).one_or_none()
    if line is None:
        return None
    who, now = k.kantor.orang["bendahara"], k.now
    return _tolak(
        "cocok_terbayar", lambda s: reconciliation_decide.undo(s, who, k.kantor.id, line, now)
    )


def tutup_dahulu(k: Konteks) -> WorkStep | None:
    """A month closes while an earlier one is open."""
    used = {(row.tahun, row.bulan) for row in k.baris(limit=10_000)}
    busy = [month for month in k.terbuka() if month in used]
    if len(busy) < 2:
        return None
    who, now, office = k.kantor.orang["bendahara"], k.now, k.penerbit
    return _tolak(
        "tutup_dahulu", lambda s: periods.close(s, who, k.kantor.id, busy[-1], office, now)
    )


def cocok_tertutup(k: Konteks) -> WorkStep | None:
    """A link of a closed month is taken back."""
    line = k.session.scalars(
        select(BarisBank.id)
        .join(
            Periode,
            (Periode.opd_id == BarisBank.opd_id)
            & (Periode.tahun == BarisBank.tahun)
            & (Periode.bulan == BarisBank.bulan),
        )
        .where(BarisBank.opd_id == k.kantor.id, Periode.status != "terbuka")
        .limit(1)
    ).one_or_none()
    if line is None:
        return None
    who, now = k.kantor.orang["bendahara"], k.now
    return _tolak(
        "cocok_tertutup", lambda s: reconciliation_decide.undo(s, who, k.kantor.id, line, now)
    )


def _tolak(nama: str, laku: Laku) -> WorkStep:
    return WorkStep(nama, laku, "tolak")


SERANGAN: Final[tuple[Step, ...]] = (
    on_own,
    pemegang_menguji,
    lewati,
    basi,
    orang_asing,
    ubah_beku,
    setujui_lebih,
    tolak_pengembalian,
    cocok_terbayar,
    tutup_dahulu,
    cocok_tertutup,
)
