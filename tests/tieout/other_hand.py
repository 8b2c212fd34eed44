"""The figures of the books once more, by another hand: plain selects and pandas, no code of kkpd.

Sums are Int64 sen. A wrong function of the program cannot agree with itself here.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import Engine, text

_TABLES = {
    "opd": "SELECT id, slug FROM opd",
    "bill": "SELECT id, opd_id, tahun, bulan, jenis, tanggal FROM tagihan",
    "line": "SELECT id, opd_id, tahun, bulan, tagihan_id, jenis, nilai FROM baris_bank",
    "gone": "SELECT baris_bank_id AS id FROM baris_keluar",
    "pair": "SELECT dts_id, final_id, gugur_id FROM dts_final",
    "link": "SELECT baris_bank_id, transaksi_id, nilai FROM cocok WHERE dicabut_at IS NULL",
    "told": "SELECT baris_bank_id, nilai FROM selisih WHERE dicabut_at IS NULL",
    "buy": "SELECT id, opd_id, tahun, bulan, tanggal, nilai, status, asal_id, rekening "
    "FROM transaksi WHERE status <> 'dibatalkan'",
    "word": "SELECT id, transaksi_id, keputusan, nilai, at FROM persetujuan "
    "WHERE peran IN ('pa', 'kpa')",
    "paper": "SELECT d.id, d.opd_id, d.tahun, d.bulan, d.jenis, d.tanggal, d.total FROM dokumen d "
    "WHERE NOT EXISTS (SELECT 1 FROM pembatalan b WHERE b.dokumen_id = d.id)",
    "on": "SELECT dokumen_id, transaksi_id, nilai FROM dokumen_baris",
    "step": "SELECT p.opd_id, p.dpt_id, p.langkah, p.tanggal, p.nilai FROM pencairan p "
    "WHERE NOT EXISTS (SELECT 1 FROM pembatalan b WHERE b.pencairan_id = p.id)",
}
_UNDECIDED = ("tercatat", "berbukti", "diajukan", "diperiksa")


def read(engine: Engine) -> dict[str, pd.DataFrame]:
    """The tables as frames; amounts as Int64 sen, days as dates."""
    with engine.connect() as connection:
        found = {
            name: pd.read_sql(text(statement), connection) for name, statement in _TABLES.items()
        }
    for frame in found.values():
        for column in frame.columns.intersection(["nilai", "total", "asal_id", "tagihan_id"]):
            frame[column] = frame[column].astype("Int64")
        for column in frame.columns.intersection(["tanggal"]):
            frame[column] = pd.to_datetime(frame[column]).dt.date
    found["word"]["day"] = (
        (pd.to_datetime(found["word"]["at"], utc=True) + pd.Timedelta(hours=7)).dt.date
        if len(found["word"])
        else pd.Series(dtype=object)
    )
    return found


def counted(books: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Bank lines that count, each with the month of its final bill (missing: none yet)."""
    line, pair = books["line"], books["pair"]
    line = line[~line["id"].isin(books["gone"]["id"]) & ~line["id"].isin(pair["gugur_id"])]
    line = line[line["jenis"] != "pembayaran"].copy()
    by_final = pair.merge(books["line"], left_on="final_id", right_on="id")
    moved = dict(zip(by_final["dts_id"], by_final["tagihan_id"], strict=True))
    line["tagihan_id"] = [
        moved.get(i, b) for i, b in zip(line["id"], line["tagihan_id"], strict=True)
    ]
    bill = books["bill"][books["bill"]["jenis"] == "final"]
    return line.merge(
        bill[["id", "tahun", "bulan"]],
        left_on="tagihan_id",
        right_on="id",
        how="left",
        suffixes=("", "_bill"),
    )


def billed(books: dict[str, pd.DataFrame]) -> pd.Series:
    """(OPD, year, month) -> what the month's final bills ask for, in sen."""
    lines = counted(books).dropna(subset=["bulan_bill"])
    return lines.groupby(["opd_id", "tahun_bill", "bulan_bill"])["nilai"].sum()


def open_gross(books: dict[str, pd.DataFrame]) -> pd.Series:
    """(OPD, year, month) -> open remainders of lines without their signs, in sen."""
    lines = counted(books).set_index("id")
    for name in ("link", "told"):
        covered = books[name].groupby("baris_bank_id")["nilai"].sum()
        lines["nilai"] = lines["nilai"].sub(covered.reindex(lines.index).fillna(0).astype("Int64"))
    lines["nilai"] = lines["nilai"].abs()
    return lines.groupby(["opd_id", "tahun", "bulan"])["nilai"].sum()


def papers(books: dict[str, pd.DataFrame], jenis: str) -> pd.Series:
    """(OPD, year, month) -> the sum of issued papers of this kind that hold."""
    rows = books["paper"][books["paper"]["jenis"] == jenis]
    return rows.groupby(["opd_id", "tahun", "bulan"])["total"].sum()


def steps(books: dict[str, pd.DataFrame], langkah: str) -> pd.Series:
    """(OPD, year, month of the day on the paper) -> SP2D or debits."""
    rows = books["step"][books["step"]["langkah"] == langkah].copy()
    rows["tahun"] = [day.year for day in rows["tanggal"]]
    rows["bulan"] = [day.month for day in rows["tanggal"]]
    return rows.groupby(["opd_id", "tahun", "bulan"])["nilai"].sum()


def owed(books: dict[str, pd.DataFrame], opd_id: int, tahun: int, bulan: int) -> int:
    """What the budget bears of an OPD's purchases and had not paid on the month's last day, sen."""
    end = date(tahun, bulan, monthrange(tahun, bulan)[1])
    buy = books["buy"]
    buy = buy[
        (buy["opd_id"] == opd_id) & (buy["tahun"] * 100 + buy["bulan"] <= tahun * 100 + bulan)
    ]
    words = books["word"][books["word"]["day"] <= end].sort_values("id")
    newest = words.groupby("transaksi_id").tail(1).set_index("transaksi_id")
    dpt = books["paper"][(books["paper"]["jenis"] == "dpt") & (books["paper"]["tanggal"] <= end)]
    paid_dpt = books["step"][
        (books["step"]["langkah"] == "bayar") & (books["step"]["tanggal"] <= end)
    ]["dpt_id"]
    on = books["on"]
    paid = set(
        on[on["dokumen_id"].isin(dpt["id"]) & on["dokumen_id"].isin(paid_dpt)]["transaksi_id"]
    )
    borne: dict[int, int] = {}
    for row in buy[buy["nilai"] > 0].sort_values("id").to_dict("records"):
        decided = row["id"] in newest.index and row["status"] not in _UNDECIDED
        word: Any = newest.loc[row["id"]] if decided else None
        borne[row["id"]] = row["nilai"] if word is None else word["nilai"]
        if word is not None and word["keputusan"] == "tolak":
            borne[row["id"]] = 0
    left = dict(borne)
    for row in buy[buy["nilai"] < 0].sort_values("id").to_dict("records"):
        origin = row["asal_id"]
        back = min(-row["nilai"], max(left.get(origin, 0), 0))
        borne[row["id"]] = -back
        if origin in left:
            left[origin] -= back
    return int(sum(amount for id_, amount in borne.items() if id_ not in paid))
