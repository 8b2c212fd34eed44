"""Steps taken back: each paper before the next one, and what must be refused about it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import select

from kkpd.core.permissions import Actor
from kkpd.core.statuses import BY_ACTION
from kkpd.ledger.active import WITHOUT_STEP, holds
from kkpd.models import Dokumen, DokumenBaris, Pencairan, Transaksi
from kkpd.payment import take_back
from tests.simulator.langkah import Konteks, WorkStep

_WHO: Final = {
    "dpr": "pptk",
    "dpt": "penguji",
    "npd": "penguji",
    "spp": "bendahara",
    "spm": "pa",
    "bayar": "bendahara",
}
_ALASAN: Final = "Tanggal pada suratnya keliru"


def _papers(k: Konteks) -> list[tuple[str, int, set[str]]]:
    """(kind, key, states of its lines) of the newest papers of the office that still hold."""
    documents = k.session.execute(
        select(Dokumen.jenis, Dokumen.id, Dokumen.id)
        .where(
            Dokumen.opd_id == k.kantor.id,
            Dokumen.jenis.in_(tuple(take_back.STEPS_BACK)),
            holds(Dokumen),
        )
        .order_by(Dokumen.id.desc())
        .limit(8)
    ).all()
    steps = k.session.execute(
        select(Pencairan.langkah, Pencairan.id, Pencairan.dpt_id)
        .where(Pencairan.opd_id == k.kantor.id, holds(Pencairan))
        .order_by(Pencairan.id.desc())
        .limit(4)
    ).all()
    return [(jenis, key, _states(k, carrier)) for jenis, key, carrier in (*documents, *steps)]


def _states(k: Konteks, dokumen_id: int) -> set[str]:
    return set(
        k.session.scalars(
            select(Transaksi.status)
            .join(DokumenBaris, DokumenBaris.transaksi_id == Transaksi.id)
            .where(DokumenBaris.dokumen_id == dokumen_id)
        )
    )


def _bills_of_kind(jenis: str) -> set[str]:
    return set(BY_ACTION[take_back.STEPS_BACK[jenis].action].sources)


def _laku(k: Konteks, who: Actor, jenis: str, key: int) -> Any:
    now = k.now
    verb = take_back.pencairan if jenis in ("sp2d", "bayar") else take_back.dokumen
    return lambda s: verb(s, who, key, _ALASAN, now)


def batalkan(k: Konteks) -> WorkStep | None:
    """Whoever made a paper takes it back; a closed month or room used by others may forbid it."""
    found = [one for one in _papers(k) if one[2] == _bills_of_kind(one[0])]
    if not found:
        return None
    jenis, key, _ = k.rng.choice(found)
    who = k.worlds.bud if jenis == "sp2d" else k.kantor.orang[_WHO[jenis]]
    return WorkStep(f"batal_{jenis}", _laku(k, who, jenis, key), harapan="boleh", twins=True)


def batalkan_surat(k: Konteks) -> WorkStep | None:
    """A joint DPT or a refusal notice goes back, unless somebody went on from it."""
    places = [office.id for office in (k.kantor, k.kantor.parent) if office is not None]
    rows = k.session.execute(
        select(Dokumen.jenis, Dokumen.id)
        .where(Dokumen.opd_id.in_(places), Dokumen.jenis.in_(tuple(WITHOUT_STEP)), holds(Dokumen))
        .order_by(Dokumen.id.desc())
        .limit(4)
    ).all()
    if not rows:
        return None
    jenis, key = k.rng.choice(rows)
    who = k.kantor.orang["pa" if jenis == "dpt_gabungan" else "penguji"]
    return WorkStep(f"batal_{jenis}", _laku(k, who, jenis, key), harapan="boleh", twins=True)


def batalkan_terlambat(k: Konteks) -> WorkStep | None:
    """A paper whose next step was taken, or one that somebody without the office takes back."""
    papers = _papers(k)
    late = [one for one in papers if not one[2] & _bills_of_kind(one[0])]
    if late and k.rng.random() < 0.5:
        jenis, key, _ = k.rng.choice(late)
        who = k.worlds.bud if jenis == "sp2d" else k.kantor.orang[_WHO[jenis]]
        return WorkStep("batal_terlambat", _laku(k, who, jenis, key), harapan="tolak")
    if not papers:
        return None
    jenis, key, _ = k.rng.choice(papers)
    holders: Sequence[Actor] = [card.pemegang for card in k.kantor.kartu]
    who = k.rng.choice(holders)
    return WorkStep("batal_asing", _laku(k, who, jenis, key), harapan="tolak")
