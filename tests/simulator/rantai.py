"""The chain from DPR to lunas, with its returns, partial approvals, refusals and take-backs."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select

from kkpd.approval import decide as approval_decide
from kkpd.approval import dpr, dpt
from kkpd.core.moments import business_day
from kkpd.core.money import ZERO, Rupiah
from kkpd.core.permissions import Actor
from kkpd.ledger import active, bill_chain
from kkpd.models import Dokumen, DokumenBaris, Transaksi
from kkpd.payment import pay as payment_pay
from kkpd.payment import take_back, verify
from tests.simulator.langkah import Konteks, WorkStep

LULUS: Final[dict[int, str]] = dict.fromkeys(range(1, 7), "lulus")
_GAGAL: Final[dict[int, str]] = {**LULUS, 5: "tidak"}


def ajukan(k: Konteks) -> WorkStep | None:
    """The treasurer puts what is ready on the DPR."""
    rows = k.baris(Transaksi.status == "berbukti", Transaksi.kelas != "ragu", limit=8)
    if not rows:
        return None
    ids = [row.id for row in rows if k.rng.random() < 0.8] or [rows[0].id]
    who, now = k.kantor.orang["bendahara"], k.now
    return WorkStep("ajukan", lambda s: dpr.put_forward(s, who, k.kantor.id, ids, now), twins=True)


def tarik(k: Konteks) -> WorkStep | None:
    """Pulled back before the PPTK has looked."""
    row = k.one_item(Transaksi.status == "diajukan")
    if row is None:
        return None
    who, now = k.kantor.orang["bendahara"], k.now
    return WorkStep(
        "tarik", lambda s: dpr.pull_back(s, who, k.kantor.id, [row.id], now), twins=True
    )


def periksa(k: Konteks) -> WorkStep | None:
    """The PPTK signs what is in order and returns the rest with a reason."""
    rows = k.baris(Transaksi.status == "diajukan", limit=8)
    if not rows:
        return None
    words = {
        row.id: dpr.PptkVerdict("setuju")
        if k.rng.random() < 0.92
        else dpr.PptkVerdict("kembalikan", "Nota tidak terbaca")
        for row in rows
    }
    who, now, office = k.kantor.orang["pptk"], k.now, k.penerbit
    return WorkStep(
        "periksa", lambda s: dpr.check_dpr(s, who, k.kantor.id, words, office, now), twins=True
    )


def putuskan(k: Konteks) -> WorkStep | None:
    """PA answers the six tests: whole, in part, or a refusal; may wait where there is no room."""
    row = k.one_item(Transaksi.status == "diperiksa")
    if row is None:
        return None
    dice = k.rng.random()
    command = approval_decide.SixTestsDecision(row.id, row.versi, LULUS, "setuju")
    if row.nilai < ZERO:
        pass  # a refund follows its original: whole, or what of it is the budget's
    elif dice < (0.3 if row.tanggal < k.kemarin(45) else 0.1):  # no endless waiting for room
        command = approval_decide.SixTestsDecision(
            row.id, row.versi, _GAGAL, "tolak", None, "Bukan belanja yang dapat dibayar KKPD"
        )
    elif dice < 0.2 and row.nilai > Rupiah.of(1000):
        part = Rupiah(row.nilai.sen * k.rng.randint(50, 99) // 100)
        command = approval_decide.SixTestsDecision(
            row.id, row.versi, LULUS, "setuju", part, "Sebagian tidak didukung bukti"
        )
    who, now = k.kantor.orang["penguji"], k.now
    return WorkStep(
        "putuskan",
        lambda s: approval_decide.decide(s, who, command, now),
        harapan="boleh",
        twins=True,
    )


def urungkan_uji(k: Konteks) -> WorkStep | None:
    """A decision is taken back before any paper went out on it."""
    row = k.one_item(Transaksi.status.in_(("disetujui", "ditolak")))
    if row is None:
        return None
    who, now = k.kantor.orang["penguji"], k.now
    return WorkStep(
        "urungkan_uji",
        lambda s: approval_decide.undo(s, who, row.id, now),
        harapan="boleh",
        twins=True,
    )


def terbit_dpt(k: Konteks) -> WorkStep | None:
    """The DPT of a bill with approved lines; while refunds outweigh them there is none."""
    bills = bill_chain.all_ready(k.session, k.kantor.id, business_day(k.now))
    if not bills:
        return None
    bill, who, now, office = k.rng.choice(bills), k.kantor.orang["penguji"], k.now, k.penerbit
    pays = bill.total > ZERO
    return WorkStep(
        "terbit_dpt" if pays else "dpt_tanpa_bayar",
        lambda s: dpt.issue_dpt(
            s, who, k.kantor.id, bill.bill.month, office, now, tagihan_id=bill.bill_id
        ),
        harapan="jadi" if pays else "tolak",
        twins=pays,
    )


def terbit_penolakan(k: Konteks) -> WorkStep | None:
    """The refusal notices of a month."""
    month = k.periode("ditolak") or k.periode("dpt")
    if month is None or not dpt.not_yet_notified(k.session, k.kantor.id, month):
        return None
    who, now, office = k.kantor.orang["penguji"], k.now, k.penerbit
    return WorkStep(
        "terbit_penolakan",
        lambda s: dpt.issue_refusal_notice(s, who, k.kantor.id, month, office, now),
        twins=True,
    )


#: status of a DPT's lines -> the next step and who takes it.
LANJUT: Final = {
    "dpt": ("npd", "penguji"),
    "npd": ("spp", "bendahara"),
    "spp": ("spm", "pa"),
    "spm": ("sp2d", "bud"),
    "sp2d": ("bayar", "bendahara"),
}


def lanjutkan(k: Konteks) -> WorkStep | None:
    """The oldest DPT that is not paid takes its next step."""
    found = k.session.execute(
        select(Dokumen.id, Transaksi.status)
        .join(DokumenBaris, DokumenBaris.dokumen_id == Dokumen.id)
        .join(Transaksi, Transaksi.id == DokumenBaris.transaksi_id)
        .where(
            Dokumen.opd_id == k.kantor.id,
            Dokumen.jenis == "dpt",
            active.holds(Dokumen),
            Transaksi.status.in_(LANJUT),
        )
        .order_by(Dokumen.id)
        .limit(1)
    ).one_or_none()
    if found is None:
        return None
    dpt_id, status = found
    spp = verify.current_paper(k.session, dpt_id, "spp") if status == "spp" else None
    if spp is not None and verify.verified(k.session, spp.id) is None:
        return _verify(k, spp)
    spm = verify.current_paper(k.session, dpt_id, "spm") if status == "spm" else None
    if spm is not None and k.rng.random() < 0.1:
        return _send_back(k, spm, k.worlds.bud, "Rekening tujuannya keliru")
    return bayar(k, dpt_id, *LANJUT[status])


def _send_back(k: Konteks, paper: Dokumen, who: Actor, reason: str) -> WorkStep:
    """Who judges the paper sends it back to its maker."""
    now, paper_id = k.now, paper.id
    return WorkStep(
        f"kembalikan_{paper.jenis}",
        lambda s: take_back.send_back(s, who, paper_id, reason, now),
        twins=True,
    )


def _verify(k: Konteks, spp: Dokumen) -> WorkStep:
    """The PPK-SKPD finds an SPP complete, or sends every tenth back."""
    who, now, spp_id = k.kantor.orang["ppk"], k.now, spp.id
    if k.rng.random() < 0.1:
        return _send_back(k, spp, who, "Rinciannya keliru")
    answers = {one.kode: "ya" for one in verify.checklist(k.session, who, spp, now)}
    command = verify.SppVerification(spp_id, answers)
    return WorkStep("verifikasi_spp", lambda s: verify.verify(s, who, command, now), twins=True)


def bayar(k: Konteks, dpt_id: int, jenis: str, whose: str) -> WorkStep:
    """One step of payment."""
    who = k.worlds.bud if whose == "bud" else k.kantor.orang[whose]
    now, office = k.now, k.penerbit
    if jenis in ("sp2d", "bayar"):
        number = f"{jenis.upper()}/{k.kantor.slug}/{dpt_id}"  # the same after it was taken back
        command = payment_pay.RecordStep(dpt_id, jenis, number, k.day)
        return WorkStep(jenis, lambda s: payment_pay.record(s, who, command, now), twins=True)
    return WorkStep(
        jenis, lambda s: payment_pay.issue(s, who, dpt_id, jenis, office, now), twins=True
    )
