"""The evidence table: each feature's part in log-odds, adding up to those of the confidence.

Parts are weighed between the kinds that can be capital and those that cannot. What the price and
the limit turn around stands in a line of its own, so that the table always adds up.
"""

from __future__ import annotations

from kkpd.engines.classify import model as classify_model
from kkpd.engines.classify import packages as classify_packages
from kkpd.engines.classify import policy as classify_policy
from kkpd.engines.classify.calibration import logit
from kkpd.engines.classify.shapes import Barang, Bukti, KelasPasti, Putusan
from kkpd.engines.classify.word_scores import Kata
from kkpd.engines.classify.words import codes as words_codes
from kkpd.engines.classify.words import features as words_features

#: Parts smaller than this are left out; the line `dasar` takes them up.
_TERKECIL = 0.05


def rinci(barang: Barang, putusan: Putusan, words: Kata) -> tuple[Bukti, ...]:
    """The evidence, strongest first; a rule that decided over the words stands at the top."""
    rows = _kata(barang, words)
    rule = putusan.aturan.partition(":")[0]
    if rule in {"kata", "teks_kosong", "harga_tak_wajar"}:
        return rows
    chance = putusan.keyakinan if putusan.kelas_terbaik == "modal" else 1 - putusan.keyakinan
    what = {
        "rekening": f"rekening {barang.kode_rekening}",
        "kode_barang": f"kode barang {barang.kode_barang}",
        "mcc": f"kategori merchant {barang.mcc}",
        "ingatan": "keputusan terdahulu",
        "maksud": "maksud yang tertulis",
        "layanan": "layanan atau pemeliharaan rutin yang tertulis",
        "nama_rekening": f"nama rekening {words_codes.bernama_rekening(barang.uraian)}",
    }[rule]
    return (*_aturan(what, putusan.kelas_terbaik, logit(chance) - logit(words.modal)), *rows)


def _aturan(what: str, kelas: KelasPasti, part: float) -> tuple[Bukti, ...]:
    """The rule's own row. Words may be surer of the same class than a rule ever is: what the rule's
    confidence takes away from them is no evidence for the other class, and is named as such.
    """
    towards = part > 0 if kelas == "modal" else part < 0
    if towards:
        return (Bukti(what, round(part, 2)),)
    return (Bukti(what, 0.0), Bukti("keyakinan tertinggi aturan ini", round(part, 2)))


def _kata(barang: Barang, words: Kata) -> tuple[Bukti, ...]:
    parts, base = _paket(barang, words) if words_features.paket(barang) else _satuan(barang, words)
    kept = {what: round(part, 2) for what, part in parts.items() if abs(part) >= _TERKECIL}
    ordered = sorted(kept.items(), key=lambda item: (-abs(item[1]), item[0]))
    rows = [Bukti(what, part) for what, part in ordered]
    rest = round(base - sum(row.bagian for row in rows), 2)
    rows.append(Bukti("dasar (semua belanja)", rest))
    if not words_features.paket(barang):
        limit = round(logit(words.mentah) - base, 2)
        if abs(limit) >= _TERKECIL:
            rows.append(Bukti("harga terhadap batas kapitalisasi", limit))
        base += limit
    shift = round(logit(words.modal) - base, 2)
    if abs(shift) >= _TERKECIL:
        rows.append(Bukti("kalibrasi", shift))
    return tuple(rows)


def _satuan(barang: Barang, words: Kata) -> tuple[dict[str, float], float]:
    """The parts of single goods, and the log-odds of a kind that can be capital."""
    engine = classify_model.model()
    asset = [kind.kelas == "modal" for kind in classify_policy.urutan()]
    share = words.tahan_lama
    pull = [
        chance / max(share, 1e-12) if capital else -chance / max(1 - share, 1e-12)
        for chance, capital in zip(words.peluang, asset, strict=True)
    ]
    parts: dict[str, float] = {}
    for what, weights in engine.bagian(barang):
        part = sum([w * p for w, p in zip(weights, pull, strict=True)])
        parts[what] = parts.get(what, 0.0) + part
    return parts, logit(share)


def _paket(barang: Barang, words: Kata) -> tuple[dict[str, float], float]:
    """The parts of a package, and the log-odds of capital."""
    engine = classify_packages.paket()
    parts: dict[str, float] = {}
    for what, part in engine.bagian(barang, words.peluang, words.mentah):
        parts[what] = parts.get(what, 0.0) + part
    return parts, logit(engine.modal(barang, words.peluang, words.mentah))
