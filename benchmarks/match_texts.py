"""How a bank writes a shop and how people type it; which slips fingers make; all from a seed."""

from __future__ import annotations

import random
import tomllib
from datetime import date, timedelta
from pathlib import Path
from typing import Protocol

_WORDS = tomllib.loads((Path(__file__).parent / "match_words.toml").read_text(encoding="utf-8"))
RANTAI: list[str] = _WORDS["rantai"]
KINDS: list[str] = _WORDS["jenis"]
WORDS: list[str] = _WORDS["kata"]
KOTA: list[str] = _WORDS["kota"]
PERANTARA: list[str] = _WORDS["perantara"]
PASAR: list[str] = _WORDS["pasar"]
VOKAL = set("AIUEO")


class Ejaan(Protocol):
    """The habits that decide how a name is written."""

    acak: random.Random
    cut: str
    vokal: float
    go_betweens: float
    ketik_bank: float
    ketik_orang: float
    tanpa_nama: float


def nama_toko(a: random.Random) -> str:
    core_words = a.sample(WORDS, a.choice((1, 2, 2, 2, 3)))
    if a.random() < 0.08:
        core_words.append(str(a.randint(1, 99)))
    return " ".join([a.choice(KINDS), *core_words])


def _tanpa_vokal(teks: str) -> str:
    return " ".join(
        kata[0] + "".join(h for h in kata[1:] if h not in VOKAL) if len(kata) > 3 else kata
        for kata in teks.split()
    )


def _ketik(teks: str, a: random.Random) -> str:
    """One slip of the finger: a letter lost, doubled, swapped or wrong."""
    if len(teks) < 4:
        return teks
    i = a.randrange(1, len(teks) - 1)
    cara = a.randrange(4)
    if cara == 0:
        return teks[:i] + teks[i + 1 :]
    if cara == 1:
        return teks[:i] + teks[i] + teks[i:]
    if cara == 2:
        return teks[:i] + teks[i + 1] + teks[i] + teks[i + 2 :]
    return teks[:i] + a.choice("ABDEGIKLMNOPRSTUY") + teks[i + 1 :]


def bank_text(toko: str, city: str, gaya: Ejaan) -> str:
    a, teks = gaya.acak, toko
    kata = teks.split()
    if kata[0] in KINDS and len(kata) > 2 and a.random() < 0.35:
        teks = " ".join(kata[1:])
    if a.random() < gaya.vokal:
        teks = _tanpa_vokal(teks)
    if a.random() < gaya.ketik_bank:
        teks = _ketik(teks, a)
    if a.random() < gaya.go_betweens:
        teks = a.choice(PERANTARA) + teks
    if gaya.cut == "nama":
        return f"{teks[:22]:<22} {city}".strip()
    if gaya.cut == "semua":
        return f"{teks} {city}"[:22].strip()
    return f"{teks[:25]} {city[:13]} ID"


SINGKAT = {"RUMAH MAKAN": "RM", "FOTOCOPY": "FC", "TOKO": "TK", "PERCETAKAN": "Perc."}


def teks_orang(toko: str, gaya: Ejaan) -> str:
    a, teks = gaya.acak, toko
    if a.random() < gaya.tanpa_nama:
        return ""
    if a.random() < 0.1:
        for long, brief in SINGKAT.items():
            teks = teks.replace(long, brief)
    kata = teks.split()
    if len(kata) > 2 and a.random() < 0.12:
        kata = kata[1:]
    elif len(kata) > 3 and a.random() < 0.08:
        kata = kata[:-1]
    teks = " ".join(kata)
    if a.random() < gaya.ketik_orang:
        teks = _ketik(teks, a)
    return a.choice((teks, teks.title(), teks.title(), teks.lower(), teks.capitalize()))


def salah_nilai(nilai: int, a: random.Random) -> int:
    numeric = list(str(nilai))
    for _ in range(20):
        cara, i = a.randrange(4), a.randrange(len(numeric))
        baru = numeric.copy()
        if cara == 0 and i + 1 < len(numeric):
            baru[i], baru[i + 1] = baru[i + 1], baru[i]
        elif cara == 1:
            baru[i] = a.choice("123456789")
        elif cara == 2 and a.random() < 0.5:
            baru.append("0")
        elif cara == 3 and a.random() < 0.5:
            del baru[i]
        hasil = int("".join(baru))
        if hasil != nilai and baru[0] != "0" and hasil > 999:
            return hasil
    return nilai + 90


def salah_tanggal(day: date, a: random.Random) -> date:
    for _ in range(20):
        cara = a.randrange(5)
        try:
            if cara == 0:
                baru = day.replace(day=day.month, month=day.day)
            elif cara == 1:
                baru = day.replace(month=a.choice((day.month - 1, day.month + 1)))
            elif cara == 2:
                baru = day.replace(year=day.year + a.choice((-1, 1)))
            elif cara == 3:
                baru = day.replace(day=int(str(day.day)[::-1]))
            else:
                numeric = f"{day.day:02d}"
                baru = day.replace(day=int(a.choice(("0", "1", "2")) + numeric[1]))
        except ValueError:
            continue
        if baru != day:
            return baru
    return day + timedelta(days=30)
