"""Which column of a file holds what: by accepted titles, in any spelling of case and signs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kkpd.core.errors import Unreadable
from kkpd.engines.audit.table import Source, plain

#: Role -> titles, the more telling first; a title may also begin or end with one (5 letters up).
TITLES: Final[Mapping[str, tuple[str, ...]]] = {
    "tanggal": (
        *("tanggal_transaksi", "tgl_transaksi", "tanggal", "tgl", "tanggal_belanja", "date"),
        *("transaction_date", "trx_date", "tanggal_posting", "tgl_pembukuan"),
    ),
    "nilai": (
        *("nilai", "jumlah", "nominal", "nilai_transaksi", "jumlah_rp", "rupiah", "amount"),
        *("nilai_rp", "jumlah_tagihan", "transaction_amount", "bruto", "total"),
    ),
    "kartu": ("kartu", "nomor_kartu", "no_kartu", "card", "card_number", "last4"),
    "vendor": (
        *("vendor", "merchant", "penyedia", "toko", "nama_merchant", "nama_toko", "nama_penyedia"),
        *("nama_vendor", "rekanan", "penerima", "supplier", "merchant_name", "payee"),
    ),
    "nota": (
        *("nota", "nomor_nota", "no_nota", "no_bukti", "nomor_bukti", "kuitansi", "no_kuitansi"),
        *("faktur", "no_faktur", "invoice", "invoice_no", "receipt", "bukti"),
    ),
    "mcc": ("mcc", "kode_mcc", "mcc_code", "merchant_category_code"),
    "rekening": ("kode_rekening", "rekening", "kode_akun", "akun", "account", "account_code"),
    "referensi": ("referensi", "no_referensi", "nomor_referensi", "reference", "rrn"),
    "uraian": ("uraian", "nama_barang", "barang", "keterangan", "item", "description"),
    "satuan": ("satuan", "satuan_barang", "uom"),
    "harga": ("harga_satuan", "harga", "unit_price", "price"),
    "opd": ("opd", "skpd", "kode_opd", "perangkat_daerah", "satker", "unit"),
}
_LONG: Final = 5


def find(source: Source, role: str, given: str | None) -> int | None:
    """The place of a role's column: the one that was named, or the only one with such a title."""
    if given is not None:
        return source.column(given)
    titles = [plain(one) for one in source.titles]
    known = [plain(one) for one in TITLES[role]]
    for title in known:
        if titles.count(title) == 1:
            return titles.index(title)
    near = [
        at
        for at, title in enumerate(titles)
        if any(
            len(one) >= _LONG and (title.startswith(one) or title.endswith(one)) for one in known
        )
    ]
    return near[0] if len(near) == 1 else None


def needed(source: Source, role: str, given: str | None) -> int:
    """As `find`; Unreadable says which titles are accepted and which option names another."""
    place = find(source, role, given)
    if place is None:
        raise Unreadable(
            f"Kolom {role} tidak dikenali di {source.name}; yang ada: {source.seen}. Beri judul "
            f"seperti {', '.join(TITLES[role][:4])}, atau sebutkan dengan --kolom-{role} NAMA.",
            field=role,
        )
    return place
