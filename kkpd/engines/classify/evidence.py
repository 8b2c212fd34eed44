"""The evidence table: each feature's part in log-odds, adding up to those of the confidence.

Parts are weighed between the kinds that can be capital and those that cannot. What the price and
the limit turn around stands in a line of its own, so that the table always adds up.
"""

from __future__ import annotations

from operator import mul

from kkpd.engines.classify import model, packages, policy
from kkpd.engines.classify.calibration import logit
from kkpd.engines.classify.shapes import CertainKelas, Classified, EvidencePart, Item
from kkpd.engines.classify.verdict import Case, WordVerdict
from kkpd.engines.classify.words import codes

#: Parts smaller than this are left out; the line `dasar` takes them up.
_SMALLEST = 0.05
_BASE = "dasar (semua belanja)"


def detail(case: Case, putusan: Classified) -> tuple[EvidencePart, ...]:
    """The evidence, strongest first; a rule that decided over the words stands at the top."""
    thing, words = case.thing, case.words
    rows = _words(thing, words)
    rule = putusan.aturan.partition(":")[0]
    if rule == "kata":
        return rows
    chance = putusan.keyakinan if putusan.best_kelas == "modal" else 1 - putusan.keyakinan
    what = {
        "rekening": f"rekening {thing.kode_rekening}",
        "kode_barang": f"kode barang {thing.kode_barang}",
        "mcc": f"kategori merchant {thing.mcc}",
        "ingatan": "keputusan terdahulu",
        "maksud": "maksud yang tertulis",
        "layanan": "layanan atau pemeliharaan rutin yang tertulis",
        "nama_rekening": f"nama rekening {codes.named_rekening(thing.uraian)}",
    }[rule]
    return (*_rule_rows(what, putusan.best_kelas, logit(chance) - logit(words.modal)), *rows)


def _rule_rows(what: str, kelas: CertainKelas, part: float) -> tuple[EvidencePart, ...]:
    """The rule's own row. Words may be surer of the same class than a rule ever is: what the rule's
    confidence takes away from them is no evidence for the other class, and is named as such.
    """
    towards = part > 0 if kelas == "modal" else part < 0
    if towards:
        return (EvidencePart(what, round(part, 2)),)
    return (EvidencePart(what, 0.0), EvidencePart("keyakinan tertinggi aturan ini", round(part, 2)))


def _words(thing: Item, words: WordVerdict) -> tuple[EvidencePart, ...]:
    package = packages.is_package(thing)
    parts, base = _package(thing, words) if package else _unit(thing, words)
    kept = {what: round(part, 2) for what, part in parts.items() if abs(part) >= _SMALLEST}
    ordered = sorted(kept.items(), key=lambda item: (-abs(item[1]), item[0]))
    rows = [EvidencePart(what, part) for what, part in ordered]
    rows.append(EvidencePart(_BASE, round(base - sum(kept.values()), 2)))
    limit = 0.0 if package else round(logit(words.raw_chance) - base, 2)
    shift = round(logit(words.modal) - base - limit, 2)
    rows.append(EvidencePart("harga terhadap batas kapitalisasi", limit))
    rows.append(EvidencePart("kalibrasi", shift))
    return tuple([row for row in rows if abs(row.bagian) >= _SMALLEST or row.what == _BASE])


def _unit(thing: Item, words: WordVerdict) -> tuple[dict[str, float], float]:
    """The parts of single goods, and the log-odds of a kind that can be capital."""
    share = words.durable
    pull = [
        chance / max(share, 1e-12) if kind.kelas == "modal" else -chance / max(1 - share, 1e-12)
        for chance, kind in zip(words.peluang, policy.urutan(), strict=True)
    ]
    parts = [
        (what, (sum(map(mul, weights, pull)),)) for what, weights in model.model().bagian(thing)
    ]
    return model.summed(parts, 0), logit(share)


def _package(thing: Item, words: WordVerdict) -> tuple[dict[str, float], float]:
    """The parts of a package, and the log-odds of capital."""
    engine, raw = packages.weights(), words.raw_chance
    parts = [(what, (part,)) for what, part in engine.bagian(thing, words.peluang, raw)]
    return model.summed(parts, 0), logit(engine.modal(thing, words.peluang, raw))
