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
            (row["referensi"], listing.pop(0))
            for row in csv.DictReader(isi)
            if (listing := tempat[row["kartu"], row["nilai"], row["tanggal_transaksi"]])
        ]


def _read(a: Path, b: Path) -> tuple[Any, Any]:
    import pandas as pd

    teks = {"referensi": str, "id": str, "kartu": str, "opd": str, "merchant": str}
    left, right = pd.read_csv(a, dtype=teks), pd.read_csv(b, dtype=teks)
    left["t"] = pd.to_datetime(left["tanggal_transaksi"].fillna(left["tanggal_posting"]))
    right["t"] = pd.to_datetime(right["tanggal"])
    for data_table in (left, right):
        data_table["merchant"] = data_table["merchant"].fillna("").str.upper()
    return left, right


def _candidates(left: Any, right: Any) -> Any:
    """Pairs of equal amount within the window; of what finds none, those with a surcharge."""
    import numpy as np
    import pandas as pd

    left, right = left.assign(i=np.arange(len(left))), right.assign(j=np.arange(len(right)))
    lajur_i, lajur_j = (
        ["i", "kartu", "nilai", "t", "merchant"],
        ["j", "kartu", "nilai", "t", "merchant"],
    )
    same = _nearby(left[lajur_i].merge(right[lajur_j], on=["kartu", "nilai"]))
    sisa_i = left.loc[~left["i"].isin(same["i"]) & (left["nilai"] > 0), lajur_i]
    sisa_j = right.loc[~right["j"].isin(same["j"]) & (right["nilai"] > 0), lajur_j]
    lain = _nearby(sisa_i.merge(sisa_j, on="kartu"))
    excess = lain["nilai_x"] / lain["nilai_y"] - 1
    lain = lain[(excess >= 0) & (excess <= LEBIH)]
    same["lebih"], lain["lebih"] = 0.0, excess
    return pd.concat([same, lain], ignore_index=True)


def _nearby(pairings: Any) -> Any:
    discrepancy = (pairings["t_y"] - pairings["t_x"]).dt.days
    return pairings[(discrepancy >= -SEBELUM) & (discrepancy <= SESUDAH)].copy()


def lsa(a: Path, b: Path) -> list[tuple[str, str]]:
    """Block on the card and the amount, score with rapidfuzz, assign each component."""
    import numpy as np
    from rapidfuzz import fuzz
    from rapidfuzz.process import cpdist
    from scipy.optimize import linear_sum_assignment
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    left, right = _read(a, b)
    m = _candidates(left, right)
    day = (m["t_y"] - m["t_x"]).dt.days.abs().to_numpy()
    nama = cpdist(m["merchant_x"].tolist(), m["merchant_y"].tolist(), scorer=fuzz.WRatio, workers=2)
    nama = np.where(m["merchant_y"] == "", 0.6, nama / 100)
    scores = 0.5 * nama + 0.35 * np.exp(-day / 3) + 0.15 * np.where(m["lebih"] > 0, 0.5, 1.0)
    good = scores >= 0.45
    i, j, scores = m["i"].to_numpy()[good], m["j"].to_numpy()[good], scores[good]
    extent = len(left) + len(right)
    link_graph = coo_array((np.ones(len(i)), (i, j + len(left))), shape=(extent, extent))
    label = connected_components(link_graph, directed=False)[1][i]
    urut = np.argsort(label, kind="stable")
    pairings: list[tuple[int, int]] = []
    for isi in np.split(urut, np.flatnonzero(np.diff(label[urut])) + 1):
        if len(isi) == 1:
            pairings.append((int(i[isi[0]]), int(j[isi[0]])))
            continue
        baris, bi = np.unique(i[isi], return_inverse=True)
        column, li = np.unique(j[isi], return_inverse=True)
        nilai = np.zeros((len(baris), len(column)))
        nilai[bi, li] = scores[isi]
        x, y = linear_sum_assignment(nilai, maximize=True)
        present = nilai[x, y] > 0
        pairings += zip(baris[x[present]].tolist(), column[y[present]].tolist(), strict=True)
    ref, id_ = left["referensi"].tolist(), right["id"].tolist()
    return [(ref[x], id_[y]) for x, y in pairings]


def _satu_satu(pairings: Any) -> Any:
    """Best first, each row once."""
    urut = pairings.sort_values("skor", ascending=False, kind="stable")
    return urut[~urut["i"].duplicated()].pipe(lambda t: t[~t["j"].duplicated()])


def recordlinkage(a: Path, b: Path) -> list[tuple[str, str]]:
    """Block on card and amount, compare date and text, weigh, best first."""
    import numpy as np
    import recordlinkage as rl

    left, right = _read(a, b)
    indeks = rl.Index()
    indeks.block(["kartu", "nilai"])
    shortlist = indeks.index(left, right)
    banding = rl.Compare()
    banding.string("merchant", "merchant", method="jarowinkler", label="nama")
    banding.numeric("hari", "hari", method="exp", scale=3, label="hari")
    for data_table in (left, right):
        data_table["hari"] = data_table["t"].astype("int64") // 86_400_000_000_000
    feature_values = banding.compute(shortlist, left, right)
    feature_values["skor"] = (
        np.where(feature_values["nama"] == 0, 0.3, 0.5 * feature_values["nama"])
        + 0.5 * feature_values["hari"]
    )
    feature_values = feature_values[feature_values["skor"] >= 0.45]
    feature_values["i"], feature_values["j"] = (
        feature_values.index.get_level_values(0),
        feature_values.index.get_level_values(1),
    )
    hasil = _satu_satu(feature_values)
    ref, id_ = left["referensi"].tolist(), right["id"].tolist()
    return [(ref[x], id_[y]) for x, y in zip(hasil["i"], hasil["j"], strict=True)]


def splink(a: Path, b: Path) -> list[tuple[str, str]]:
    """Fellegi-Sunter on DuckDB, weights by expectation maximisation, best first.

    Card and amount are the block, so they do not count in the weight: the threshold lies low.
    """
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    left, right = _read(a, b)
    left["unique_id"], right["unique_id"] = left["referensi"], right["id"]
    column = ["unique_id", "kartu", "nilai", "t", "merchant"]
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
    data_table = [api.register(left[column]), api.register(right[column])]
    linker = Linker(data_table, setelan)
    linker.training.estimate_probability_two_random_records_match([aturan], recall=0.9)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6)
    linker.training.estimate_parameters_using_expectation_maximisation(aturan)
    hasil = linker.inference.predict(threshold_match_weight=-16).as_pandas_dataframe()
    hasil = hasil.rename(columns={"match_weight": "skor", "unique_id_l": "i", "unique_id_r": "j"})
    hasil = _satu_satu(hasil)
    return list(zip(hasil["i"], hasil["j"], strict=True))


WAYS = {"lsa": lsa, "recordlinkage": recordlinkage, "splink": splink, "merge": merge}

if __name__ == "__main__":
    cara, a_, b_, out_ = sys.argv[1:5]
    hasil_ = WAYS[cara](Path(a_), Path(b_))
    with Path(out_).open("w", encoding="utf-8", newline="") as isi_:
        write_out = csv.writer(isi_, lineterminator="\n")
        write_out.writerow(("referensi", "id"))
        write_out.writerows(hasil_)
