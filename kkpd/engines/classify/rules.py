"""The rules, each a function that decides or answers None, in the order in which they are asked.

A rule that reads more than code, MCC, purpose, service or package must also be known to `plain` in
`name_cache.py`; otherwise lists answered without explanation skip it. A new prefix of rule keys
needs its words in `evidence.py` and on the accuracy page.
"""

from __future__ import annotations

from kkpd.core.errors import Finding
from kkpd.engines.classify import knowledge as classify_knowledge
from kkpd.engines.classify import policy as classify_policy
from kkpd.engines.classify import reasons as classify_reasons
from kkpd.engines.classify import rekening
from kkpd.engines.classify.name_cache import CachedName
from kkpd.engines.classify.policy import ClassLimits, LimitSteps
from kkpd.engines.classify.shapes import (
    THRESHOLD,
    AccountProposal,
    CertainKelas,
    Classified,
    Item,
    MemoryBook,
)
from kkpd.engines.classify.word_answer import PROPOSE_BOTH_BELOW, from_words, tampil
from kkpd.engines.classify.word_scores import WordVerdict, usul
from kkpd.engines.classify.words import codes as words_codes
from kkpd.engines.classify.words import purpose, services
from kkpd.engines.classify.words import tokens as words_tokens
from kkpd.engines.classify.words.features import paket

#: Confidence of an answer that rests on a rule and not on words, by the rule's nature.
REKENING_CONFIDENCE = 0.98
MEMORY_CONFIDENCE = 0.97
CODE_CONFIDENCE = 0.98
MCC_CONFIDENCE = 0.985
#: All of the 151 labelled packages that it meets are operational: 152 in 153, rounded down.
REKENING_NAME_CONFIDENCE = 0.99
SERVICE_CONFIDENCE = 0.95
#: Who sleeps in a hotel on the office's account travels: Belanja Perjalanan Dinas Biasa.
SERVICE_REKENING = {"perjalanan": "5.1.02.04.01.0001"}
#: Works for people outside mostly stay the region's own: a question.
BUILT_CONFIDENCE = 0.6
#: From this chance of a durable thing on, words stand against what the merchant's category shows.
AGAINST = 0.96


def putuskan(
    thing: Item,
    steps: LimitSteps,
    words: WordVerdict,
    nama: CachedName,
    remembered: MemoryBook | None,
    threshold: float,
) -> Classified:
    """The first rule that decides; without one, the words."""
    bound = steps.bound
    found = (
        _from_rekening(thing, steps, words, nama)
        or _from_memory(thing, words, nama, remembered)
        or _from_intent(thing, bound, words, nama, threshold)
        or _from_goods_code(thing, bound, nama, threshold)
        or _from_mcc(thing, bound, words, nama, threshold)
        or _from_service(thing, bound, words, nama, threshold)
        or _from_rekening_name(thing, bound, threshold)
    )
    return found or from_words(thing, steps, words, nama, threshold)


def only_words(thing: Item, nama: CachedName, spesifikasi: tuple[str, ...]) -> bool:
    """Whether no rule of `putuskan` can decide this line, of which people remember nothing: there
    is no code and no category, no purpose, stay, hire or licence, and it is no whole package.
    """
    return (
        nama.plain
        and not (thing.kode_rekening or thing.kode_barang or thing.mcc)
        and purpose.is_quiet(spesifikasi)
        and (thing.harga is not None or not paket(thing))
    )


def memory_keys(thing: Item) -> tuple[str, ...]:
    """The keys under which a confirmed decision about this line is kept, most exact first."""
    keys = ["barang:" + " ".join(words_tokens.kata(thing.uraian)[:8])]
    merchant = " ".join(words_tokens.kata(thing.merchant)[:4])
    if merchant:
        keys.append("merchant:" + merchant)
    return tuple(keys)


def _from_rekening(
    thing: Item, steps: LimitSteps, words: WordVerdict, nama: CachedName
) -> Classified | None:
    """The account that was charged names the class; several accounts only when they agree."""
    if not thing.kode_rekening:
        return None
    codes = [
        words_codes.tidy_rekening(code) for code in words_codes.split_codes(thing.kode_rekening)
    ]
    classes = {kelas for code in codes if (kelas := words_codes.kelas_rekening(code)) is not None}
    if len(classes) != 1:
        return None
    kelas = classes.pop()
    first = next(code for code in codes if words_codes.kelas_rekening(code) is not None)
    title = classify_knowledge.nama_rekening().get(first, "")
    return Classified(
        kelas,
        kelas,
        REKENING_CONFIDENCE,
        "rekening",
        classify_reasons.rekening(first, title, kelas),
        classify_reasons.CHANGE_REKENING,
        (AccountProposal(first, title, 1.0),) if title else (),
        temuan=_contradiction(thing, steps, first, kelas, words, nama),
    )


def _contradiction(
    thing: Item,
    steps: LimitSteps,
    code: str,
    kelas: CertainKelas,
    words: WordVerdict,
    nama: CachedName,
) -> tuple[Finding, ...]:
    """What goods code or words say against the account, when they say it clearly."""
    bound = steps.bound
    if words_codes.rekening_kind(code) == "diserahkan":
        return ()
    other = _from_intent(thing, bound, words, nama, THRESHOLD) or _from_goods_code(
        thing, bound, nama, THRESHOLD
    )
    said = tampil(words.kelas, words.keyakinan, THRESHOLD) if other is None else other.kelas
    if said in {"ragu", kelas}:
        return ()
    other = other or from_words(thing, steps, words, nama, THRESHOLD)
    rule = "aset_di_rekening_barang" if kelas == "operasi" else "barang_di_rekening_modal"
    limit = "" if bound.umum is None else str(bound.umum)
    return (
        Finding(
            rule,
            classify_reasons.contradiction(code, kelas, other),
            field="kode_rekening",
            inputs={"rekening": code, "aturan": other.aturan, "batas_kapitalisasi": limit},
        ),
    )


def _from_memory(
    thing: Item, words: WordVerdict, nama: CachedName, remembered: MemoryBook | None
) -> Classified | None:
    """What a person of this OPD decided about the same good or merchant."""
    if not remembered:
        return None
    for key in memory_keys(thing):
        entry = remembered.get(key)
        if entry is not None:
            kind = words.deciding_kind(entry.kelas)
            return Classified(
                entry.kelas,
                entry.kelas,
                MEMORY_CONFIDENCE,
                "ingatan",
                classify_reasons.remembered(key, entry),
                classify_reasons.CHANGE_MEMORY,
                usul(nama, entry.kelas, kind, primary=entry.kode_rekening or None),
            )
    return None


def _from_intent(
    thing: Item, bound: ClassLimits, words: WordVerdict, nama: CachedName, threshold: float
) -> Classified | None:
    """A purpose that the words name: given away is operational, adding to an asset is capital."""
    found = purpose.intent(thing.uraian, thing.spesifikasi)
    if found is None or not _is_intent(found, words):
        return None
    kelas: CertainKelas = "operasi"
    if found.jenis == "menambah":
        price = classify_policy.harga_satuan(thing) or thing.nilai
        limit = bound.umum or classify_policy.ASSUMED_LIMIT
        if price is not None and price < limit:
            return None
        kelas = "modal"
    confidence = found.confidence
    if found.jenis == "untuk":
        built = words.jenis.jenis in {"konstruksi", "tanah"} or purpose.is_built(thing.uraian)
        confidence = (
            BUILT_CONFIDENCE if built else max(confidence, min(1 - words.modal, CODE_CONFIDENCE))
        )
    kind = classify_knowledge.jenis()["diserahkan" if kelas == "operasi" else "peralatan"]
    return Classified(
        tampil(kelas, confidence, threshold),
        kelas,
        confidence,
        f"maksud:{found.jenis}",
        classify_reasons.intent(found),
        classify_policy.CHANGE_INTENT[found.jenis],
        usul(nama, kelas, kind, certain=kelas == "operasi"),
    )


def _is_intent(found: purpose.Intent, words: WordVerdict) -> bool:
    """Whether a purpose that is not said outright is one: of a thing, and where it matters."""
    if found.jenis == "disebut":
        return words.kelas == "modal"
    return found.jenis != "untuk" or words.jenis.jenis not in classify_reasons.NOT_THINGS


def _from_service(
    thing: Item, bound: ClassLimits, words: WordVerdict, nama: CachedName, threshold: float
) -> Classified | None:
    """Nights, hire and subscriptions are services, whatever the name of the thing sounds like."""
    text = f"{nama.uraian} {thing.spesifikasi}"
    found = services.service(nama.kata, nama.uraian, nama.satuan) or services.subscription(
        nama.kata, text, nama.satuan
    )
    if found is None or _already_service(found.jenis, words, nama):
        return None
    kind = classify_knowledge.jenis()[found.jenis]
    return Classified(
        tampil("operasi", SERVICE_CONFIDENCE, threshold),
        "operasi",
        SERVICE_CONFIDENCE,
        f"layanan:{found.jenis}",
        classify_reasons.service(found.quote, kind),
        classify_policy.change_sentence(kind, "operasi", bound),
        usul(nama, "operasi", kind, certain=True, primary=SERVICE_REKENING.get(found.jenis)),
    )


def _already_service(jenis: str, words: WordVerdict, nama: CachedName) -> bool:
    """Whether the words are sure of a service by themselves, and know the account of a stay."""
    sure = words.kelas == "operasi" and words.keyakinan >= SERVICE_CONFIDENCE
    if not sure or words.jenis.jenis not in classify_reasons.NOT_THINGS:
        return False
    account = SERVICE_REKENING.get(jenis)
    named = [one.kode for one in nama.jawaban("operasi", words.jenis)[1][:1]]
    return account is None or named == [account]


def _from_goods_code(
    thing: Item, bound: ClassLimits, nama: CachedName, threshold: float
) -> Classified | None:
    """A goods code decides for single goods; for whole packages it is evidence among others."""
    if not thing.kode_barang or paket(thing):
        return None
    codes = words_codes.split_codes(thing.kode_barang)
    found = {words_codes.goods_kind(code) for code in codes} - {None}
    if len(found) != 1:
        return None
    kind = classify_knowledge.jenis()[str(found.pop())]
    price = classify_policy.harga_satuan(thing)
    chance = classify_policy.modal_chance(kind, price, thing.nilai, bound)
    kelas: CertainKelas = "modal" if chance > 0.5 else "operasi"
    confidence = min(max(chance, 1 - chance), CODE_CONFIDENCE)
    return Classified(
        tampil(kelas, confidence, threshold),
        kelas,
        confidence,
        f"kode_barang:{kind.jenis}",
        classify_reasons.kode_barang(thing, codes[0], kind, bound),
        classify_policy.change_sentence(kind, kelas, bound),
        usul(nama, kelas, kind, certain=True, primary=rekening.rekening_of_code(thing)),
    )


def _from_mcc(
    thing: Item, bound: ClassLimits, words: WordVerdict, nama: CachedName, threshold: float
) -> Classified | None:
    """A merchant of services, food, fuel or travel sells nothing that is capital."""
    if not thing.mcc:
        return None
    name, kind_name = classify_knowledge.mcc().get(thing.mcc.strip().zfill(4), ("", ""))
    if not kind_name:
        return None
    kind = classify_knowledge.jenis()[kind_name]
    against = words.raw_chance > 0.5 and words.durable >= AGAINST
    confidence = PROPOSE_BOTH_BELOW if against else MCC_CONFIDENCE
    return Classified(
        tampil("operasi", confidence, threshold),
        "operasi",
        confidence,
        f"mcc:{kind_name}",
        classify_reasons.mcc(thing.mcc, name, kind, against),
        classify_policy.change_sentence(kind, "operasi", bound),
        usul(nama, "operasi", kind, certain=True),
    )


def _from_rekening_name(thing: Item, bound: ClassLimits, threshold: float) -> Classified | None:
    """A package that bears the full name of a goods, service or upkeep account."""
    if not paket(thing):
        return None
    code = words_codes.named_rekening(thing.uraian)
    if code is None:
        return None
    kind = classify_knowledge.jenis()[words_codes.rekening_kind(code) or "habis_pakai"]
    nama = classify_knowledge.nama_rekening()[code]
    return Classified(
        tampil("operasi", REKENING_NAME_CONFIDENCE, threshold),
        "operasi",
        REKENING_NAME_CONFIDENCE,
        "nama_rekening",
        classify_reasons.nama_rekening(code, nama),
        classify_policy.change_sentence(kind, "operasi", bound),
        (AccountProposal(code, nama, 1.0),),
    )
