"""The fields of a purchase, each declared once, in the order of the form.

The command is this class itself; the checks of what was typed, the form, the grid, history and
stale-save sentences, the purchase's page, and the CSV and XLSX export read its table `FIELDS`.


Changes of a purchase in words for people: its history, and conflicts between two saves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields, replace
from datetime import date
from typing import Any, Final, Literal

from kkpd.core.moments import brief
from kkpd.core.money import ZERO, Rupiah

#: `tax` is money that is never negative and zero when blank; `row` is the id of another row.
Kind = Literal["text", "long", "code", "day", "money", "tax", "whole", "yes", "row", "choice"]


@dataclass(frozen=True, slots=True)
class PurchaseField:
    """One field as people meet it.

    `word` names it in sentences, history and tables, `label` on the form. `ask` is what the form
    says when it is left empty. `further`: a plain field that form, page and export add without
    more ado; the others have a place of their own there. `for_class`: a change decides the class
    anew; `for_match`: a pair with a bank line rests on it. `grid` is its place in the grid, 0 none.
    """

    word: str
    kind: Kind = "text"
    label: str = ""
    ask: str = ""
    longest: int = 0
    choices: Mapping[str, str] = field(default_factory=dict)
    further: bool = False
    stored: bool = True
    for_class: bool = False
    for_match: bool = False
    grid: int = 0
    width: int = 60
    name: str = ""
    required: bool = False

    @property
    def in_sentence(self) -> str:
        """The word with a small first letter, but for abbreviations: `nomor nota`, `DPP`."""
        return self.word if self.word[:2].isupper() else self.word[:1].lower() + self.word[1:]


def _is(word: str, kind: Kind = "text", label: str = "", **more: Any) -> dict[str, PurchaseField]:
    return {"field": PurchaseField(word, kind, label or word, **more)}


CHANNELS: Final = {
    "katalog": "Katalog elektronik",
    "toko_daring": "Toko daring",
    "lpse": "LPSE",
    "lain": "Lain-lain",
}
TAX_COLLECTORS: Final = {
    "tidak_ada": "Tidak ada",
    "penjual": "Penjual",
    "marketplace": "Marketplace",
    "bendahara": "Bendahara",
}
PPH: Final = {
    "": "Tidak ada",
    "pph21": "PPh 21",
    "pph22": "PPh 22",
    "pph23": "PPh 23",
    "pph4_2": "PPh 4 ayat (2)",
}
_CURRENCIES = ("IDR", "USD", "SGD", "MYR", "EUR", "JPY", "CNY", "AUD")


# fmt: off
@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPurchase:
    """One purchase line as a person gives it; `kunci_kirim` marks the form it came from.

    `pemakai_id` None is the holder; an empty `sumber_dana` is taken from the OPD's DPA when it has
    only one for this account. `asal_id` is the purchase that a refund (negative `nilai`) gives
    back. `mata_uang` other than IDR is kept in the finding it causes.
    """

    opd_id: int
    kunci_kirim: str = field(metadata=_is("Penanda formulir", longest=64, stored=False))
    nilai: Rupiah = field(metadata=_is(
        "Nilai", "money", ask="Nilai belum diisi.",
        for_class=True, for_match=True, grid=6, width=80))
    merchant: str = field(metadata=_is(
        "Penyedia", label="Di mana", ask="Tulis nama penyedianya.",
        longest=200, for_class=True, grid=3, width=120))
    uraian: str = field(metadata=_is(
        "Untuk apa", "long", ask="Tulis apa yang dibeli.",
        longest=500, for_class=True, grid=4, width=160))
    tanggal: date = field(metadata=_is(
        "Tanggal", "day", ask="Isi tanggal pada nota.", for_match=True, grid=1))
    kartu_id: int = field(metadata=_is(
        "Kartu", "row", ask="Pilih kartunya.", for_match=True, grid=2))
    sub_kegiatan: str = field(metadata=_is(
        "Sub kegiatan", "code", "Kode sub kegiatan", longest=30, width=90))
    rekening: str = field(metadata=_is(
        "Rekening", "code", "Kode rekening", longest=20, for_class=True, width=90))
    sumber_dana: str = field(default="", metadata=_is("Sumber dana", longest=80))
    pemakai_id: int | None = field(default=None, metadata=_is("Pemakai", "row", "Pemakai kartu"))
    nota: str = field(default="", metadata=_is("Nomor nota", longest=120, further=True, grid=7))
    kanal: str = field(default="lain", metadata=_is(
        "Saluran", "choice", "Saluran pembelian", choices=CHANNELS))
    satuan: str = field(default="", metadata=_is("Satuan", longest=40, for_class=True, grid=9))
    volume: int | None = field(default=None, metadata=_is(
        "Volume", "whole", for_class=True, grid=8))
    harga_satuan: Rupiah | None = field(default=None, metadata=_is(
        "Harga satuan", "money", for_class=True, grid=10))
    penjual_npwp: str = field(default="", metadata=_is(
        "NPWP penjual", label="NPWP atau NIK penjual", longest=40))
    dpp: Rupiah = field(default=ZERO, metadata=_is("DPP", "tax"))
    ppn: Rupiah = field(default=ZERO, metadata=_is("PPN", "tax"))
    pbjt: Rupiah = field(default=ZERO, metadata=_is("PBJT", "tax"))
    pph_jenis: str | None = field(default=None, metadata=_is("Jenis PPh", "choice", choices=PPH))
    pph: Rupiah = field(default=ZERO, metadata=_is("PPh", "tax"))
    pemungut: str = field(default="tidak_ada", metadata=_is(
        "Pemungut pajak", "choice", choices=TAX_COLLECTORS))
    bukti_pajak: str = field(default="", metadata=_is(
        "Bukti pajak", label="Nomor faktur, bupot atau NTPN", longest=80))
    pdn_umk: bool = field(default=False, metadata=_is(
        "Produk dalam negeri usaha kecil", "yes",
        "Produk dalam negeri dari usaha mikro, kecil atau koperasi"))
    program_id: int | None = field(default=None, metadata=_is(
        "Program", "row", "Program smart city"))
    asal_id: int | None = field(default=None, metadata=_is(
        "Belanja asal", "row", "Pengembalian dari belanja", for_class=True))
    mata_uang: str = field(default="IDR", metadata=_is(
        "Mata uang", "choice", "Mata uang pada nota",
        longest=3, stored=False,
        choices={code: code for code in _CURRENCIES}))
# fmt: on


#: name -> the field, in the order of the form
FIELDS: Final = {
    one.name: replace(one.metadata["field"], name=one.name, required=one.default is MISSING)
    for one in fields(RecordPurchase)
    if one.metadata
}
#: What a person fills in and a row keeps: what an event shows and a change may replace.
ENTRY_FIELDS: Final = tuple(one.name for one in FIELDS.values() if one.stored)
#: Plain fields that form, page and export add by themselves.
FURTHER: Final = tuple(one for one in FIELDS.values() if one.further)


def of_kind(*kinds: Kind) -> tuple[str, ...]:
    """The names of the fields of these kinds."""
    return tuple(name for name, one in FIELDS.items() if one.kind in kinds)


#: Name in an event -> word; other names (kelas, status, alasan) are words already.
_WORDS: Final = {"pemegang_id": "pemegang"} | {
    name: one.in_sentence for name, one in FIELDS.items()
}


def content(name: str, value: object) -> str:
    """A value of an event for people: amounts from sen, dates from ISO text."""
    kind = FIELDS[name].kind if name in FIELDS else "text"
    if value is None or value == "":
        return "kosong"
    if kind in ("money", "tax") and isinstance(value, int):
        return f"Rp {Rupiah(value)}"
    if kind == "day" and isinstance(value, str):
        return brief(date.fromisoformat(value))
    if isinstance(value, bool):
        return "ya" if value else "tidak"
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {answer}" for key, answer in value.items())
    return str(value)


def change_words(name: str, before: object, after: object) -> tuple[str, str | None, str]:
    """What changed, from what (None if nothing stood there) and to what, in words."""
    since = None if before is None else content(name, before)
    return _WORDS.get(name, name), since, content(name, after)


def say_change(name: str, before: object, after: object) -> str:
    """`nilai dari Rp 1.000 menjadi Rp 2.000`."""
    what, since, to = change_words(name, before, after)
    return f"{what} menjadi {to}" if since is None else f"{what} dari {since} menjadi {to}"


#: Names of kinds of events; a kind that is not listed is shown by its last word.
EVENTS: Final = {
    "belanja:transaksi:catat": "Dicatat",
    "belanja:transaksi:ubah": "Diubah",
    "belanja:transaksi:timbang": "Ditimbang lagi",
    "belanja:bukti:lampirkan": "Bukti dilampirkan",
    "belanja:bukti:cabut": "Bukti dicabut",
    "belanja:kelas:tetapkan": "Kelas ditetapkan",
    "belanja:status:lengkapi": "Bukti lengkap",
    "belanja:status:cabut_bukti": "Bukti tidak lagi lengkap",
    "belanja:status:batalkan": "Dibatalkan",
    "belanja:status:ajukan": "Diajukan dalam DPR",
    "belanja:status:tarik": "Ditarik dari DPR",
    "belanja:status:periksa": "Diperiksa PPTK",
    "belanja:status:kembalikan": "Dikembalikan PPTK",
    "belanja:status:setujui": "Disetujui",
    "belanja:status:tolak": "Ditolak",
    "belanja:status:urungkan_uji": "Diuji kembali",
    "belanja:status:terbit_dpt": "Masuk DPT",
    "belanja:status:terbit_npd": "Masuk NPD",
    "belanja:status:ajukan_spp": "Masuk SPP",
    "belanja:status:terbit_spm": "Masuk SPM",
    "belanja:status:terbit_sp2d": "SP2D terbit",
    "belanja:status:bayar": "Dibayar",
    "belanja:status:bayar_pribadi": "Dibayar pribadi",
}


def event_name(jenis: str) -> str:
    """`Dicatat` for `belanja:transaksi:catat`."""
    return EVENTS.get(jenis, jenis.rpartition(":")[2].replace("_", " ").capitalize())
