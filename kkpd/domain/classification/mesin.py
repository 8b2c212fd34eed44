"""The decision: account given, then memory, goods code and merchant, then the words (issue order).

Each step either decides, with a rule that is quoted, or leaves the question to the next one.
"""

from __future__ import annotations

import math
from dataclasses import replace

from kkpd.domain.classification import kebijakan, kode, model, pengetahuan, teks
from kkpd.domain.classification.barang import (
    AMBANG,
    Barang,
    Bukti,
    BukuIngatan,
    Kelas,
    KelasPasti,
    Putusan,
    Usul,
)
from kkpd.domain.errors import Finding
from kkpd.domain.money import NOL, Rupiah

_KOSONG = "Uraian kosong, jadi tidak ada yang dapat dinilai."


def kunci_ingatan(barang: Barang) -> tuple[str, ...]:
    """The keys under which a confirmed decision about this line is kept, most exact first."""
    keys = ["barang:" + " ".join(teks.kata(barang.uraian)[:8])]
    merchant = " ".join(teks.kata(barang.merchant)[:4])
    if merchant:
        keys.append("merchant:" + merchant)
    return tuple(keys)


def classify(
    barang: Barang,
    *,
    batas_kapitalisasi: Rupiah | None,
    ambang: float = AMBANG,
    ingatan: BukuIngatan | None = None,
    batas_buku: Rupiah | None = None,
) -> Putusan:
    """Decide one line. `ambang` (0..1): below this confidence the class is `ragu`.

    `batas_kapitalisasi` is the dated setting of the OPD per unit, None when it is not known: then
    an assumption is named in `yang_mengubah`. `batas_buku` is the region's own limit for books;
    without it books are capital at any price (PSAP 07).
    """
    batas = kebijakan.Batas(batas_kapitalisasi, batas_buku)
    if not teks.kata(barang.uraian):
        return _ragu("teks_kosong", _KOSONG, "Isi uraian barang atau jasa yang dibeli.")
    if any(nilai is not None and nilai < NOL for nilai in (barang.harga, barang.nilai)):
        return _ragu(
            "harga_tak_wajar",
            "Harga atau nilai negatif tidak dapat dinilai; pengembalian ikut kelas asalnya.",
            "Isi harga satuan yang benar, atau nilai transaksi asalnya.",
        )
    dari_kata = _dari_kata(barang, batas, ambang)
    return (
        _dari_rekening(barang, dari_kata)
        or _dari_ingatan(barang, ingatan, dari_kata)
        or (_dari_kode_barang(barang, batas, dari_kata) or dari_kata)
    )


def _ragu(aturan: str, alasan: str, ubah: str) -> Putusan:
    return Putusan("ragu", "operasi", 0.5, aturan, alasan, ubah)


def _dari_kata(barang: Barang, batas: kebijakan.Batas, ambang: float) -> Putusan:
    scores, parts = model.skor(barang)
    chances = model.peluang(scores)
    kinds = pengetahuan.jenis()
    harga = kebijakan.harga_satuan(barang)
    capital = {
        kind: kebijakan.peluang_modal(kinds[kind], harga, barang.nilai, batas) for kind in kinds
    }
    chance = sum(chances[kind] * capital[kind] for kind in kinds)
    kelas: KelasPasti = "modal" if chance > 0.5 else "operasi"
    sure = min(max(chance, 1 - chance), 0.95)
    top = max(chances, key=chances.__getitem__)
    words = ", ".join(f"“{word}”" for word, kind, _ in parts if kind == top)
    alasan = (
        f"Kata {words} menunjuk {kinds[top].nama} ({kinds[top].dasar})."
        if words
        else "Tidak ada kata yang dikenal sebagai petunjuk kelas."
    )
    shown: Kelas = kelas if sure >= ambang and words else "ragu"
    return Putusan(
        shown,
        kelas,
        sure if words else 0.5,
        f"kata:{top}" if words else "kata:tidak_dikenal",
        alasan,
        kebijakan.kalimat_ubah(kinds[top], kelas, batas),
        bukti=tuple(Bukti(f"kata {word}", part) for word, _, part in parts),
    )


def _dari_rekening(barang: Barang, kata: Putusan) -> Putusan | None:
    for code in kode.pisah(barang.kode_rekening)[:1]:
        kelas = kode.kelas_rekening(code)
        if kelas is None:
            return None
        neat = kode.rapikan_rekening(code)
        nama = pengetahuan.nama_rekening().get(neat, "")
        pasti: KelasPasti = "modal" if kelas == "modal" else "operasi"
        return Putusan(
            pasti,
            pasti,
            0.98,
            "rekening",
            f"Dibebankan pada rekening {neat} {nama}".rstrip() + f", belanja {pasti}.",
            "Kelas lain hanya bila rekening pembebanannya diganti.",
            (Usul(neat, nama, 1.0),),
            (
                Bukti(f"rekening {neat}", math.log(49) * (1 if pasti == "modal" else -1)),
                *kata.bukti,
            ),
            _pertentangan(neat, pasti, kata),
        )
    return None


def _pertentangan(neat: str, pasti: KelasPasti, kata: Putusan) -> tuple[Finding, ...]:
    if kata.kelas in {"ragu", pasti}:
        return ()
    return (
        Finding(
            "kelas_bertentangan",
            f"Rekening {neat} adalah belanja {pasti}, tetapi {kata.alasan[0].lower()}"
            f"{kata.alasan[1:]}",
            field="kode_rekening",
        ),
    )


def _dari_ingatan(barang: Barang, ingatan: BukuIngatan | None, kata: Putusan) -> Putusan | None:
    for key in kunci_ingatan(barang) if ingatan else ():
        entry = ingatan.get(key) if ingatan else None
        if entry is not None:
            return replace(
                kata,
                kelas=entry.kelas,
                kelas_terbaik=entry.kelas,
                keyakinan=0.97,
                aturan="ingatan",
                alasan=f"Pernah diputuskan {entry.kelas} pada {entry.tanggal:%d-%m-%Y} "
                f"({entry.sumber}).",
                yang_mengubah="Kelas lain bila ingatan ini dicabut.",
            )
    return None


def _dari_kode_barang(barang: Barang, batas: kebijakan.Batas, kata: Putusan) -> Putusan | None:
    found = {kode.jenis_barang(code) for code in kode.pisah(barang.kode_barang)} - {None}
    if len(found) != 1:
        return None
    kind = pengetahuan.jenis()[str(found.pop())]
    chance = kebijakan.peluang_modal(kind, kebijakan.harga_satuan(barang), barang.nilai, batas)
    kelas: KelasPasti = "modal" if chance > 0.5 else "operasi"
    return replace(
        kata,
        kelas=kelas,
        kelas_terbaik=kelas,
        keyakinan=min(max(chance, 1 - chance), 0.97),
        aturan=f"kode_barang:{kind.jenis}",
        alasan=f"Kode barang {barang.kode_barang[:40]} termasuk {kind.nama} ({kind.dasar}).",
        yang_mengubah=kebijakan.kalimat_ubah(kind, kelas, batas),
    )
