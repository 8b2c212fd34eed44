"""Document numbers as printed: a pattern (dated setting) filled with the gapless number."""

from __future__ import annotations

from typing import Final

from kkpd.core.errors import DomainError

ROMAN: Final = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")

#: Where no `nomor_<jenis>` setting is in force.
DEFAULT_PATTERN: Final = "{urut:04d}/{jenis}/{opd}/{bulan}/{tahun}"
#: Kinds whose number the annex's forms spell otherwise (kkpd.md 1.10).
KIND_PATTERNS: Final = {"dpt_gabungan": "{urut:04d}/DPT/GLOBAL/{kode}/{tahun}"}

#: Every kind as numbers spell it. "SPP" is Surat Permintaan Pembayaran alone; its annexes carry its
#: number. Numbers issued before stay as they are.
ABBREVIATIONS: Final = {
    "dpr": "DPR-KKPD",
    "dpt": "DPT-KKPD",
    "penolakan": "PENOLAKAN-KKPD",
    "dpt_gabungan": "DPT-GLOBAL",
    "npd": "NPD-KKPD",
    "spp": "SPP-GU-KKPD",
    "spp_gu_ringkasan": "SPP-GU-KKPD",
    "spp_gu_rincian": "SPP-GU-KKPD",
    "spp_gu_pernyataan": "SPP-GU-KKPD",
    "sptb": "SPP-GU-KKPD",
    "spm": "SPM-GU-KKPD",
    "sp2d": "SP2D-GU-KKPD",
    "lpj": "LPJ-KKPD",
    "bku": "BKU-KKPD",
    "buku_pembantu": "BP-KKPD",
    "register_tagihan": "REG-TAGIHAN-KKPD",
    "register_dpt": "REG-DPT-KKPD",
    "register_sp2d": "REG-SP2D-KKPD",
    "rekap": "REKAP-KKPD",
    "rekonsiliasi": "BAR-KKPD",
    "batas": "BATAS-UP-KKPD",
    "pernyataan_up": "PERNYATAAN-UP",
    "program": "PROGRAM-KKPD",
    "kelengkapan": "KELENGKAPAN-KKPD",
    "temuan": "TEMUAN-KKPD",
    "ditolak": "DITOLAK-KKPD",
    "belum_lunas": "BELUM-LUNAS-KKPD",
    "pajak": "PAJAK-KKPD",
}


def render_number(
    layout: str, *, urut: int, jenis: str, opd: str, tahun: int, bulan: int, kode: str = ""
) -> str:
    """The number as printed; an empty `layout` is the kind's own, `kode` the OPD's official code.

    DomainError when the pattern holds an unknown field.
    """
    layout = layout or KIND_PATTERNS.get(jenis, DEFAULT_PATTERN)
    fields = {
        "urut": urut,
        "jenis": ABBREVIATIONS[jenis],
        "opd": opd.upper(),
        "kode": kode or opd.upper(),
        "bulan": ROMAN[bulan - 1],
        "tahun": tahun,
    }
    try:
        return layout.format_map(fields)
    except (KeyError, IndexError, ValueError, AttributeError) as error:
        raise DomainError(
            f"Pola nomor “{layout}” tidak dapat dipakai. Isian yang dikenal: "
            "{urut}, {urut:04d}, {jenis}, {opd}, {kode}, {bulan}, {tahun}.",
            field="pola",
        ) from error
