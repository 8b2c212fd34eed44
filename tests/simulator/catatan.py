"""Purchases: made, recorded (late, twice, by two clerks), proved, changed, split, given back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from typing import Final

from kkpd.belanja import evidence as belanja_evidence
from kkpd.belanja import split
from kkpd.belanja import verbs as belanja_verbs
from kkpd.belanja.classes import decide as classes_decide
from kkpd.belanja.fields import ENTRY_FIELDS, RecordPurchase
from kkpd.core.money import ZERO, Rupiah, total
from kkpd.core.permissions import Actor
from kkpd.demo.bank import DemoBillLine, bank_text
from kkpd.demo.script import DemoItem, draw
from kkpd.models import Transaksi
from tests.simulator.dunia import FUND_SOURCE, SUB_KEGIATAN, KartuSim
from tests.simulator.langkah import MAX_EVIDENCE_BYTES, Konteks, WorkStep

_OPEN_TEXTS: Final = ("tercatat", "berbukti")
#: Statuses from which a refund of the purchase may come.
_DAPAT_KEMBALI: Final = (
    *("berbukti", "diperiksa", "disetujui", "dpt", "npd", "spp", "spm", "sp2d", "lunas"),
    *("ditolak", "dibayar_pribadi"),
)


def catat(k: Konteks) -> WorkStep:
    """A purchase happens, at the bank too, and is recorded: by the holder or by a clerk."""
    item = k.rng.choices(k.worlds.thing, [one.weight for one in k.worlds.thing])[0]
    cards = [card for card in k.kantor.kartu if card.jenis == item.kartu]
    card = k.rng.choice(cards if k.rng.random() < 0.95 else k.kantor.kartu)
    day = _day(k)
    command = _perintah(k, item, card, day)
    _di_bank(k, card, day, item, command.nilai)
    who = card.pemegang if k.rng.random() < 0.4 else _panitera(k)
    now = k.now
    return WorkStep("catat", lambda s: belanja_verbs.record(s, who, command, now), twins=True)


def _day(k: Konteks) -> date:
    """Mostly this week; sometimes a receipt that lay in a drawer for two months."""
    back = k.rng.randint(30, 70) if k.rng.random() < 0.08 else k.rng.randint(0, 6)
    return max(k.kemarin(back), date(2026, 1, 2))


def _panitera(k: Konteks) -> Actor:
    return k.kantor.orang[k.rng.choice(("bendahara", "bpp"))]


def _perintah(k: Konteks, item: DemoItem, card: KartuSim, day: date) -> RecordPurchase:
    volume, price = item.buy(k.rng)
    cents = Rupiah(k.rng.randint(1, 99)) if k.rng.random() < 0.05 else ZERO
    return RecordPurchase(
        opd_id=k.kantor.id,
        kartu_id=card.id,
        tanggal=day,
        merchant=item.merchant,
        uraian=item.uraian,
        sub_kegiatan=SUB_KEGIATAN,
        rekening=item.rekening,
        nilai=price * volume + cents,
        kunci_kirim=f"sim-{k.kantor.slug}-{k.kantor.urut()}",
        sumber_dana=FUND_SOURCE,
        kanal=item.kanal,
        satuan=item.satuan,
        volume=volume,
        harga_satuan=price,
        nota=f"N-{k.kantor.nomor}",
    )


def _di_bank(k: Konteks, card: KartuSim, day: date, item: DemoItem, amount: Rupiah) -> None:
    """The bank posts it days later; the posting day is never one that was already exported."""
    posted = max(day + timedelta(days=k.rng.choice((0, 1, 1, 2, 3))), k.day)
    if k.rng.random() < 0.05:
        posted += timedelta(days=k.rng.randint(15, 40))
    reference = "" if k.rng.random() < 0.2 else f"{k.rng.randint(10**11, 10**12 - 1)}"
    k.kantor.bank.baris.append(
        DemoBillLine(
            card.finish, day, posted, bank_text(item.merchant), item.mcc, reference, amount
        )
    )


def lampirkan(k: Konteks) -> WorkStep | None:
    """A receipt is attached; the line becomes berbukti."""
    row = k.one_item(Transaksi.status == "tercatat")
    if row is None:
        return None
    who, store, now = k.kantor.orang["bendahara"], k.store, k.now
    command = belanja_evidence.AttachEvidence(
        row.id, f"nota-{row.id}.png", _nota(row.id % 50, k.kantor.slug)
    )
    return WorkStep(
        "lampirkan",
        lambda s: belanja_evidence.attach(
            s, who, store, command, max_bytes=MAX_EVIDENCE_BYTES, now=now
        ),
        twins=True,
        harapan="boleh",
    )


@cache
def _nota(number: int, slug: str) -> bytes:
    return draw("Toko", date(2026, 1, 2), "nota", Rupiah.of(1000 + number), f"{slug}-{number}")


def tetapkan_kelas(k: Konteks) -> WorkStep | None:
    """The treasurer settles a class the program is not sure of; a refund has its original's."""
    row = k.one_item(
        Transaksi.status.in_(_OPEN_TEXTS), Transaksi.kelas == "ragu", Transaksi.asal_id.is_(None)
    )
    if row is None:
        return None
    word = "modal" if row.rekening.startswith("5.2") else "operasi"
    command = classes_decide.SettleClass(row.id, word, "Menurut nota dan rekening DPA.")
    who, now = k.kantor.orang["bendahara"], k.now
    return WorkStep("tetapkan_kelas", lambda s: classes_decide.settle_class(s, who, command, now))


def _contents(row: Transaksi) -> RecordPurchase:
    kept = {name: getattr(row, name) for name in ENTRY_FIELDS}
    return RecordPurchase(opd_id=row.opd_id, kunci_kirim=row.kunci_kirim, **kept)


def ubah(k: Konteks) -> WorkStep | None:
    """The amount or the words change before the DPR."""
    row = k.one_item(Transaksi.status.in_(_OPEN_TEXTS), Transaksi.nilai > ZERO)
    if row is None:
        return None
    changes = {"uraian": f"{row.uraian[:80]} ({k.kantor.urut()})"}
    isi = replace(_contents(row), **changes)  # type: ignore[arg-type]  # a text field
    if k.rng.random() < 0.5:
        isi = replace(isi, nilai=row.nilai + Rupiah.of(k.rng.randint(1, 900) * 100), volume=None)
    command = belanja_verbs.ChangePurchase(row.id, row.versi, isi)
    who, now = _panitera(k), k.now
    return WorkStep(
        "ubah", lambda s: belanja_verbs.change(s, who, command, now), harapan="boleh", twins=True
    )


def pecah(k: Konteks) -> WorkStep | None:
    """A mixed receipt becomes two to four lines."""
    row = k.one_item(Transaksi.status.in_(_OPEN_TEXTS), Transaksi.nilai > Rupiah.of(10_000))
    if row is None:
        return None
    parts, rest = [], row.nilai
    for number in range(k.rng.randint(1, 3)):
        part = Rupiah(rest.sen // k.rng.randint(2, 5))
        parts.append(split.SplitPiece(uraian=f"Bagian {number + 1}", nilai=part))
        rest -= part
    parts.append(split.SplitPiece(uraian="Bagian akhir", nilai=rest))
    command = split.SplitPurchase(row.id, row.versi, tuple(parts))
    who, now = k.kantor.orang["bendahara"], k.now
    return WorkStep("pecah", lambda s: split.split(s, who, command, now), harapan="boleh")


def batalkan(k: Konteks) -> WorkStep | None:
    """A record made by mistake is cancelled."""
    row = k.one_item(Transaksi.status.in_(_OPEN_TEXTS))
    if row is None:
        return None
    command = belanja_verbs.CancelPurchase(row.id, row.versi, "Tercatat dua kali")
    who, now = k.kantor.orang["bendahara"], k.now
    return WorkStep(
        "batalkan",
        lambda s: belanja_verbs.cancel(s, who, command, now),
        harapan="boleh",
        twins=True,
    )


def cabut_bukti(k: Konteks) -> WorkStep | None:
    """A wrong receipt is withdrawn."""
    row = k.one_item(Transaksi.status == "berbukti")
    papers = belanja_evidence.not_withdrawn(k.session, row.id) if row is not None else []
    if not papers:
        return None
    who, now, id_ = k.kantor.orang["bendahara"], k.now, papers[0].id
    return WorkStep(
        "cabut_bukti", lambda s: belanja_evidence.withdraw(s, who, id_, "Nota keliru", now)
    )


def kembalikan(k: Konteks) -> WorkStep | None:
    """Money comes back, whole or in part, before or after payment, in this period or a later."""
    row = k.one_item(Transaksi.status.in_(_DAPAT_KEMBALI), Transaksi.nilai > Rupiah.of(1000))
    if row is None:
        return None
    before = total(one.nilai for one in k.baris(Transaksi.asal_id == row.id))
    left = row.nilai + before
    if left <= Rupiah.of(1000):
        return None
    amount = left if k.rng.random() < 0.4 else Rupiah(left.sen // k.rng.randint(2, 6))
    card = next(card for card in k.kantor.kartu if card.id == row.kartu_id)
    command = replace(
        _contents(row),
        asal_id=row.id,
        nilai=-amount,
        tanggal=k.day,
        uraian="Pengembalian",
        volume=None,
        harga_satuan=None,
        kunci_kirim=f"sim-{k.kantor.slug}-{k.kantor.urut()}",
    )
    text = f"REFUND {bank_text(row.merchant)}"[:22].strip()
    line = DemoBillLine(card.finish, k.day, k.day, text, "", f"R{k.kantor.nomor}", -amount)
    k.kantor.bank.baris.append(line)
    who, now = k.kantor.orang["bendahara"], k.now
    return WorkStep("kembalikan", lambda s: belanja_verbs.record(s, who, command, now), twins=True)


def weigh(k: Konteks) -> WorkStep | None:
    """Room is asked for again, e.g. after a budget shift."""
    row = k.one_item(Transaksi.status.in_((*_OPEN_TEXTS, "diajukan", "diperiksa")))
    if row is None:
        return None
    who, now = k.kantor.orang["bendahara"], k.now
    return WorkStep("timbang", lambda s: belanja_verbs.weigh_again(s, who, row.id, now))
