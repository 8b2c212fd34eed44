"""From rows to columns and back: the part of matching that services and pages talk to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from kkpd.core.errors import Finding
from kkpd.engines.matching.arrays import I64
from kkpd.engines.matching.columns import NO_DAY, MatchColumns, susun
from kkpd.engines.matching.forbidden_links import periksa
from kkpd.engines.matching.links import KINDS
from kkpd.engines.matching.pipeline import MatchAnswer, match_rows
from kkpd.engines.matching.reasons import link_reasons
from kkpd.engines.matching.shapes import BankLine, Belanja, MatchResult, Pairing
from kkpd.engines.matching.weights import Weights


def encode_texts(teks: Sequence[str]) -> tuple[I64, list[str]]:
    """Codes for texts, and the distinct texts."""
    kode = {one_item: nomor for nomor, one_item in enumerate(dict.fromkeys(teks))}
    return np.fromiter(map(kode.__getitem__, teks), dtype=np.int64, count=len(teks)), list(kode)


def bank_columns(baris: Sequence[BankLine]) -> MatchColumns:
    """Statement lines as columns."""
    kartu, card_list = encode_texts([one_item.kartu for one_item in baris])
    nama, name_list = encode_texts([one_item.merchant for one_item in baris])
    transaksi = [one_item.tanggal_transaksi for one_item in baris]
    posting = [one_item.tanggal_posting for one_item in baris]
    return MatchColumns(
        [one_item.id for one_item in baris],
        kartu,
        card_list,
        np.array([t.toordinal() if t else NO_DAY for t in transaksi], dtype=np.int64),
        np.array([t.toordinal() if t else NO_DAY for t in posting], dtype=np.int64),
        np.array([one_item.nilai.sen for one_item in baris], dtype=np.int64),
        nama,
        name_list,
        np.empty(0, dtype=np.int64),
        (),
    )


def purchase_columns(belanja: Sequence[Belanja]) -> MatchColumns:
    """Purchases as columns."""
    kartu, card_list = encode_texts([one_item.kartu for one_item in belanja])
    nama, name_list = encode_texts([one_item.merchant for one_item in belanja])
    opd, opd_list = encode_texts([one_item.opd for one_item in belanja])
    day = np.array([one_item.tanggal.toordinal() for one_item in belanja], dtype=np.int64)
    return MatchColumns(
        [one_item.id for one_item in belanja],
        kartu,
        card_list,
        day,
        day,
        np.array([one_item.nilai.sen for one_item in belanja], dtype=np.int64),
        nama,
        name_list,
        opd,
        opd_list,
    )


def pasangkan(
    baris: Sequence[BankLine],
    belanja: Sequence[Belanja],
    weight: Weights,
    pemegang: Mapping[str, str] | None,
    *,
    with_reasons: bool,
) -> MatchResult:
    """All links, with their reasons if asked for."""
    bank, catatan = bank_columns(baris), purchase_columns(belanja)
    checked = periksa(bank, catatan, pemegang, 1)
    reply = match_rows(susun(bank, catatan, checked.bank, checked.catatan), weight)
    pairings = _build_pairings(reply, bank.id, catatan.id, with_reasons=with_reasons)
    dari = {i for one_item in pairings for i in one_item.baris}
    ke = {i for one_item in pairings for i in one_item.belanja}
    return MatchResult(
        pairings,
        tuple(sorted({one_item.id for one_item in baris} - dari)),
        tuple(sorted({one_item.id for one_item in belanja} - ke)),
        checked.temuan + cut_findings(reply, bank.id),
    )


def cut_findings(reply: MatchAnswer, id_bank: Sequence[str]) -> tuple[Finding, ...]:
    """Components too large to be tried whole are said, never silently approximated."""
    asal = reply.context.both.bank.asal
    return tuple(
        Finding(
            "komponen_dipotong",
            f"Terlalu banyak kemungkinan di sekitar baris {id_bank[int(asal[b])]}: "
            "yang paling lemah tidak dicoba.",
            inputs={"referensi": id_bank[int(asal[b])]},
        )
        for b in reply.cut_off.tolist()
    )


def _build_pairings(
    reply: MatchAnswer, id_bank: Sequence[str], id_belanja: Sequence[str], *, with_reasons: bool
) -> tuple[Pairing, ...]:
    tautan, both = reply.tautan, reply.context.both
    r = tautan.rinci
    urut = np.lexsort((r.c, r.b, r.nomor))
    bound = np.searchsorted(r.nomor[urut], np.arange(len(tautan.jenis) + 1))
    hasil = []
    for n in range(len(tautan.jenis)):
        rows = urut[bound[n] : bound[n + 1]]
        b = dict.fromkeys(id_bank[int(both.bank.asal[x])] for x in r.b[rows])
        c = dict.fromkeys(id_belanja[int(both.catatan.asal[x])] for x in r.c[rows])
        hasil.append(
            Pairing(
                tuple(b),
                tuple(c),
                KINDS[int(tautan.jenis[n])],
                "pasti" if tautan.certain[n] else "usul",
                float(tautan.scores[n]),
                float(tautan.peluang[n]),
                float(tautan.distance[n]),
                link_reasons(both, tautan, n, rows) if with_reasons else (),
            )
        )
    return tuple(sorted(hasil, key=lambda p: (p.baris, p.belanja)))
