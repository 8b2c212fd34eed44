"""The sentences: one for the reason, in Indonesian, quoting the rule or the evidence."""

from __future__ import annotations

from kkpd.core.money import Rupiah
from kkpd.engines.classify import knowledge, model, policy, tokens
from kkpd.engines.classify.knowledge import Kind
from kkpd.engines.classify.policy import ClassLimits
from kkpd.engines.classify.purpose import Intent
from kkpd.engines.classify.shapes import CertainKelas, Classified, ClassMemory, Item
from kkpd.engines.classify.verdict import Case

#: Kinds that are not things: services, food, travel.
NOT_THINGS = frozenset(["jasa", "sewa", "pemeliharaan", "perjalanan", "makanan"])
EMPTY = "Uraian kosong atau tidak berisi kata, jadi tidak ada yang dapat dinilai."
FILL_URAIAN = "Isi uraian barang atau jasa yang dibeli."
FILL_PRICE = "Isi harga satuan yang benar; pengembalian dana ikut kelas transaksi asalnya."
CHANGE_REKENING = "Kelas lain hanya bila rekening pembebanannya diganti."
CHANGE_MEMORY = "Kelas lain bila ingatan ini dicabut atau diganti keputusan baru."


def harga(nilai: Rupiah) -> str:
    """Why an amount cannot be judged."""
    return f"Harga atau nilai {nilai} tidak wajar, jadi kelasnya tidak dapat ditentukan."


def rekening(code: str, nama: str, kelas: CertainKelas) -> str:
    """The account that was given."""
    account = f"{code} {nama}".rstrip()
    return f"Dibebankan pada rekening {account}, yaitu belanja {kelas}."


def nama_rekening(code: str, nama: str) -> str:
    """The description is the name of an account."""
    return f"Uraian menyebut nama rekening {code} {nama}."


def remembered(key: str, entry: ClassMemory) -> str:
    """An earlier confirmation by people."""
    what = key.partition(":")[2]
    return (
        f"“{what}” pernah diputuskan {entry.kelas} pada {entry.tanggal:%d-%m-%Y} "
        f"oleh {entry.sumber}."
    )


def intent(found: Intent) -> str:
    """The purpose that the words name, and what follows from it."""
    if found.jenis == "disebut":
        return (
            f"Uraian menyebut “{found.quote}” tanpa mengatakan barangnya diserahkan: bila "
            "diserahkan, belanja operasi (rekening 5.1.02.05, 5.1.05); bila dipakai sendiri, modal."
        )
    if found.jenis in {"diserahkan", "untuk"}:
        return (
            f"Uraian menyebut “{found.quote}”: barang yang tidak dipakai sendiri adalah belanja "
            "operasi, apa pun jenisnya (rekening 5.1.02.01.01.0039, 5.1.02.05, 5.1.05)."
        )
    return (
        f"Uraian menyebut “{found.quote}”: perbaikan yang menambah umur, kapasitas atau mutu "
        "aset dikapitalisasi (PSAP 07, pengeluaran setelah perolehan)."
    )


def service(quote: str, kind: Kind) -> str:
    """Nights or hire, or upkeep that says itself that it adds nothing."""
    if kind.jenis == "pemeliharaan":
        return f"“{quote}” hanya mengembalikan fungsi semula: {kind.nama} ({kind.dasar}; PSAP 07)."
    return f"“{quote}” menunjukkan {kind.nama} ({kind.dasar}): yang dibayar adalah waktunya."


def mcc(code: str, name: str, kind: Kind, against: bool) -> str:
    """The merchant's category; `against` when the words speak of a durable thing."""
    tail = ", tetapi uraiannya seperti barang modal: periksa buktinya." if against else "."
    return f"Kategori merchant {code.strip()} ({name}) menunjukkan {kind.nama}{tail}"


def kode_barang(thing: Item, code: str, kind: Kind, bound: ClassLimits) -> str:
    """The goods code, its official name, and the limit where it decides."""
    name = knowledge.goods_name(code)
    named = f"bernama “{name}” " if name else ""
    price = against_limit(thing, kind, bound)
    return f"Kode barang {code[:30]} {named}termasuk {kind.nama} ({kind.dasar}){price}."


def words(case: Case, kind: Kind) -> str:
    """The strongest words for the deciding kind, and the price where a limit decides."""
    named, satuan = _strongest_words(case, kind), case.thing.satuan
    service_unit = tokens.is_service_unit(tokens.satuan(satuan))
    if not named and kind.jenis in NOT_THINGS and service_unit:
        return f"Satuan “{satuan.strip()[:30]}” menunjukkan {kind.nama} ({kind.dasar})."
    price = against_limit(case.thing, kind, case.bound)
    if named:
        return f"Kata {named} menunjukkan {kind.nama} ({kind.dasar}){price}."
    return f"Tidak ada kata yang jelas jenisnya; paling mirip {kind.nama} ({kind.dasar}){price}."


def _strongest_words(case: Case, kind: Kind) -> str:
    """Up to two words or pairs with the most weight for the kind, in quotes; may be empty. A word
    is not quoted beside a pair that contains it.
    """
    spoken = model.summed(case.parts, policy.urutan().index(kind))
    best = sorted([word for word in spoken if spoken[word] > 0.3], key=lambda w: (-spoken[w], w))
    if any(" " in word for word in best[:2]):
        best = _without_repeats(best[:4])
    return " dan ".join([f"“{word}”" for word in best[:2]])


def _without_repeats(best: list[str]) -> list[str]:
    """The first two that do not contain each other; of two that do, the longer."""
    out: list[str] = []
    for word in best:
        parts = word.split()
        inside = [at for at, one in enumerate(out) if not set(parts).isdisjoint(one.split())]
        if not inside:
            out.append(word)
        elif len(parts) > len(out[inside[0]].split()):
            out[inside[0]] = word
    return list(dict.fromkeys(out))


def against_limit(thing: Item, kind: Kind, bound: ClassLimits) -> str:
    """The price compared with the limit, for kinds where the limit decides."""
    if kind.bound not in {"ya", "buku"}:
        return ""
    limit = bound.buku if kind.bound == "buku" else bound.general
    if kind.bound == "buku" and limit is None:
        return ", yang dikapitalisasi tanpa batas minimal"
    named, end = f"batas kapitalisasi {limit!s}", ""
    if limit is None:
        limit, end = policy.ASSUMED_LIMIT, " (batas kapitalisasi belum diberikan)"
        named = f"anggapan {limit!s}"
    price = policy.harga_satuan(thing)
    if price is None:
        if thing.nilai is not None and thing.nilai < limit:
            return f", nilai {thing.nilai} di bawah {named}{end}"
        return f", harga satuan belum diketahui{end}"
    if price >= limit:
        return f", harga satuan {price!s} mencapai {named}{end}"
    return f", harga satuan {price!s} di bawah {named} (dicatat ekstrakomptabel){end}"


def contradiction(code: str, kelas: CertainKelas, other: Classified) -> str:
    """The finding: the account says one thing, the evidence another."""
    account = f"{code} {knowledge.nama_rekening().get(code, '')}".rstrip()
    return (
        f"Rekening {account} adalah belanja {kelas}, "
        f"tetapi buktinya {other.best_kelas}: {other.alasan}"
    )
