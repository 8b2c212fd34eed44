"""From rows to columns and back: the part of matching that services and pages talk to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from kkpd.core.errors import Finding
from kkpd.engines.matching.arrays import I64
from kkpd.engines.matching.columns import TANPA_HARI, Kolom, susun
from kkpd.engines.matching.forbidden_links import periksa
from kkpd.engines.matching.links import JENIS
from kkpd.engines.matching.pipeline import Jawaban, cocokkan
from kkpd.engines.matching.reasons import alasan_tautan
from kkpd.engines.matching.shapes import BarisBank, Belanja, Hasil, Pasangan
from kkpd.engines.matching.weights import Bobot


def sandikan(teks: Sequence[str]) -> tuple[I64, list[str]]:
    """Codes for texts, and the distinct texts."""
    kode = {satu: nomor for nomor, satu in enumerate(dict.fromkeys(teks))}
    return np.fromiter(map(kode.__getitem__, teks), dtype=np.int64, count=len(teks)), list(kode)


def kolom_bank(baris: Sequence[BarisBank]) -> Kolom:
    """Statement lines as columns."""
    kartu, daftar_kartu = sandikan([satu.kartu for satu in baris])
    nama, daftar_nama = sandikan([satu.merchant for satu in baris])
    transaksi = [satu.tanggal_transaksi for satu in baris]
    posting = [satu.tanggal_posting for satu in baris]
    return Kolom(
        [satu.id for satu in baris],
        kartu,
        daftar_kartu,
        np.array([t.toordinal() if t else TANPA_HARI for t in transaksi], dtype=np.int64),
        np.array([t.toordinal() if t else TANPA_HARI for t in posting], dtype=np.int64),
        np.array([satu.nilai.sen for satu in baris], dtype=np.int64),
        nama,
        daftar_nama,
        np.empty(0, dtype=np.int64),
        (),
    )


def kolom_belanja(belanja: Sequence[Belanja]) -> Kolom:
    """Purchases as columns."""
    kartu, daftar_kartu = sandikan([satu.kartu for satu in belanja])
    nama, daftar_nama = sandikan([satu.merchant for satu in belanja])
    opd, daftar_opd = sandikan([satu.opd for satu in belanja])
    hari = np.array([satu.tanggal.toordinal() for satu in belanja], dtype=np.int64)
    return Kolom(
        [satu.id for satu in belanja],
        kartu,
        daftar_kartu,
        hari,
        hari,
        np.array([satu.nilai.sen for satu in belanja], dtype=np.int64),
        nama,
        daftar_nama,
        opd,
        daftar_opd,
    )


def pasangkan(
    baris: Sequence[BarisBank],
    belanja: Sequence[Belanja],
    bobot: Bobot,
    pemegang: Mapping[str, str] | None,
    *,
    beralasan: bool,
) -> Hasil:
    """All links, with their reasons if asked for."""
    bank, catatan = kolom_bank(baris), kolom_belanja(belanja)
    cek = periksa(bank, catatan, pemegang, 1)
    jawab = cocokkan(susun(bank, catatan, cek.bank, cek.catatan), bobot)
    pasangan = _pasangan(jawab, bank.id, catatan.id, beralasan=beralasan)
    dari = {i for satu in pasangan for i in satu.baris}
    ke = {i for satu in pasangan for i in satu.belanja}
    return Hasil(
        pasangan,
        tuple(sorted({satu.id for satu in baris} - dari)),
        tuple(sorted({satu.id for satu in belanja} - ke)),
        cek.temuan + temuan_potong(jawab, bank.id),
    )


def temuan_potong(jawab: Jawaban, id_bank: Sequence[str]) -> tuple[Finding, ...]:
    """Components too large to be tried whole are said, never silently approximated."""
    asal = jawab.medan.dua.bank.asal
    return tuple(
        Finding(
            "komponen_dipotong",
            f"Terlalu banyak kemungkinan di sekitar baris {id_bank[int(asal[b])]}: "
            "yang paling lemah tidak dicoba.",
            inputs={"referensi": id_bank[int(asal[b])]},
        )
        for b in jawab.dipotong.tolist()
    )


def _pasangan(
    jawab: Jawaban, id_bank: Sequence[str], id_belanja: Sequence[str], *, beralasan: bool
) -> tuple[Pasangan, ...]:
    tautan, dua = jawab.tautan, jawab.medan.dua
    r = tautan.rinci
    urut = np.lexsort((r.c, r.b, r.nomor))
    batas = np.searchsorted(r.nomor[urut], np.arange(len(tautan.jenis) + 1))
    hasil = []
    for n in range(len(tautan.jenis)):
        rows = urut[batas[n] : batas[n + 1]]
        b = dict.fromkeys(id_bank[int(dua.bank.asal[x])] for x in r.b[rows])
        c = dict.fromkeys(id_belanja[int(dua.catatan.asal[x])] for x in r.c[rows])
        hasil.append(
            Pasangan(
                tuple(b),
                tuple(c),
                JENIS[int(tautan.jenis[n])],
                "pasti" if tautan.pasti[n] else "usul",
                float(tautan.skor[n]),
                float(tautan.peluang[n]),
                float(tautan.jarak[n]),
                alasan_tautan(dua, tautan, n, rows) if beralasan else (),
            )
        )
    return tuple(sorted(hasil, key=lambda p: (p.baris, p.belanja)))
