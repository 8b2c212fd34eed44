"""The decision, in the order of authority: account, memory, goods code, merchant, words.

Each step either decides, with a rule that is quoted, or leaves the question to the next one. What
the words say is always computed: it is the evidence that a given account is held against.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from kkpd.domain.classification import (
    alasan,
    bukti,
    kalibrasi,
    kebijakan,
    kode,
    model,
    pengetahuan,
    rekening,
    teks,
)
from kkpd.domain.classification.barang import (
    AMBANG,
    Barang,
    BukuIngatan,
    Kelas,
    KelasPasti,
    Putusan,
    Usul,
)
from kkpd.domain.classification.ciri import paket
from kkpd.domain.errors import Finding
from kkpd.domain.money import NOL, Rupiah

#: Confidence of an answer that rests on a rule and not on words, measured or by the rule's nature.
YAKIN_REKENING = 0.98
YAKIN_INGATAN = 0.97
YAKIN_KODE = 0.98
YAKIN_MCC = 0.985
#: Above this a unit price is no price of a thing a card can buy, but a slip of the pen.
HARGA_TERBESAR = Rupiah.of(1_000_000_000_000)
#: From this belief in capital on, words stand against what the merchant's category shows.
MELAWAN = 0.9


@dataclass(frozen=True, slots=True)
class _Kata:
    """What the words say: the kind they point at, the chances, and the class that follows."""

    jenis: pengetahuan.Jenis
    peluang: list[float]
    modal: float
    keluarga: str

    @property
    def kelas(self) -> KelasPasti:
        return "modal" if self.modal > 0.5 else "operasi"

    @property
    def yakin(self) -> float:
        return kalibrasi.yakin(self.keluarga, max(self.modal, 1 - self.modal))


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
    rinci: bool = True,
) -> Putusan:
    """Decide one line. `ambang` (0..1): below this confidence the class is `ragu`.

    `batas_kapitalisasi` is the dated setting of the OPD per unit, None when it is not known: then
    an assumption is named in `yang_mengubah`. `batas_buku` is the region's own limit for books;
    without it books are capital at any price (PSAP 07). `rinci=False` leaves `bukti` empty, for
    long lists.
    """
    batas = kebijakan.Batas(batas_kapitalisasi, batas_buku)
    tolak = _tak_terbaca(barang)
    if tolak is not None:
        return tolak
    kata = _kata(barang, batas)
    putusan = (
        _dari_rekening(barang, batas, kata)
        or _dari_ingatan(barang, kata, ingatan)
        or _dari_kode_barang(barang, batas)
        or _dari_mcc(barang, batas, kata)
        or _dari_nama_rekening(barang, batas)
        or _dari_kata(barang, batas, kata)
    )
    if putusan.keyakinan < ambang and putusan.kelas != "ragu":
        putusan = replace(putusan, kelas="ragu")
    return replace(putusan, bukti=bukti.rinci(barang, putusan, kata.modal)) if rinci else putusan


def classify_many(
    rows: Iterable[Barang],
    *,
    batas_kapitalisasi: Rupiah | None,
    ambang: float = AMBANG,
    ingatan: BukuIngatan | None = None,
    batas_buku: Rupiah | None = None,
    rinci: bool = False,
) -> Iterator[Putusan]:
    """`classify` for many lines, one answer a line, in order; `bukti` only when `rinci`."""
    for barang in rows:
        yield classify(
            barang,
            batas_kapitalisasi=batas_kapitalisasi,
            ambang=ambang,
            ingatan=ingatan,
            batas_buku=batas_buku,
            rinci=rinci,
        )


def _tak_terbaca(barang: Barang) -> Putusan | None:
    """`ragu` with the reason, for a line that holds nothing to judge."""
    if not teks.kata(barang.uraian) and not barang.kode_rekening and not barang.kode_barang:
        return Putusan("ragu", "operasi", 0.5, "teks_kosong", alasan.KOSONG, alasan.ISI_URAIAN)
    for nilai in (barang.harga, barang.nilai):
        if nilai is not None and (nilai < NOL or nilai > HARGA_TERBESAR):
            return Putusan(
                "ragu", "operasi", 0.5, "harga_tak_wajar", alasan.harga(nilai), alasan.ISI_HARGA
            )
    return None


def _kata(barang: Barang, batas: kebijakan.Batas) -> _Kata:
    chances = model.peluang(model.model().skor(barang))
    kinds = kebijakan.urutan()
    harga = kebijakan.harga_satuan(barang)
    table = kebijakan.tabel(harga, barang.nilai, batas)
    modal = sum([chance * share for chance, share in zip(chances, table, strict=True)])
    family = "paket" if paket(barang) else "harga" if harga is not None else "tanpa_harga"
    return _Kata(kinds[chances.index(max(chances))], chances, modal, family)


def _usul(
    barang: Barang, kelas: Kelas, jenis: pengetahuan.Jenis, utama: str | None = None
) -> tuple[Usul, ...]:
    bawah = jenis.batas == "ya" and kelas == "operasi"
    return rekening.usul(barang, kelas, di_bawah_batas=bawah, utama=utama)


def _dari_kata(barang: Barang, batas: kebijakan.Batas, kata: _Kata) -> Putusan:
    kelas = kata.kelas
    kind = alasan.jenis_penentu(kata.peluang, kelas, kebijakan.tabel_untuk(barang, batas))
    yakin = kata.yakin
    return Putusan(
        kelas,
        kelas,
        yakin,
        f"kata:{kind.jenis}",
        alasan.kata(barang, kind, kelas, batas),
        kebijakan.kalimat_ubah(kind, kelas, batas),
        _usul(barang, kelas if yakin >= 0.6 else "ragu", kind),
    )


def _dari_rekening(barang: Barang, batas: kebijakan.Batas, kata: _Kata) -> Putusan | None:
    if not barang.kode_rekening:
        return None
    classes: set[KelasPasti] = set()
    neat = ""
    for code in kode.pisah(barang.kode_rekening):
        kelas = kode.kelas_rekening(code)
        if kelas is not None:
            classes.add(kelas)
            neat = neat or kode.rapikan_rekening(code)
    if len(classes) != 1:
        return None
    pasti = classes.pop()
    nama = pengetahuan.nama_rekening().get(neat, "")
    return Putusan(
        pasti,
        pasti,
        YAKIN_REKENING,
        "rekening",
        alasan.rekening(neat, nama, pasti),
        alasan.UBAH_REKENING,
        (Usul(neat, nama, 1.0),) if nama else (),
        temuan=_pertentangan(barang, batas, neat, pasti, kata),
    )


def _pertentangan(
    barang: Barang, batas: kebijakan.Batas, neat: str, pasti: KelasPasti, kata: _Kata
) -> tuple[Finding, ...]:
    """What goods code or words say against the account, when they say it clearly."""
    other = _dari_kode_barang(barang, batas) or _dari_kata(barang, batas, kata)
    if other.kelas_terbaik == pasti or other.keyakinan < AMBANG:
        return ()
    if kode.jenis_rekening(neat) == "diserahkan":
        return ()
    rule = "aset_di_rekening_barang" if pasti == "operasi" else "barang_di_rekening_modal"
    return (
        Finding(
            rule,
            alasan.pertentangan(neat, pasti, other),
            field="kode_rekening",
            inputs={"rekening": neat, "aturan": other.aturan, "batas": str(batas.umum or "")},
        ),
    )


def _dari_ingatan(barang: Barang, kata: _Kata, ingatan: BukuIngatan | None) -> Putusan | None:
    if not ingatan:
        return None
    for key in kunci_ingatan(barang):
        entry = ingatan.get(key)
        if entry is not None:
            proposed = _usul(barang, entry.kelas, kata.jenis, entry.kode_rekening or None)
            return Putusan(
                entry.kelas,
                entry.kelas,
                YAKIN_INGATAN,
                "ingatan",
                alasan.ingatan(key, entry),
                alasan.UBAH_INGATAN,
                proposed,
            )
    return None


def _dari_kode_barang(barang: Barang, batas: kebijakan.Batas) -> Putusan | None:
    """A goods code decides for single goods; for whole packages it is evidence among others."""
    if not barang.kode_barang or paket(barang):
        return None
    codes = kode.pisah(barang.kode_barang)
    found = {kode.jenis_barang(code) for code in codes} - {None}
    if len(found) != 1:
        return None
    kind = pengetahuan.jenis()[str(found.pop())]
    harga = kebijakan.harga_satuan(barang)
    chance = kebijakan.peluang_modal(kind, harga, barang.nilai, batas)
    kelas: KelasPasti = "modal" if chance > 0.5 else "operasi"
    return Putusan(
        kelas,
        kelas,
        min(max(chance, 1 - chance), YAKIN_KODE),
        f"kode_barang:{kind.jenis}",
        alasan.kode_barang(barang, codes[0], kind, kelas, batas),
        kebijakan.kalimat_ubah(kind, kelas, batas),
        _usul(barang, kelas, kind, rekening.dari_kode(barang)),
    )


def _dari_mcc(barang: Barang, batas: kebijakan.Batas, kata: _Kata) -> Putusan | None:
    """A merchant of services, food, fuel or travel sells nothing that is capital."""
    name, kind_name = pengetahuan.mcc().get(barang.mcc.strip().zfill(4), ("", ""))
    if not kind_name:
        return None
    kind = pengetahuan.jenis()[kind_name]
    yakin = YAKIN_MCC if kata.modal < MELAWAN else 0.6
    return Putusan(
        "operasi",
        "operasi",
        yakin,
        f"mcc:{kind_name}",
        alasan.mcc(barang.mcc, name, kind, kata.modal >= MELAWAN),
        kebijakan.kalimat_ubah(kind, "operasi", batas),
        _usul(barang, "operasi", kind),
    )


def _dari_nama_rekening(barang: Barang, batas: kebijakan.Batas) -> Putusan | None:
    """A package that bears the full name of an upkeep or below-the-limit account."""
    if not paket(barang):
        return None
    code = kode.bernama_rekening(barang.uraian)
    if code is None:
        return None
    kind = pengetahuan.jenis()[kode.jenis_rekening(code) or "habis_pakai"]
    nama = pengetahuan.nama_rekening()[code]
    return Putusan(
        "operasi",
        "operasi",
        0.9,
        "nama_rekening",
        alasan.nama_rekening(code, nama),
        kebijakan.kalimat_ubah(kind, "operasi", batas),
        (Usul(code, nama, 1.0),),
    )
