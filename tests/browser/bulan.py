"""A month in the middle of its work: something in every state, so that every page has something
true to show. Lived through the same services as people use.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.approval import decide as approval_decide
from kkpd.approval import dpr, dpt
from kkpd.belanja import verbs as belanja_verbs
from kkpd.belanja.fields import RecordPurchase
from kkpd.models import Dokumen, Transaksi
from kkpd.reconciliation import decide as reconciliation_decide
from tests.cast import ACTORS, DINKES, KARTU_ANI
from tests.worlds import office as belanja_dunia
from tests.worlds.chain_steps import OKTOBER, baris_bank, berbukti, diperiksa, penerbit, setuju
from tests.worlds.office import LAPTOP, NOW, SUB
from tests.worlds.office import belanja as isi

#: whole rupiah of the purchases that reach each state
_SETUJU: Final = (750_000, 1_237_450)
_WAITING_STEPS: Final = 412_000


def jalani(session: Session, instance: Path) -> dict[str, int]:
    """Live the month; the keys that addresses need."""
    rows = [berbukti(session, instance, n, rupiah=r) for n, r in enumerate(_SETUJU, 1)]
    refused = berbukti(session, instance, 3, rupiah=98_500, merchant="Kantin Sinar")
    waiting = berbukti(session, instance, 4, rupiah=_WAITING_STEPS, merchant="Percetakan Deli")
    berbukti(session, instance, 5, rupiah=515_000, merchant="Hotel Grand Kanaya")
    belanja_verbs.record(session, ACTORS["ani"], _laptop(), NOW)
    travel = belanja_dunia.KARTU_DINAS
    forward = berbukti(session, instance, 6, rupiah=88_000, kartu_id=travel)
    amounts = (750_000, 1_237_450, 101_455, 530_450, 65_000, -40_000)
    baris_bank(session, *amounts, folder=instance)
    reconciliation_decide.accept_certain(session, ACTORS["citra"], DINKES, OKTOBER, NOW)
    diperiksa(session, instance, *rows, refused, waiting)
    dpr.put_forward(session, ACTORS["citra"], DINKES, [forward.id], NOW)
    _decide(session, instance, rows, refused)
    dpt_id = session.scalars(select(Dokumen.id).where(Dokumen.jenis == "dpt")).one()
    return {"belanja": rows[0].id, "uji": waiting.id, "dokumen": dpt_id, "ragu": forward.id}


def _laptop() -> RecordPurchase:
    return isi(
        kunci_kirim="laptop",
        rupiah=12_500_000,
        merchant="Komputer Link",
        uraian="Laptop 14 inci untuk loket",
        rekening=LAPTOP,
        sub_kegiatan=SUB,
        kartu_id=KARTU_ANI,
    )


def _decide(session: Session, instance: Path, rows: list[Transaksi], refused: Transaksi) -> None:
    """Two approved and one refused, DPT and notice issued; one more approved afterwards waits."""
    dewi, office = ACTORS["dewi"], penerbit(instance)
    for row in rows:
        approval_decide.decide(session, dewi, setuju(row), NOW)
    command = setuju(
        refused,
        jawaban={n: "tidak" if n == 2 else "lulus" for n in range(1, 7)},
        keputusan="tolak",
        alasan="Nota tidak terbaca.",
    )
    approval_decide.decide(session, dewi, command, NOW)
    dpt.issue_dpt(session, dewi, DINKES, OKTOBER, office, NOW)
    dpt.issue_refusal_notice(session, dewi, DINKES, OKTOBER, office, NOW)
