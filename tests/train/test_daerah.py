"""The list of other regions is one of facts, judged by the program."""

from __future__ import annotations

from collections import Counter

from train import daerah


def test_the_list_of_other_regions_is_whole() -> None:
    rows = daerah.listing()
    assert len(rows) <= 2_000
    assert {row["label"] for row in rows} == {"operasi", "modal"}
    assert {row["bagian"] for row in rows} == {"dibaca", "ditahan"}
    for inside in daerah.by_decisions(rows, "sumber").values():
        assert len({(row["bagian"], row["batas"]) for row in inside}) == 1
    same = Counter(
        (row["sumber"], row["uraian"].lower(), row["satuan"], row["harga"], row["nilai"])
        for row in rows
    )
    assert max(same.values()) == 1


def test_both_halves_hold() -> None:
    rows = daerah.listing()
    for part, inside in daerah.by_decisions(rows, "bagian").items():
        right = sum(daerah.reply(row).best_kelas == row["label"] for row in inside)
        assert right / len(inside) > 0.95, part
