"""The rules, each a function that decides or answers None, in the order in which they are asked."""

from __future__ import annotations

from kkpd.core.errors import Finding
from kkpd.engines.classify import knowledge as classify_knowledge
from kkpd.engines.classify import policy as classify_policy
from kkpd.engines.classify import reasons as classify_reasons
from kkpd.engines.classify import rekening
from kkpd.engines.classify.name_cache import Nama
from kkpd.engines.classify.policy import Batas, Tangga
from kkpd.engines.classify.shapes import AMBANG, Barang, BukuIngatan, KelasPasti, Putusan, Usul
from kkpd.engines.classify.word_answer import USUL_DUA_KELAS, dari_kata, tampil
from kkpd.engines.classify.word_scores import Kata, usul
from kkpd.engines.classify.words import codes as words_codes
from kkpd.engines.classify.words import purpose, services
from kkpd.engines.classify.words import tokens as words_tokens
from kkpd.engines.classify.words.features import paket

#: Confidence of an answer that rests on a rule and not on words, by the rule's nature.
YAKIN_REKENING = 0.98
YAKIN_INGATAN = 0.97
YAKIN_KODE = 0.98
YAKIN_MCC = 0.985
#: All of the 151 labelled packages that it meets are operational: 152 in 153, rounded down.
YAKIN_NAMA_REKENING = 0.99
YAKIN_LAYANAN = 0.95
#: Who sleeps in a hotel on the office's account travels: Belanja Perjalanan Dinas Biasa.
REKENING_LAYANAN = {"perjalanan": "5.1.02.04.01.0001"}
#: Works for people outside mostly stay the region's own: a question.
YAKIN_DIBANGUN = 0.6
#: From this chance of a durable thing on, words stand against what the merchant's category shows.
MELAWAN = 0.96


def putuskan(
    barang: Barang,
    tangga: Tangga,
    words: Kata,
    nama: Nama,
    ingatan: BukuIngatan | None,
    ambang: float,
) -> Putusan:
    """The first rule that decides; without one, the words."""
    batas = tangga.batas
    found = (
        _dari_rekening(barang, tangga, words, nama)
        or _dari_ingatan(barang, words, nama, ingatan)
        or _dari_maksud(barang, batas, words, nama, ambang)
        or _dari_kode_barang(barang, batas, nama, ambang)
        or _dari_mcc(barang, batas, words, nama, ambang)
        or _dari_layanan(barang, batas, words, nama, ambang)
        or _dari_nama_rekening(barang, batas, ambang)
    )
    return found or dari_kata(barang, tangga, words, nama, ambang)


def hanya_kata(barang: Barang, nama: Nama, spesifikasi: tuple[str, ...]) -> bool:
    """Whether no rule of `putuskan` can decide this line, of which people remember nothing: there
    is no code and no category, no purpose, stay, hire or licence, and it is no whole package.
    """
    return (
        nama.polos
        and not (barang.kode_rekening or barang.kode_barang or barang.mcc)
        and purpose.sepi(spesifikasi)
        and (barang.harga is not None or not paket(barang))
    )


def kunci_ingatan(barang: Barang) -> tuple[str, ...]:
    """The keys under which a confirmed decision about this line is kept, most exact first."""
    keys = ["barang:" + " ".join(words_tokens.kata(barang.uraian)[:8])]
    merchant = " ".join(words_tokens.kata(barang.merchant)[:4])
    if merchant:
        keys.append("merchant:" + merchant)
    return tuple(keys)


def _dari_rekening(barang: Barang, tangga: Tangga, words: Kata, nama: Nama) -> Putusan | None:
    """The account that was charged names the class; several accounts only when they agree."""
    if not barang.kode_rekening:
        return None
    codes = [words_codes.rapikan_rekening(code) for code in words_codes.pisah(barang.kode_rekening)]
    classes = {kelas for code in codes if (kelas := words_codes.kelas_rekening(code)) is not None}
    if len(classes) != 1:
        return None
    kelas = classes.pop()
    first = next(code for code in codes if words_codes.kelas_rekening(code) is not None)
    title = classify_knowledge.nama_rekening().get(first, "")
    return Putusan(
        kelas,
        kelas,
        YAKIN_REKENING,
        "rekening",
        classify_reasons.rekening(first, title, kelas),
        classify_reasons.UBAH_REKENING,
        (Usul(first, title, 1.0),) if title else (),
        temuan=_pertentangan(barang, tangga, first, kelas, words, nama),
    )


def _pertentangan(
    barang: Barang, tangga: Tangga, code: str, kelas: KelasPasti, words: Kata, nama: Nama
) -> tuple[Finding, ...]:
    """What goods code or words say against the account, when they say it clearly."""
    batas = tangga.batas
    if words_codes.jenis_rekening(code) == "diserahkan":
        return ()
    other = _dari_maksud(barang, batas, words, nama, AMBANG) or _dari_kode_barang(
        barang, batas, nama, AMBANG
    )
    said = tampil(words.kelas, words.keyakinan, AMBANG) if other is None else other.kelas
    if said in {"ragu", kelas}:
        return ()
    other = other or dari_kata(barang, tangga, words, nama, AMBANG)
    rule = "aset_di_rekening_barang" if kelas == "operasi" else "barang_di_rekening_modal"
    limit = "" if batas.umum is None else str(batas.umum)
    return (
        Finding(
            rule,
            classify_reasons.pertentangan(code, kelas, other),
            field="kode_rekening",
            inputs={"rekening": code, "aturan": other.aturan, "batas_kapitalisasi": limit},
        ),
    )


def _dari_ingatan(
    barang: Barang, words: Kata, nama: Nama, ingatan: BukuIngatan | None
) -> Putusan | None:
    """What a person of this OPD decided about the same good or merchant."""
    if not ingatan:
        return None
    for key in kunci_ingatan(barang):
        entry = ingatan.get(key)
        if entry is not None:
            kind = words.penentu(entry.kelas)
            return Putusan(
                entry.kelas,
                entry.kelas,
                YAKIN_INGATAN,
                "ingatan",
                classify_reasons.ingatan(key, entry),
                classify_reasons.UBAH_INGATAN,
                usul(nama, entry.kelas, kind, utama=entry.kode_rekening or None),
            )
    return None


def _dari_maksud(
    barang: Barang, batas: Batas, words: Kata, nama: Nama, ambang: float
) -> Putusan | None:
    """A purpose that the words name: given away is operational, adding to an asset is capital."""
    found = purpose.maksud(barang.uraian, barang.spesifikasi)
    if found is None or not _bermaksud(found, words):
        return None
    kelas: KelasPasti = "operasi"
    if found.jenis == "menambah":
        price = classify_policy.harga_satuan(barang) or barang.nilai
        limit = batas.umum or classify_policy.BATAS_ANGGAPAN
        if price is not None and price < limit:
            return None
        kelas = "modal"
    yakin = found.yakin
    if found.jenis == "untuk":
        built = words.jenis.jenis in {"konstruksi", "tanah"} or purpose.dibangun(barang.uraian)
        yakin = YAKIN_DIBANGUN if built else max(yakin, min(1 - words.modal, YAKIN_KODE))
    kind = classify_knowledge.jenis()["diserahkan" if kelas == "operasi" else "peralatan"]
    return Putusan(
        tampil(kelas, yakin, ambang),
        kelas,
        yakin,
        f"maksud:{found.jenis}",
        classify_reasons.maksud(found),
        classify_policy.UBAH_MAKSUD[found.jenis],
        usul(nama, kelas, kind, pasti=kelas == "operasi"),
    )


def _bermaksud(found: purpose.Maksud, words: Kata) -> bool:
    """Whether a purpose that is not said outright is one: of a thing, and where it matters."""
    if found.jenis == "disebut":
        return words.kelas == "modal"
    return found.jenis != "untuk" or words.jenis.jenis not in classify_reasons.BUKAN_BENDA


def _dari_layanan(
    barang: Barang, batas: Batas, words: Kata, nama: Nama, ambang: float
) -> Putusan | None:
    """Nights, hire and subscriptions are services, whatever the name of the thing sounds like."""
    text = f"{nama.uraian} {barang.spesifikasi}"
    found = services.layanan(nama.kata, nama.uraian, nama.satuan) or services.berlangganan(
        nama.kata, text, nama.satuan
    )
    if found is None or _sudah_layanan(found.jenis, words, nama):
        return None
    kind = classify_knowledge.jenis()[found.jenis]
    return Putusan(
        tampil("operasi", YAKIN_LAYANAN, ambang),
        "operasi",
        YAKIN_LAYANAN,
        f"layanan:{found.jenis}",
        classify_reasons.layanan(found.kutipan, kind),
        classify_policy.kalimat_ubah(kind, "operasi", batas),
        usul(nama, "operasi", kind, pasti=True, utama=REKENING_LAYANAN.get(found.jenis)),
    )


def _sudah_layanan(jenis: str, words: Kata, nama: Nama) -> bool:
    """Whether the words are sure of a service by themselves, and know the account of a stay."""
    sure = words.kelas == "operasi" and words.keyakinan >= YAKIN_LAYANAN
    if not sure or words.jenis.jenis not in classify_reasons.BUKAN_BENDA:
        return False
    account = REKENING_LAYANAN.get(jenis)
    named = [one.kode for one in nama.jawaban("operasi", words.jenis)[1][:1]]
    return account is None or named == [account]


def _dari_kode_barang(barang: Barang, batas: Batas, nama: Nama, ambang: float) -> Putusan | None:
    """A goods code decides for single goods; for whole packages it is evidence among others."""
    if not barang.kode_barang or paket(barang):
        return None
    codes = words_codes.pisah(barang.kode_barang)
    found = {words_codes.jenis_barang(code) for code in codes} - {None}
    if len(found) != 1:
        return None
    kind = classify_knowledge.jenis()[str(found.pop())]
    price = classify_policy.harga_satuan(barang)
    chance = classify_policy.peluang_modal(kind, price, barang.nilai, batas)
    kelas: KelasPasti = "modal" if chance > 0.5 else "operasi"
    yakin = min(max(chance, 1 - chance), YAKIN_KODE)
    return Putusan(
        tampil(kelas, yakin, ambang),
        kelas,
        yakin,
        f"kode_barang:{kind.jenis}",
        classify_reasons.kode_barang(barang, codes[0], kind, batas),
        classify_policy.kalimat_ubah(kind, kelas, batas),
        usul(nama, kelas, kind, pasti=True, utama=rekening.dari_kode(barang)),
    )


def _dari_mcc(
    barang: Barang, batas: Batas, words: Kata, nama: Nama, ambang: float
) -> Putusan | None:
    """A merchant of services, food, fuel or travel sells nothing that is capital."""
    if not barang.mcc:
        return None
    name, kind_name = classify_knowledge.mcc().get(barang.mcc.strip().zfill(4), ("", ""))
    if not kind_name:
        return None
    kind = classify_knowledge.jenis()[kind_name]
    against = words.mentah > 0.5 and words.tahan_lama >= MELAWAN
    yakin = USUL_DUA_KELAS if against else YAKIN_MCC
    return Putusan(
        tampil("operasi", yakin, ambang),
        "operasi",
        yakin,
        f"mcc:{kind_name}",
        classify_reasons.mcc(barang.mcc, name, kind, against),
        classify_policy.kalimat_ubah(kind, "operasi", batas),
        usul(nama, "operasi", kind, pasti=True),
    )


def _dari_nama_rekening(barang: Barang, batas: Batas, ambang: float) -> Putusan | None:
    """A package that bears the full name of a goods, service or upkeep account."""
    if not paket(barang):
        return None
    code = words_codes.bernama_rekening(barang.uraian)
    if code is None:
        return None
    kind = classify_knowledge.jenis()[words_codes.jenis_rekening(code) or "habis_pakai"]
    nama = classify_knowledge.nama_rekening()[code]
    return Putusan(
        tampil("operasi", YAKIN_NAMA_REKENING, ambang),
        "operasi",
        YAKIN_NAMA_REKENING,
        "nama_rekening",
        classify_reasons.nama_rekening(code, nama),
        classify_policy.kalimat_ubah(kind, "operasi", batas),
        (Usul(code, nama, 1.0),),
    )
