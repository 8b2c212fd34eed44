"""Purchases: made, recorded (late, twice, by two clerks), proved, changed, split, given back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from typing import Final

from kkpd.belanja import evidence as belanja_evidence
from kkpd.belanja import verbs as belanja_verbs
from kkpd.belanja.classes import decide as classes_decide
from kkpd.belanja.commands import CatatBelanja
from kkpd.belanja.shared import ISIAN
from kkpd.core.money import NOL, Rupiah, total
from kkpd.core.permissions import Actor
from kkpd.demo.bank import BarisTagihan, teks_bank
from kkpd.demo.receipts import gambar
from kkpd.demo.script import Barang
from kkpd.models import Transaksi
from tests.simulator.dunia import SUB_KEGIATAN, SUMBER_DANA, KartuSim
from tests.simulator.langkah import BUKTI_MAKS, Konteks, Langkah

_TERBUKA: Final = ("tercatat", "berbukti")
#: Statuses from which a refund of the purchase may come.
_DAPAT_KEMBALI: Final = (
    *("berbukti", "diperiksa", "disetujui", "dpt", "npd", "spp", "spm", "sp2d", "lunas"),
    *("ditolak", "dibayar_pribadi"),
)


def catat(k: Konteks) -> Langkah:
    """A purchase happens, at the bank too, and is recorded: by the holder or by a clerk."""
    item = k.rng.choices(k.dunia.barang, [one.bobot for one in k.dunia.barang])[0]
    cards = [card for card in k.kantor.kartu if card.jenis == item.kartu]
    card = k.rng.choice(cards if k.rng.random() < 0.95 else k.kantor.kartu)
    day = _hari(k)
    command = _perintah(k, item, card, day)
    _di_bank(k, card, day, item, command.nilai)
    who = card.pemegang if k.rng.random() < 0.4 else _panitera(k)
    now = k.now
    return Langkah("catat", lambda s: belanja_verbs.catat(s, who, command, now), kembar=True)


def _hari(k: Konteks) -> date:
    """Mostly this week; sometimes a receipt that lay in a drawer for two months."""
    back = k.rng.randint(30, 70) if k.rng.random() < 0.08 else k.rng.randint(0, 6)
    return max(k.kemarin(back), date(2026, 1, 2))


def _panitera(k: Konteks) -> Actor:
    return k.kantor.orang[k.rng.choice(("bendahara", "bpp", "rangkap"))]


def _perintah(k: Konteks, item: Barang, card: KartuSim, day: date) -> CatatBelanja:
    volume, price = item.beli(k.rng)
    cents = Rupiah(k.rng.randint(1, 99)) if k.rng.random() < 0.05 else NOL
    return CatatBelanja(
        opd_id=k.kantor.id,
        kartu_id=card.id,
        tanggal=day,
        merchant=item.merchant,
        uraian=item.uraian,
        sub_kegiatan=SUB_KEGIATAN,
        rekening=item.rekening,
        nilai=price * volume + cents,
        kunci_kirim=f"sim-{k.kantor.slug}-{k.kantor.urut()}",
        sumber_dana=SUMBER_DANA,
        kanal=item.kanal,
        satuan=item.satuan,
        volume=volume,
        harga_satuan=price,
        nota=f"N-{k.kantor.nomor}",
    )


def _di_bank(k: Konteks, card: KartuSim, day: date, item: Barang, amount: Rupiah) -> None:
    """The bank posts it days later; the posting day is never one that was already exported."""
    posted = max(day + timedelta(days=k.rng.choice((0, 1, 1, 2, 3))), k.hari)
    if k.rng.random() < 0.05:
        posted += timedelta(days=k.rng.randint(15, 40))
    reference = "" if k.rng.random() < 0.2 else f"{k.rng.randint(10**11, 10**12 - 1)}"
    k.kantor.bank.baris.append(
        BarisTagihan(card.akhir, day, posted, teks_bank(item.merchant), item.mcc, reference, amount)
    )


def lampirkan(k: Konteks) -> Langkah | None:
    """A receipt is attached; the line becomes berbukti."""
    row = k.satu(Transaksi.status == "tercatat")
    if row is None:
        return None
    who, store, now = k.kantor.orang["bendahara"], k.store, k.now
    command = belanja_evidence.Lampirkan(
        row.id, f"nota-{row.id}.png", _nota(row.id % 50, k.kantor.slug)
    )
    return Langkah(
        "lampirkan",
        lambda s: belanja_evidence.lampirkan(s, who, store, command, max_bytes=BUKTI_MAKS, now=now),
        kembar=True,
        harapan="boleh",
    )


@cache
def _nota(number: int, slug: str) -> bytes:
    return gambar("Toko", date(2026, 1, 2), "nota", Rupiah.of(1000 + number), f"{slug}-{number}")


def tetapkan_kelas(k: Konteks) -> Langkah | None:
    """The treasurer settles a class the program is not sure of; a refund has its original's."""
    row = k.satu(
        Transaksi.status.in_(_TERBUKA), Transaksi.kelas == "ragu", Transaksi.asal_id.is_(None)
    )
    if row is None:
        return None
    word = "modal" if row.rekening.startswith("5.2") else "operasi"
    command = classes_decide.TetapkanKelas(row.id, word, "Menurut nota dan rekening DPA.")
    who, now = k.kantor.orang["bendahara"], k.now
    return Langkah("tetapkan_kelas", lambda s: classes_decide.tetapkan(s, who, command, now))


def _isi(row: Transaksi) -> CatatBelanja:
    kept = {name: getattr(row, name) for name in ISIAN}
    return CatatBelanja(opd_id=row.opd_id, kunci_kirim=row.kunci_kirim, **kept)


def ubah(k: Konteks) -> Langkah | None:
    """The amount or the words change before the DPR."""
    row = k.satu(Transaksi.status.in_(_TERBUKA), Transaksi.nilai > NOL)
    if row is None:
        return None
    changes = {"uraian": f"{row.uraian[:80]} ({k.kantor.urut()})"}
    isi = replace(_isi(row), **changes)  # type: ignore[arg-type]  # a text field
    if k.rng.random() < 0.5:
        isi = replace(isi, nilai=row.nilai + Rupiah.of(k.rng.randint(1, 900) * 100), volume=None)
    command = belanja_verbs.UbahBelanja(row.id, row.versi, isi)
    who, now = _panitera(k), k.now
    return Langkah(
        "ubah", lambda s: belanja_verbs.ubah(s, who, command, now), harapan="boleh", kembar=True
    )


def pecah(k: Konteks) -> Langkah | None:
    """A mixed receipt becomes two to four lines."""
    row = k.satu(Transaksi.status.in_(_TERBUKA), Transaksi.nilai > Rupiah.of(10_000))
    if row is None:
        return None
    parts, rest = [], row.nilai
    for number in range(k.rng.randint(1, 3)):
        part = Rupiah(rest.sen // k.rng.randint(2, 5))
        parts.append(belanja_verbs.Bagian(uraian=f"Bagian {number + 1}", nilai=part))
        rest -= part
    parts.append(belanja_verbs.Bagian(uraian="Bagian akhir", nilai=rest))
    command = belanja_verbs.PecahBelanja(row.id, row.versi, tuple(parts))
    who, now = k.kantor.orang["bendahara"], k.now
    return Langkah("pecah", lambda s: belanja_verbs.pecah(s, who, command, now), harapan="boleh")


def batalkan(k: Konteks) -> Langkah | None:
    """A record made by mistake is cancelled."""
    row = k.satu(Transaksi.status.in_(_TERBUKA))
    if row is None:
        return None
    command = belanja_verbs.BatalkanBelanja(row.id, row.versi, "Tercatat dua kali")
    who, now = k.kantor.orang["bendahara"], k.now
    return Langkah(
        "batalkan",
        lambda s: belanja_verbs.batalkan(s, who, command, now),
        harapan="boleh",
        kembar=True,
    )


def cabut_bukti(k: Konteks) -> Langkah | None:
    """A wrong receipt is withdrawn."""
    row = k.satu(Transaksi.status == "berbukti")
    papers = belanja_evidence.hidup(k.session, row.id) if row is not None else []
    if not papers:
        return None
    who, now, id_ = k.kantor.orang["bendahara"], k.now, papers[0].id
    return Langkah("cabut_bukti", lambda s: belanja_evidence.cabut(s, who, id_, "Nota keliru", now))


def kembalikan(k: Konteks) -> Langkah | None:
    """Money comes back, whole or in part, before or after payment, in this period or a later."""
    row = k.satu(Transaksi.status.in_(_DAPAT_KEMBALI), Transaksi.nilai > Rupiah.of(1000))
    if row is None:
        return None
    before = total(one.nilai for one in k.baris(Transaksi.asal_id == row.id))
    left = row.nilai + before
    if left <= Rupiah.of(1000):
        return None
    amount = left if k.rng.random() < 0.4 else Rupiah(left.sen // k.rng.randint(2, 6))
    card = next(card for card in k.kantor.kartu if card.id == row.kartu_id)
    command = replace(
        _isi(row),
        asal_id=row.id,
        nilai=-amount,
        tanggal=k.hari,
        uraian="Pengembalian",
        volume=None,
        harga_satuan=None,
        kunci_kirim=f"sim-{k.kantor.slug}-{k.kantor.urut()}",
    )
    text = f"REFUND {teks_bank(row.merchant)}"[:22].strip()
    line = BarisTagihan(card.akhir, k.hari, k.hari, text, "", f"R{k.kantor.nomor}", -amount)
    k.kantor.bank.baris.append(line)
    who, now = k.kantor.orang["bendahara"], k.now
    return Langkah("kembalikan", lambda s: belanja_verbs.catat(s, who, command, now), kembar=True)


def timbang(k: Konteks) -> Langkah | None:
    """Room is asked for again, e.g. after a budget shift."""
    row = k.satu(Transaksi.status.in_((*_TERBUKA, "diajukan", "diperiksa")))
    if row is None:
        return None
    who, now = k.kantor.orang["bendahara"], k.now
    return Langkah("timbang", lambda s: belanja_verbs.timbang_ulang(s, who, row.id, now))
