"""Bills: overlapping exports and whole bills come in, lines find purchases, or are explained."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.core.money import ZERO, Rupiah
from kkpd.demo.bank import DemoBillLine
from kkpd.engines.reading import parse
from kkpd.models import Berkas, Cocok, Impor, ImporKeluar, Transaksi
from kkpd.reconciliation import decide as reconciliation_decide
from kkpd.reconciliation import differences
from kkpd.reconciliation import month as look
from kkpd.reconciliation.matching_input import Row
from kkpd.tagihan import receive
from kkpd.tagihan.withdraw import withdraw
from tests.simulator.bank import ciri_dts, daftar_csv, dts_csv, tagihan_csv
from tests.simulator.langkah import Konteks, WorkStep


def ekspor(k: Konteks) -> WorkStep | None:
    """An export of whole days, overlapping earlier ones as it likes."""
    last = k.kemarin(k.rng.randint(1, 4))
    first = last - timedelta(days=k.rng.randint(3, 45))
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    lines = k.kantor.bank.as_of(days)
    if not lines:
        return None
    return _day(k, "ekspor", daftar_csv(lines, k.rng), days)


def tagihan_bulan(k: Konteks) -> WorkStep | None:
    """Last month's whole bill, with a stamp duty line and now and then an unknown charge."""
    end = k.day.replace(day=1) - timedelta(days=1)
    days = [end.replace(day=1) + timedelta(days=n) for n in range(end.day)]
    if days[-1] not in k.kantor.bank.terlihat and not k.kantor.bank.as_of(days[-1:]):
        card = k.kantor.kartu[0].finish
        duty = DemoBillLine(card, end, end, "BEA METERAI", "", "", Rupiah.of(10_000))
        k.kantor.bank.baris.append(duty)
    lines = k.kantor.bank.as_of(days)
    if not lines:
        return None
    data = tagihan_csv(k.kantor.slug, lines, end, Rupiah.of(k.kantor.urut()))
    return _day(k, "tagihan_bulan", data, days)


def _day(k: Konteks, nama: str, data: bytes, days: list[date]) -> WorkStep:
    shown = k.kantor.bank.day
    return _receive(k, nama, data, lambda sha: shown.update({sha: frozenset(days)}))


def dts(k: Konteks) -> WorkStep | None:
    """An interim list of whole days, overlapping others and the final ones to come or gone."""
    last = k.kemarin(k.rng.randint(0, 2))
    days = [last - timedelta(days=n) for n in range(k.rng.randint(3, 25))]
    bank = k.kantor.bank
    lines = bank.dts(days)
    if not lines:
        return None
    shown = Counter(map(ciri_dts, lines))
    data = dts_csv(lines, k.rng)
    return _receive(k, "dts", data, lambda sha: bank.listing.update({sha: shown}), "dts")


def _receive(
    k: Konteks, nama: str, data: bytes, terlihat: Callable[[str], None], jenis: str = "final"
) -> WorkStep:
    who, now, store = k.kantor.orang["bendahara"], k.now, k.store
    reading = parse(data, f"{nama}.csv", "banksumut_bni")
    upload = receive.UploadFile(k.kantor.id, data, f"{nama}-{k.kantor.urut()}.csv")

    def laku(session: Session) -> None:
        kept = receive.upload(session, who, upload, store, now)
        command = receive.TakeIn(k.kantor.id, kept.id, reading, jenis=jenis)
        receive.take_in(session, who, command, now)

    return WorkStep(nama, laku, twins=True, sesudah=lambda: terlihat(sha256(data).hexdigest()))


def keluarkan(k: Konteks) -> WorkStep | None:
    """An import is taken out again, unless something stands on its lines."""
    rows = k.session.execute(
        select(Impor.id, Berkas.sha256)
        .join(Berkas, Berkas.id == Impor.berkas_id)
        .where(Impor.opd_id == k.kantor.id, Impor.id.not_in(select(ImporKeluar.impor_id)))
        .order_by(Impor.id.desc())
        .limit(6)
    ).all()
    if not rows:
        return None
    newest = k.rng.random() < 0.5  # a mistake is mostly seen before anybody works on the lines
    id_, sha = rows[0] if newest else k.rng.choice(rows)
    who, now = k.kantor.orang["bendahara"], k.now
    command = withdraw.TakeOut(k.kantor.id, id_, "Salah memilih jenis berkas")
    return WorkStep(
        "keluarkan",
        lambda s: withdraw.take_out(s, who, command, now),
        harapan="boleh",
        twins=True,
        sesudah=lambda: k.kantor.bank.keluar(sha),
    )


def accept_certain(k: Konteks) -> WorkStep | None:
    """Every certain pair of an open month at once."""
    months = k.terbuka()
    if not months:
        return None
    month, who, now = k.rng.choice(months[:2]), k.kantor.orang["bendahara"], k.now
    return WorkStep(
        "terima_pasti",
        lambda s: reconciliation_decide.accept_certain(s, who, k.kantor.id, month, now),
        twins=True,
    )


def _baris_terbuka(k: Konteks) -> Row | None:
    for month in k.terbuka()[:3]:
        who = k.kantor.orang["bendahara"]
        lines = look.month_lines(k.session, who, k.kantor.id, month)
        waiting = [line for line in lines if line.sisa]
        if waiting:
            return k.rng.choice(waiting[:6])
    return None


def pasangkan(k: Konteks) -> WorkStep | None:
    """A person links a line with a purchase; a difference is named as surcharge."""
    line = _baris_terbuka(k)
    if line is None or line.jenis not in look.PAIRABLE_KINDS:
        return None
    linked = select(Cocok.transaksi_id).where(
        Cocok.opd_id == k.kantor.id, Cocok.dicabut_at.is_(None)
    )
    sign = Transaksi.nilai > ZERO if line.nilai > ZERO else Transaksi.nilai < ZERO
    free = k.baris(Transaksi.id.not_in(linked), Transaksi.status != "dibatalkan", sign)
    same = [row for row in free if row.nilai == line.sisa]
    row = same[0] if same else (k.rng.choice(free) if free and k.rng.random() < 0.1 else None)
    if row is None:
        return None
    rest = line.sisa != row.nilai
    command = reconciliation_decide.LinkUp(
        line.id, (row.id,), "biaya" if rest else "", "Selisih biaya merchant" if rest else ""
    )
    who, now = k.kantor.orang["bendahara"], k.now
    return WorkStep(
        "pasangkan",
        lambda s: reconciliation_decide.pair_up(s, who, k.kantor.id, command, now),
        harapan="boleh",
        twins=True,
    )


def jelaskan(k: Konteks) -> WorkStep | None:
    """A line without a purchase gets a named difference with an owner."""
    line = _baris_terbuka(k)
    if line is None:
        return None
    jenis = "meterai" if line.jenis == "meterai" else "tanpa_belanja"
    command = differences.Explain(line.id, jenis, None, "Ditanyakan kepada pemegang kartu.")
    who, now = k.kantor.orang["bendahara"], k.now
    return WorkStep(
        "jelaskan",
        lambda s: differences.explain_difference(s, who, k.kantor.id, command, now),
        twins=True,
    )


def urungkan_cocok(k: Konteks) -> WorkStep | None:
    """A link is taken back while the month is open."""
    rows = k.session.scalars(
        select(Cocok.baris_bank_id)
        .where(Cocok.opd_id == k.kantor.id, Cocok.dicabut_at.is_(None))
        .order_by(Cocok.id.desc())
        .limit(10)
    ).all()
    if not rows:
        return None
    id_, who, now = k.rng.choice(rows), k.kantor.orang["bendahara"], k.now
    return WorkStep(
        "urungkan_cocok",
        lambda s: reconciliation_decide.undo(s, who, k.kantor.id, id_, now),
        harapan="boleh",
        twins=True,
    )
