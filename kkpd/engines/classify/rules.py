"""The decision on one line: what cannot be judged, then the rules, then the words.

Each rule is a function that decides or returns None, in the order in which they apply. A new prefix
of rule keys needs its words in `verdict.py` and on the accuracy page.
"""

from __future__ import annotations

from kkpd.core.errors import Finding
from kkpd.core.money import Rupiah
from kkpd.engines.classify import knowledge, policy, purpose, reasons, rekening, tokens, verdict
from kkpd.engines.classify.knowledge import Kind
from kkpd.engines.classify.model import is_package
from kkpd.engines.classify.policy import ClassLimits
from kkpd.engines.classify.shapes import (
    THRESHOLD,
    AccountProposal,
    CertainKelas,
    Classified,
    Item,
    Kelas,
    MemoryBook,
)
from kkpd.engines.classify.verdict import Case

#: Confidence of an answer by a rule instead of words, by kind of rule.
REKENING_CONFIDENCE = 0.98
MEMORY_CONFIDENCE = 0.97
CODE_CONFIDENCE = 0.98
MCC_CONFIDENCE = 0.985
#: All 151 labelled packages that match are operational: 152 in 153, rounded down.
REKENING_NAME_CONFIDENCE = 0.99
SERVICE_CONFIDENCE = 0.95
#: A hotel stay paid by the office is travel: Belanja Perjalanan Dinas Biasa.
SERVICE_REKENING = {"perjalanan": "5.1.02.04.01.0001"}
#: Works for people outside mostly stay the region's own, so this is a question.
BUILT_CONFIDENCE = 0.6
#: From this chance of a durable thing on, words stand against what the merchant's category shows.
AGAINST = 0.96
#: Below this confidence of the words accounts of both classes are proposed.
PROPOSE_BOTH_BELOW = 0.6


def decide(case: Case, remembered: MemoryBook | None = None) -> Classified:
    """The first rule that decides; without one, the words."""
    return (
        _from_rekening(case)
        or _from_memory(case, remembered or {})
        or _from_intent(case)
        or _from_goods_code(case)
        or _from_mcc(case)
        or _from_service(case)
        or _from_rekening_name(case)
        or _from_words(case)
    )


def memory_keys(thing: Item) -> tuple[str, ...]:
    """The keys under which a confirmed decision about this line is kept, most exact first."""
    keys = ["barang:" + " ".join(tokens.words_token(thing.uraian)[:8])]
    merchant = " ".join(tokens.words_token(thing.merchant)[:4])
    if merchant:
        keys.append("merchant:" + merchant)
    return tuple(keys)


def _answer(
    case: Case,
    kelas: CertainKelas,
    confidence: float,
    aturan: str,
    alasan: str,
    yang_mengubah: str,
    accounts: tuple[AccountProposal, ...],
) -> Classified:
    """An answer whose class is shown as `ragu` below the threshold."""
    shown = _shown(kelas, confidence, case.threshold)
    return Classified(shown, kelas, confidence, aturan, alasan, yang_mengubah, accounts)


def _shown(kelas: CertainKelas, confidence: float, threshold: float) -> Kelas:
    return kelas if confidence >= threshold else "ragu"


def _accounts(
    case: Case, kelas: Kelas, kind: Kind, *, certain: bool = False, primary: str | None = None
) -> tuple[AccountProposal, ...]:
    """Accounts to propose: by the words, or for the one kind that a rule named (`certain`)."""
    return rekening.propose(
        case.kata,
        case.thing.satuan,
        kelas,
        rekening.log_one_kind(kind.jenis) if certain else rekening.log_kinds(case.name_scores),
        below_limit=kind.bound == "ya" and kelas == "operasi",
        primary=primary,
    )


def _from_words(case: Case) -> Classified:
    """The words' answer, where no rule decides."""
    words, kind, kelas = case.words, case.words.jenis, case.words.kelas
    proposed: Kelas = kelas if words.keyakinan >= PROPOSE_BOTH_BELOW else "ragu"
    return _answer(
        case,
        kelas,
        words.keyakinan,
        f"kata:{kind.jenis}",
        reasons.words(case, kind),
        policy.change_sentence(kind, kelas, case.bound),
        _accounts(case, proposed, kind),
    )


def _from_rekening(case: Case) -> Classified | None:
    """The account that was charged names the class; several accounts only when they agree."""
    if not case.thing.kode_rekening:
        return None
    given = map(knowledge.tidy_rekening, knowledge.split_codes(case.thing.kode_rekening))
    known = {code: kelas for code in given if (kelas := knowledge.kelas_rekening(code))}
    if len(set(known.values())) != 1:
        return None
    first, kelas = next(iter(known.items()))
    title = knowledge.nama_rekening().get(first, "")
    return Classified(
        kelas,
        kelas,
        REKENING_CONFIDENCE,
        "rekening",
        reasons.rekening(first, title, kelas),
        reasons.CHANGE_REKENING,
        (AccountProposal(first, title, 1.0),) if title else (),
        temuan=_contradiction(case._replace(threshold=THRESHOLD), first, kelas),
    )


def _contradiction(case: Case, code: str, kelas: CertainKelas) -> tuple[Finding, ...]:
    """The contradiction between the account and the goods code or words, if it is clear."""
    if knowledge.rekening_kind(code) == "diserahkan":
        return ()
    other = _from_intent(case) or _from_goods_code(case) or _from_words(case)
    if other.kelas in {"ragu", kelas}:
        return ()
    rule = "aset_di_rekening_barang" if kelas == "operasi" else "barang_di_rekening_modal"
    limit = "" if case.bound.general is None else str(case.bound.general)
    return (
        Finding(
            rule,
            reasons.contradiction(code, kelas, other),
            field="kode_rekening",
            inputs={"rekening": code, "aturan": other.aturan, "batas_kapitalisasi": limit},
        ),
    )


def _from_memory(case: Case, remembered: MemoryBook) -> Classified | None:
    """What a person of this OPD decided about the same good or merchant."""
    keys = memory_keys(case.thing) if remembered else ()
    key = next((key for key in keys if key in remembered), None)
    if key is None:
        return None
    entry, words = remembered[key], case.words
    kind = verdict.deciding_kind(words.peluang, words.reached, entry.kelas)
    return Classified(
        entry.kelas,
        entry.kelas,
        MEMORY_CONFIDENCE,
        "ingatan",
        reasons.remembered(key, entry),
        reasons.CHANGE_MEMORY,
        _accounts(case, entry.kelas, kind, primary=entry.kode_rekening or None),
    )


def _from_intent(case: Case) -> Classified | None:
    """A purpose that the words name: given away is operational, adding to an asset is capital."""
    thing, words = case.thing, case.words
    found = purpose.intent(thing.uraian, thing.spesifikasi)
    if found is None or not _is_intent(found, words):
        return None
    kelas: CertainKelas = "operasi"
    if found.jenis == "menambah":
        price = policy.harga_satuan(thing) or thing.nilai
        if price is not None and price < policy.general_limit(case.bound):
            return None
        kelas = "modal"
    confidence = found.confidence
    if found.jenis == "untuk":
        built = words.jenis.jenis in {"konstruksi", "tanah"} or purpose.is_built(case.kata)
        confidence = (
            BUILT_CONFIDENCE if built else max(confidence, min(1 - words.modal, CODE_CONFIDENCE))
        )
    kind = knowledge.jenis()["diserahkan" if kelas == "operasi" else "peralatan"]
    return _answer(
        case,
        kelas,
        confidence,
        f"maksud:{found.jenis}",
        reasons.intent(found),
        policy.CHANGE_INTENT[found.jenis],
        _accounts(case, kelas, kind, certain=kelas == "operasi"),
    )


def _is_intent(found: purpose.Intent, words: verdict.WordVerdict) -> bool:
    """Whether a purpose that is not said outright is one: of a thing, and where it matters."""
    if found.jenis == "disebut":
        return words.kelas == "modal"
    return found.jenis != "untuk" or words.jenis.jenis not in reasons.NOT_THINGS


def _from_service(case: Case) -> Classified | None:
    """Nights, hire and subscriptions are services, whatever the name of the thing sounds like."""
    thing = case.thing
    found = purpose.service(case.kata, thing.uraian, thing.satuan) or purpose.subscription(
        case.kata, f"{thing.uraian} {thing.spesifikasi}", thing.satuan
    )
    if found is None or _already_service(found.jenis, case):
        return None
    kind = knowledge.jenis()[found.jenis]
    return _answer(
        case,
        "operasi",
        SERVICE_CONFIDENCE,
        f"layanan:{kind.jenis}",
        reasons.service(found.quote, kind),
        policy.change_sentence(kind, "operasi", case.bound),
        _accounts(case, "operasi", kind, certain=True, primary=SERVICE_REKENING.get(kind.jenis)),
    )


def _already_service(jenis: str, case: Case) -> bool:
    """Whether the words are sure of a service by themselves, and know the account of a stay."""
    words = case.words
    sure = words.kelas == "operasi" and words.keyakinan >= SERVICE_CONFIDENCE
    if not sure or words.jenis.jenis not in reasons.NOT_THINGS:
        return False
    account = SERVICE_REKENING.get(jenis)
    named = [one.kode for one in _accounts(case, "operasi", words.jenis)[:1]]
    return account is None or named == [account]


def _from_goods_code(case: Case) -> Classified | None:
    """A goods code decides for single goods; for whole packages it is only evidence."""
    thing, bound = case.thing, case.bound
    if not thing.kode_barang or is_package(thing):
        return None
    given = knowledge.split_codes(thing.kode_barang)
    found = {named for code in given if (named := knowledge.goods_kind(code))}
    if len(found) != 1:
        return None
    kind = knowledge.jenis()[found.pop()]
    price = policy.harga_satuan(thing)
    chance = policy.modal_chance(kind, price, thing.nilai, bound)
    kelas: CertainKelas = "modal" if chance > 0.5 else "operasi"
    accounts = {account for code in given if (account := knowledge.goods_rekening(code))}
    return _answer(
        case,
        kelas,
        min(max(chance, 1 - chance), CODE_CONFIDENCE),
        f"kode_barang:{kind.jenis}",
        reasons.kode_barang(thing, given[0], kind, bound),
        policy.change_sentence(kind, kelas, bound),
        _accounts(
            case, kelas, kind, certain=True, primary=accounts.pop() if len(accounts) == 1 else None
        ),
    )


def _from_mcc(case: Case) -> Classified | None:
    """A merchant of services, food, fuel or travel sells nothing capital."""
    mcc, words = case.thing.mcc, case.words
    name, kind_name = knowledge.mcc().get(mcc.strip().zfill(4), ("", ""))
    if not (mcc and kind_name):
        return None
    kind = knowledge.jenis()[kind_name]
    against = words.raw_chance > 0.5 and words.durable >= AGAINST
    return _answer(
        case,
        "operasi",
        PROPOSE_BOTH_BELOW if against else MCC_CONFIDENCE,
        f"mcc:{kind_name}",
        reasons.mcc(mcc, name, kind, against),
        policy.change_sentence(kind, "operasi", case.bound),
        _accounts(case, "operasi", kind, certain=True),
    )


def _from_rekening_name(case: Case) -> Classified | None:
    """A package that bears the full name of a goods, service or upkeep account."""
    code = knowledge.named_rekening(case.thing.uraian) if is_package(case.thing) else None
    if code is None:
        return None
    kind = knowledge.jenis()[knowledge.rekening_kind(code) or "habis_pakai"]
    nama = knowledge.nama_rekening()[code]
    return _answer(
        case,
        "operasi",
        REKENING_NAME_CONFIDENCE,
        "nama_rekening",
        reasons.nama_rekening(code, nama),
        policy.change_sentence(kind, "operasi", case.bound),
        (AccountProposal(code, nama, 1.0),),
    )


#: Above this a price is no price of a thing a card can buy, but a slip of the pen; in sen.
LARGEST_PRICE = Rupiah.of(1_000_000_000_000).sen


def classify(
    thing: Item,
    *,
    capitalisation_limit: Rupiah | None,
    threshold: float = THRESHOLD,
    remembered: MemoryBook | None = None,
    book_limit: Rupiah | None = None,
    detailed: bool = True,
) -> Classified:
    """Decide one line. `threshold` (0..1): below this confidence the class is `ragu`.

    `capitalisation_limit` is the dated setting of the OPD per unit, None when it is not known: then
    an assumption is named in `yang_mengubah`. `book_limit` is the region's own limit for books;
    without it books are capital at any price (PSAP 07). `rinci=False` leaves `bukti` empty.
    """
    bound = ClassLimits(capitalisation_limit, book_limit)
    most = tokens.MAX_LETTERS
    thing = thing._replace(uraian=thing.uraian[:most], spesifikasi=thing.spesifikasi[:most])
    if not (tokens.has_words(thing.uraian) or thing.kode_rekening or thing.kode_barang):
        return Classified("ragu", "operasi", 0.5, "teks_kosong", reasons.EMPTY, reasons.FILL_URAIAN)
    for amount in (thing.harga, thing.nilai):
        if amount is not None and not 0 <= amount.sen <= LARGEST_PRICE:
            return _implausible(thing, bound, amount)
    case = verdict.read(thing, bound, threshold)
    found = decide(case, remembered)
    return found._replace(bukti=verdict.detail(case, found)) if detailed else found


def _implausible(thing: Item, bound: ClassLimits, amount: Rupiah) -> Classified:
    """`ragu` with the reason, for an impossible amount; the best guess without it."""
    rest = thing._replace(harga=None, nilai=None)
    found = decide(verdict.read(rest, bound, 0.0))
    return found._replace(
        kelas="ragu",
        keyakinan=0.5,
        aturan="harga_tak_wajar",
        alasan=reasons.harga(amount),
        yang_mengubah=reasons.FILL_PRICE,
    )
