"""What is printed: scores, the parts without which it is worse, and real mistakes to read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from sklearn.model_selection import GroupKFold

from kkpd.core.money import Rupiah
from kkpd.engines.classify import THRESHOLD, rekening, rules, verdict
from kkpd.engines.classify import knowledge as classify_knowledge
from kkpd.engines.classify import tokens as words_tokens
from train import gambar as plot
from train import kalibrasi, latih, paket, sumber, umum
from train import rekening as data_table
from train.kalibrasi import Lipatan
from train.latih import Array
from train.nilai import BATAS_PAKET, galat_harapan, modal_chance, tally
from train.sumber import Contoh

CalibrationLines = dict[str, tuple[float, float]]
KOTAK = ((0.5, 0.6), (0.6, 0.7), (0.7, 0.8), (0.8, 0.9), (0.9, 0.95), (0.95, 0.98), (0.98, 1.01))


def render_number(folds: Sequence[Lipatan], lines: CalibrationLines, *, mistakes: int = 0) -> None:
    """Scores, reliability and coverage of the held-out answers; then `mistakes` mistakes each."""
    for name, (slope, shift) in sorted(lines.items()):
        print(f"kalibrasi {name}: kemiringan {slope}, geser {shift}")
    for fold in folds:
        modal = kalibrasi.terapkan(fold, lines)
        print(tally(f"{fold.nama}, kata saja", fold.label, modal))
        modal = dengan_aturan(fold, modal)
        print(tally(fold.nama, fold.label, modal))
        _andal(fold, modal)
        if mistakes:
            _salah(fold, modal, mistakes)
    _rekening(folds[-1])


def draw(folds: Sequence[Lipatan], lines: CalibrationLines, folder: Path) -> None:
    """Draw the two plots of the documentation."""
    reliability: list[tuple[str, plot.Point]] = []
    coverage: list[tuple[str, plot.Point]] = []
    for fold in folds:
        modal = dengan_aturan(fold, kalibrasi.terapkan(fold, lines))
        sure = np.maximum(modal, 1 - modal)
        truth = np.array([label == "modal" for label in fold.label])
        right = ((modal > 0.5) == truth).astype(float)
        reliability.append((fold.nama, plot.andal(sure, right)))
        coverage.append((fold.nama, plot.settled_share(sure, right)))
    plot.write_out(
        folder / "klasifikasi_keandalan.svg",
        "Keyakinan dan kenyataan",
        ("keyakinan", "bagian yang benar"),
        reliability,
        same=True,
    )
    plot.write_out(
        folder / "klasifikasi_cakupan.svg",
        "Ketepatan menurut cakupan",
        ("bagian yang dijawab", "bagian yang benar"),
        coverage,
        same=False,
    )


def dengan_aturan(fold: Lipatan, modal: Array) -> Array:
    """The same after the program's own rules, as for a line without account and goods code."""
    out = modal.copy()
    for at, row in enumerate(fold.rows):
        line = row.thing._replace(kode_rekening="", kode_barang="")
        words = verdict.of_chances(line, fold.bound, list(fold.peluang[at]), float(modal[at]))
        found = rules.decide(verdict.read(line, fold.bound, THRESHOLD)._replace(words=words))
        sure = found.keyakinan
        out[at] = sure if found.best_kelas == "modal" else 1 - sure
    return out


def _andal(fold: Lipatan, modal: Array) -> None:
    """Confidence against how often it was right, and how much would be answered."""
    sure = np.maximum(modal, 1 - modal)
    right = (modal > 0.5) == np.array([label == "modal" for label in fold.label])
    for low, high in KOTAK:
        inside = (sure >= low) & (sure < high)
        if inside.any():
            print(
                f"    keyakinan {low:.2f}-{min(high, 1.0):.2f}: {inside.sum():6} baris, "
                f"rata-rata {sure[inside].mean():.3f}, benar {right[inside].mean():.3f}"
            )
    for bar in (0.6, 0.75, 0.9):
        told = sure >= bar
        print(f"    ambang {bar}: dijawab {told.mean():.3f}, benar {right[told].mean():.4f}")


def _salah(fold: Lipatan, modal: Array, banyak: int) -> None:
    """The surest wrong answers, one a head word, to be read one by one."""
    kinds = list(classify_knowledge.jenis())
    wrong = np.flatnonzero((modal > 0.5) != np.array([x == "modal" for x in fold.label]))
    seen: set[str] = set()
    for at in sorted(map(int, wrong), key=lambda at: -abs(modal[at] - 0.5)):
        row = fold.rows[at]
        head = sumber.kata_kepala(row)
        if head in seen or len(seen) >= banyak:
            continue
        seen.add(head)
        line = row.thing
        print(
            f"    {row.label:7} p(modal)={modal[at]:.2f} {kinds[int(fold.peluang[at].argmax())]}"
            f" | {line.uraian[:80]} | {line.spesifikasi[:40]} | {line.satuan}"
            f" | {line.harga or line.nilai} | {row.rekening[0]}"
        )


def _rekening(fold: Lipatan) -> None:
    """How often the charged account is first, or among three, on names never seen."""
    rows = fold.rows
    kamus = [*sumber.kamus(), *umum.thing()]
    families = fold.line_family()
    first = three = total = 0
    groups = [row.grup for row in rows]
    for train, test in GroupKFold(5).split(fold.peluang, groups=groups):
        chooser = rekening.Chooser(data_table.tally([*(rows[at] for at in train), *kamus]))
        for at in test[::2]:
            row = rows[at]
            chance = modal_chance(fold.peluang[at : at + 1], [row], fold.bound)[0]
            proposed = rekening.propose(
                words_tokens.words_token(row.thing.uraian),
                row.thing.satuan,
                "modal" if chance > 0.5 else "operasi",
                rekening.log_kinds(np.log(fold.peluang[at] + 1e-9).tolist()),
                below_limit=families[at] == "di_bawah",
                account_chooser=chooser,
            )
            codes = [usul.kode for usul in proposed]
            total += 1
            first += bool(set(row.rekening) & set(codes[:1]))
            three += bool(set(row.rekening) & set(codes))
    print(f"rekening level 6 pada nama baru: pertama {first / total:.3f}, tiga {three / total:.3f}")


def ablasi(
    folds: Sequence[Lipatan],
    packages: Sequence[Contoh],
    kamus: Sequence[Contoh],
    lines: CalibrationLines,
) -> None:
    """The same rows judged without parts of the knowledge: what each part is worth."""
    offices, fold = folds
    few = kalibrasi.brief(kamus)
    law = [row for row in few if row.asal not in {"umum", "ragu"}]
    print("ablasi, barang:")
    print(tally("hanya harga terhadap batas", fold.label, _hanya_harga(fold.rows)))
    for name, rows in {"kamus hukum dan harga": law, "juga pengetahuan umum": few}.items():
        chances = latih.latih(rows).peluang(fold.rows)
        print(tally(name, fold.label, modal_chance(chances, fold.rows, fold.bound)))
    real = [row for row in packages if row.grup != umum.COMMON]
    chances = latih.latih(real).peluang(fold.rows)
    print(tally("hanya paket dan harga", fold.label, modal_chance(chances, fold.rows, fold.bound)))
    print(tally("semua kata tanpa harga", fold.label, _tanpa_batas(fold.peluang)))
    print(tally("semua kata dan harga", fold.label, fold.modal))
    print(tally("juga kalibrasi", fold.label, kalibrasi.terapkan(fold, lines)))
    print("ablasi, paket:")
    raw = modal_chance(offices.peluang, offices.rows, offices.bound)
    print(tally("dilatih pada barang dan kamus saja", offices.label, raw))
    print(tally("bobot paket", offices.label, offices.modal))
    print(tally("juga aturan", offices.label, dengan_aturan(offices, offices.modal)))
    alone, _ = paket.lipat(offices.rows, _tanpa_kata(), kalibrasi.dibagi(packages)[1])
    print(tally("bobot paket tanpa barang dan kamus", offices.label, alone))


def _tanpa_kata() -> latih.Linear:
    """A words' model that knows nothing: every kind is as likely as any other."""
    kinds = len(classify_knowledge.jenis())
    return latih.Linear({}, np.zeros((0, kinds)), np.zeros(kinds))


def rounds(
    thing: Sequence[Contoh], packages: Sequence[Contoh], kamus: Sequence[Contoh], banyak: int
) -> None:
    """Other draws of the offices (mean and spread), and the large office judged by the others."""
    model = kalibrasi.dasar(thing, kamus)
    small, always = kalibrasi.dibagi(packages)
    found = []
    for seed in range(banyak):
        modal, kinds = paket.lipat(small, model, always, seed)
        fold = Lipatan("", small, kinds, BATAS_PAKET, modal)
        modal = dengan_aturan(fold, modal)
        score = tally("", fold.label, modal)
        chance = galat_harapan(np.maximum(modal, 1 - modal))
        found.append([score.akurasi, score.f1, score.akurasi80, score.akurasi85, score.ece, chance])
    names = ("akurasi", "macro-F1", "80%", "85%", "ECE", "ECE bila keyakinan tepat")
    for name, column in zip(names, np.array(found).T, strict=True):
        print(
            f"    {banyak} pembagian kantor, {name}: rata-rata {column.mean():.4f}, "
            f"simpangan {column.std():.4f}, terburuk "
            f"{column.max() if name.startswith('ECE') else column.min():.4f}"
        )
    large = [row for row in always if row.grup != umum.COMMON]
    others = [row for row in packages if row.grup != kalibrasi.KANTOR_BESAR]
    kinds = model.peluang(large)
    fitted = paket.latih(others, model.peluang(others))
    fold = Lipatan("", large, kinds, BATAS_PAKET, fitted.peluang(large, kinds))
    print(tally("kantor besar oleh kantor lain", fold.label, dengan_aturan(fold, fold.modal)))


def _hanya_harga(thing: Sequence[Contoh]) -> Array:
    prices = [row.thing.harga for row in thing]
    return np.array([1.0 if price and price >= Rupiah.of(300_000) else 0.0 for price in prices])


def _tanpa_batas(chances: Array) -> Array:
    capital = np.array([kind.kelas == "modal" for kind in classify_knowledge.jenis().values()])
    return np.asarray(chances[:, capital].sum(axis=1))
