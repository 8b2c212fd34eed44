"""The chain from DPR to lunas, with its returns, partial approvals, refusals and take-backs."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select

from kkpd.approval import decide as approval_decide
from kkpd.approval import dpr, dpt
from kkpd.core.moments import business_day
from kkpd.core.money import NOL, Rupiah
from kkpd.ledger import bill_chain, cancelled
from kkpd.models import Dokumen, DokumenBaris, Transaksi
from kkpd.payment import pay as payment_pay
from tests.simulator.langkah import Konteks, Langkah

LULUS: Final[dict[int, approval_decide.Jawaban]] = dict.fromkeys(range(1, 7), "lulus")
_GAGAL: Final[dict[int, approval_decide.Jawaban]] = {**LULUS, 5: "tidak"}


def ajukan(k: Konteks) -> Langkah | None:
    """The treasurer puts what is ready on the DPR."""
    rows = k.baris(Transaksi.status == "berbukti", Transaksi.kelas != "ragu", limit=8)
    if not rows:
        return None
    ids = [row.id for row in rows if k.rng.random() < 0.8] or [rows[0].id]
    who, now = k.kantor.orang["bendahara"], k.now
    return Langkah("ajukan", lambda s: dpr.ajukan(s, who, k.kantor.id, ids, now), kembar=True)


def tarik(k: Konteks) -> Langkah | None:
    """Pulled back before the PPTK has looked."""
    row = k.satu(Transaksi.status == "diajukan")
    if row is None:
        return None
    who, now = k.kantor.orang["bendahara"], k.now
    return Langkah("tarik", lambda s: dpr.tarik(s, who, k.kantor.id, [row.id], now), kembar=True)


def periksa(k: Konteks) -> Langkah | None:
    """The PPTK signs what is in order and returns the rest with a reason."""
    rows = k.baris(Transaksi.status == "diajukan", limit=8)
    if not rows:
        return None
    words = {
        row.id: dpr.Putusan("setuju")
        if k.rng.random() < 0.92
        else dpr.Putusan("kembalikan", "Nota tidak terbaca")
        for row in rows
    }
    who, now, office = k.kantor.orang["pptk"], k.now, k.penerbit
    return Langkah(
        "periksa", lambda s: dpr.periksa(s, who, k.kantor.id, words, office, now), kembar=True
    )


def putuskan(k: Konteks) -> Langkah | None:
    """PA answers the six tests: whole, in part, or a refusal; may wait where there is no room."""
    row = k.satu(Transaksi.status == "diperiksa")
    if row is None:
        return None
    dice = k.rng.random()
    command = approval_decide.PutusanUji(row.id, row.versi, LULUS, "setuju")
    if row.nilai < NOL:
        pass  # a refund follows its original: whole, or what of it is the budget's
    elif dice < (0.3 if row.tanggal < k.kemarin(45) else 0.1):  # no endless waiting for room
        command = approval_decide.PutusanUji(
            row.id, row.versi, _GAGAL, "tolak", None, "Bukan belanja yang dapat dibayar KKPD"
        )
    elif dice < 0.2 and row.nilai > Rupiah.of(1000):
        part = Rupiah(row.nilai.sen * k.rng.randint(50, 99) // 100)
        command = approval_decide.PutusanUji(
            row.id, row.versi, LULUS, "setuju", part, "Sebagian tidak didukung bukti"
        )
    who, now = k.kantor.orang["penguji"], k.now
    return Langkah(
        "putuskan",
        lambda s: approval_decide.putuskan(s, who, command, now),
        harapan="boleh",
        kembar=True,
    )


def urungkan_uji(k: Konteks) -> Langkah | None:
    """A decision is taken back before any paper went out on it."""
    row = k.satu(Transaksi.status.in_(("disetujui", "ditolak")))
    if row is None:
        return None
    who, now = k.kantor.orang["penguji"], k.now
    return Langkah(
        "urungkan_uji",
        lambda s: approval_decide.urungkan(s, who, row.id, now),
        harapan="boleh",
        kembar=True,
    )


def terbit_dpt(k: Konteks) -> Langkah | None:
    """The DPT of a bill with approved lines; while refunds outweigh them there is none."""
    bills = bill_chain.all_ready(k.session, k.kantor.id, business_day(k.now))
    if not bills:
        return None
    bill, who, now, office = k.rng.choice(bills), k.kantor.orang["penguji"], k.now, k.penerbit
    pays = bill.total > NOL
    return Langkah(
        "terbit_dpt" if pays else "dpt_tanpa_bayar",
        lambda s: dpt.terbitkan_dpt(
            s, who, k.kantor.id, bill.bill.month, office, now, tagihan_id=bill.bill_id
        ),
        harapan="jadi" if pays else "tolak",
        kembar=pays,
    )


def terbit_penolakan(k: Konteks) -> Langkah | None:
    """The refusal notices of a month."""
    month = k.periode("ditolak") or k.periode("dpt")
    if month is None or not dpt.belum_diberitahu(k.session, k.kantor.id, month):
        return None
    who, now, office = k.kantor.orang["penguji"], k.now, k.penerbit
    return Langkah(
        "terbit_penolakan",
        lambda s: dpt.terbitkan_penolakan(s, who, k.kantor.id, month, office, now),
        kembar=True,
    )


#: status of a DPT's lines -> the next step and who takes it.
LANJUT: Final = {
    "dpt": ("npd", "penguji"),
    "npd": ("spp", "bendahara"),
    "spp": ("spm", "pa"),
    "spm": ("sp2d", "bud"),
    "sp2d": ("bayar", "bendahara"),
}


def lanjutkan(k: Konteks) -> Langkah | None:
    """The oldest DPT that is not paid takes its next step."""
    found = k.session.execute(
        select(Dokumen.id, Transaksi.status)
        .join(DokumenBaris, DokumenBaris.dokumen_id == Dokumen.id)
        .join(Transaksi, Transaksi.id == DokumenBaris.transaksi_id)
        .where(
            Dokumen.opd_id == k.kantor.id,
            Dokumen.jenis == "dpt",
            cancelled.berlaku(Dokumen),
            Transaksi.status.in_(LANJUT),
        )
        .order_by(Dokumen.id)
        .limit(1)
    ).one_or_none()
    if found is None:
        return None
    dpt_id, status = found
    return bayar(k, dpt_id, *LANJUT[status])


def bayar(k: Konteks, dpt_id: int, jenis: str, siapa: str) -> Langkah:
    """One step of payment."""
    who = k.dunia.bud if siapa == "bud" else k.kantor.orang[siapa]
    now, office = k.now, k.penerbit
    if jenis in ("sp2d", "bayar"):
        number = f"{jenis.upper()}/{k.kantor.slug}/{dpt_id}"  # the same after it was taken back
        command = payment_pay.Catat(dpt_id, jenis, number, k.hari)
        return Langkah(jenis, lambda s: payment_pay.catat(s, who, command, now), kembar=True)
    return Langkah(
        jenis, lambda s: payment_pay.terbit(s, who, dpt_id, jenis, office, now), kembar=True
    )
