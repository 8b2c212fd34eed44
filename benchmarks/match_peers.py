"""What others do with the same two files, each a process of its own, one to one only.

    python benchmarks/match_peers.py METHOD STATEMENT LEDGER OUT

Methods: `lsa` (block, rapidfuzz, linear sum assignment), `recordlinkage`, `splink`, and `merge`,
the limit: an exact merge on card, amount and date with the csv module, which nothing that reads
and writes the files as rows can beat by much. Each writes `referensi,id`.
"""

from __future__ import annotations

import csv
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

SEBELUM, SESUDAH, LEBIH = 7, 12, 0.036


def merge(a: Path, b: Path) -> list[tuple[str, str]]:
    """Equal card, amount and transaction date, in file order."""
    with b.open(encoding="utf-8", newline="") as isi:
        tempat: dict[tuple[str, str, str], list[str]] = defaultdict(list)
        for row in csv.DictReader(isi):
            tempat[row["kartu"], row["nilai"], row["tanggal"]].append(row["id"])
    with a.open(encoding="utf-8", newline="") as isi:
        return [
            (row["referensi"], daftar.pop(0))
            for row in csv.DictReader(isi)
            if (daftar := tempat[row["kartu"], row["nilai"], row["tanggal_transaksi"]])
        ]


def _baca(a: Path, b: Path) -> tuple[Any, Any]:
    import pandas as pd

    teks = {"referensi": str, "id": str, "kartu": str, "opd": str, "merchant": str}
    kiri, kanan = pd.read_csv(a, dtype=teks), pd.read_csv(b, dtype=teks)
    kiri["t"] = pd.to_datetime(kiri["tanggal_transaksi"].fillna(kiri["tanggal_posting"]))
    kanan["t"] = pd.to_datetime(kanan["tanggal"])
    for tabel in (kiri, kanan):
        tabel["merchant"] = tabel["merchant"].fillna("").str.upper()
    return kiri, kanan


def _calon(kiri: Any, kanan: Any) -> Any:
    """Pairs of equal amount within the window; of what finds none, those with a surcharge."""
    import numpy as np
    import pandas as pd

    kiri, kanan = kiri.assign(i=np.arange(len(kiri))), kanan.assign(j=np.arange(len(kanan)))
    lajur_i, lajur_j = (
        ["i", "kartu", "nilai", "t", "merchant"],
        ["j", "kartu", "nilai", "t", "merchant"],
    )
    sama = _dekat(kiri[lajur_i].merge(kanan[lajur_j], on=["kartu", "nilai"]))
    sisa_i = kiri.loc[~kiri["i"].isin(sama["i"]) & (kiri["nilai"] > 0), lajur_i]
    sisa_j = kanan.loc[~kanan["j"].isin(sama["j"]) & (kanan["nilai"] > 0), lajur_j]
    lain = _dekat(sisa_i.merge(sisa_j, on="kartu"))
    lebih = lain["nilai_x"] / lain["nilai_y"] - 1
    lain = lain[(lebih >= 0) & (lebih <= LEBIH)]
    sama["lebih"], lain["lebih"] = 0.0, lebih
    return pd.concat([sama, lain], ignore_index=True)


def _dekat(pasangan: Any) -> Any:
    beda = (pasangan["t_y"] - pasangan["t_x"]).dt.days
    return pasangan[(beda >= -SEBELUM) & (beda <= SESUDAH)].copy()


def lsa(a: Path, b: Path) -> list[tuple[str, str]]:
    """Block on the card and the amount, score with rapidfuzz, assign each component."""
    import numpy as np
    from rapidfuzz import fuzz
    from rapidfuzz.process import cpdist
    from scipy.optimize import linear_sum_assignment
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    kiri, kanan = _baca(a, b)
    m = _calon(kiri, kanan)
    hari = (m["t_y"] - m["t_x"]).dt.days.abs().to_numpy()
    nama = cpdist(m["merchant_x"].tolist(), m["merchant_y"].tolist(), scorer=fuzz.WRatio, workers=2)
    nama = np.where(m["merchant_y"] == "", 0.6, nama / 100)
    skor = 0.5 * nama + 0.35 * np.exp(-hari / 3) + 0.15 * np.where(m["lebih"] > 0, 0.5, 1.0)
    baik = skor >= 0.45
    i, j, skor = m["i"].to_numpy()[baik], m["j"].to_numpy()[baik], skor[baik]
    luas = len(kiri) + len(kanan)
    graf = coo_array((np.ones(len(i)), (i, j + len(kiri))), shape=(luas, luas))
    label = connected_components(graf, directed=False)[1][i]
    urut = np.argsort(label, kind="stable")
    pasangan: list[tuple[int, int]] = []
    for isi in np.split(urut, np.flatnonzero(np.diff(label[urut])) + 1):
        if len(isi) == 1:
            pasangan.append((int(i[isi[0]]), int(j[isi[0]])))
            continue
        baris, bi = np.unique(i[isi], return_inverse=True)
        lajur, li = np.unique(j[isi], return_inverse=True)
        nilai = np.zeros((len(baris), len(lajur)))
        nilai[bi, li] = skor[isi]
        x, y = linear_sum_assignment(nilai, maximize=True)
        ada = nilai[x, y] > 0
        pasangan += zip(baris[x[ada]].tolist(), lajur[y[ada]].tolist(), strict=True)
    ref, id_ = kiri["referensi"].tolist(), kanan["id"].tolist()
    return [(ref[x], id_[y]) for x, y in pasangan]


def _satu_satu(pasangan: Any) -> Any:
    """Best first, each row once."""
    urut = pasangan.sort_values("skor", ascending=False, kind="stable")
    return urut[~urut["i"].duplicated()].pipe(lambda t: t[~t["j"].duplicated()])


def recordlinkage(a: Path, b: Path) -> list[tuple[str, str]]:
    """Block on card and amount, compare date and text, weigh, best first."""
    import numpy as np
    import recordlinkage as rl

    kiri, kanan = _baca(a, b)
    indeks = rl.Index()
    indeks.block(["kartu", "nilai"])
    calon = indeks.index(kiri, kanan)
    banding = rl.Compare()
    banding.string("merchant", "merchant", method="jarowinkler", label="nama")
    banding.numeric("hari", "hari", method="exp", scale=3, label="hari")
    for tabel in (kiri, kanan):
        tabel["hari"] = tabel["t"].astype("int64") // 86_400_000_000_000
    ciri = banding.compute(calon, kiri, kanan)
    ciri["skor"] = np.where(ciri["nama"] == 0, 0.3, 0.5 * ciri["nama"]) + 0.5 * ciri["hari"]
    ciri = ciri[ciri["skor"] >= 0.45]
    ciri["i"], ciri["j"] = ciri.index.get_level_values(0), ciri.index.get_level_values(1)
    hasil = _satu_satu(ciri)
    ref, id_ = kiri["referensi"].tolist(), kanan["id"].tolist()
    return [(ref[x], id_[y]) for x, y in zip(hasil["i"], hasil["j"], strict=True)]


def splink(a: Path, b: Path) -> list[tuple[str, str]]:
    """Fellegi-Sunter on DuckDB, weights by expectation maximisation, best first.

    Card and amount are the block, so they do not count in the weight: the threshold lies low.
    """
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    kiri, kanan = _baca(a, b)
    kiri["unique_id"], kanan["unique_id"] = kiri["referensi"], kanan["id"]
    lajur = ["unique_id", "kartu", "nilai", "t", "merchant"]
    aturan = block_on("kartu", "nilai")
    setelan = SettingsCreator(
        link_type="link_only",
        comparisons=[
            cl.JaroWinklerAtThresholds("merchant", [0.95, 0.88, 0.75]),
            cl.AbsoluteTimeDifferenceAtThresholds(
                "t", input_is_string=False, metrics=["day", "day", "day"], thresholds=[1, 3, 10]
            ),
        ],
        blocking_rules_to_generate_predictions=[aturan],
        retain_intermediate_calculation_columns=False,
    )
    api = DuckDBAPI()
    tabel = [api.register(kiri[lajur]), api.register(kanan[lajur])]
    linker = Linker(tabel, setelan)
    linker.training.estimate_probability_two_random_records_match([aturan], recall=0.9)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6)
    linker.training.estimate_parameters_using_expectation_maximisation(aturan)
    hasil = linker.inference.predict(threshold_match_weight=-16).as_pandas_dataframe()
    hasil = hasil.rename(columns={"match_weight": "skor", "unique_id_l": "i", "unique_id_r": "j"})
    hasil = _satu_satu(hasil)
    return list(zip(hasil["i"], hasil["j"], strict=True))


CARA = {"lsa": lsa, "recordlinkage": recordlinkage, "splink": splink, "merge": merge}

if __name__ == "__main__":
    cara, a_, b_, out_ = sys.argv[1:5]
    hasil_ = CARA[cara](Path(a_), Path(b_))
    with Path(out_).open("w", encoding="utf-8", newline="") as isi_:
        tulis = csv.writer(isi_, lineterminator="\n")
        tulis.writerow(("referensi", "id"))
        tulis.writerows(hasil_)
