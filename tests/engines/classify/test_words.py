"""The parts below the decision: words, features, weights, accounts and policy."""

from __future__ import annotations

import itertools
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kkpd.core.money import Rupiah
from kkpd.engines.classify import Item, model
from kkpd.engines.classify import knowledge as classify_knowledge
from kkpd.engines.classify import knowledge as words_codes
from kkpd.engines.classify import model as classify_packages
from kkpd.engines.classify import policy as classify_policy
from kkpd.engines.classify import rekening as akun
from kkpd.engines.classify import tokens as words_tokens
from train import features

SEJUTA = Rupiah.of(1_000_000)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Laptop ASUS 14 inch", ["laptop", "asus", "inch"]),
        ("Belanja Modal Personal Computer", ["personal", "computer"]),
        ("BELANJA  MODAL mebel", ["mebel"]),
        ("Balanja Modal Komputer", ["komputer"]),
        ("Bj. Perkap kebersihan", ["belanja", "perkap", "kebersihan"]),
        ("Blj, listrik", ["belanja", "listrik"]),
        ("Bel sekolah", ["bel", "sekolah"]),
        ("Rehab Gedung Desa Sukamaju Kec. Galang", ["rehab", "gedung", "desa", "kec"]),
        ("Kp. Desa Jaya makmur", ["kp", "desa", "makmur"]),
        ("Papan nama café ①", ["papan", "nama", "cafe"]),
        ("", []),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    assert list(words_tokens.words_token(text)) == words


def test_words_are_cut_at_a_number_and_units_have_one_spelling() -> None:
    assert len(words_tokens.words_token("kursi " * 90)) == words_tokens.MAX_WORDS
    assert words_tokens.satuan("Orang / Bln") == words_tokens.satuan("orang/bulan") == "orang bulan"
    assert words_tokens.satuan("OB") == "orang bulan"
    assert words_tokens.satuan("zak") == words_tokens.satuan("Sak") == "sak"


def test_a_title_is_read_behind_the_words_of_buying() -> None:
    assert words_tokens.without_openers(("belanja", "pengadaan", "tanah", "kantor")) == (
        "tanah",
        "kantor",
    )
    assert words_tokens.without_openers(("belanja",)) == ("belanja",)
    assert words_tokens.without_openers(()) == ()
    words = words_tokens.words_token("Pengadaan Tanah Makam")
    land = akun.propose(words, "", "modal", akun.log_one_kind("tanah"), below_limit=False)
    assert land[0].kode.startswith("5.2.01")


@pytest.mark.parametrize(
    ("planned", "contracted"),
    [("Barang", "Pengadaan Barang"), ("Konstruksi", "Pekerjaan Konstruksi")],
)
def test_a_kind_of_procurement_has_one_spelling(planned: str, contracted: str) -> None:
    one, other = (
        classify_packages.package_features(
            Item("Truk", nilai=SEJUTA, jenis_pengadaan=name), ("truk",), ("truk",)
        )
        for name in (planned, contracted)
    )
    assert one == other


def test_the_head_is_the_thing_itself() -> None:
    assert words_tokens.header(("belanja", "alat", "tulis", "kantor")) == ("tulis", "kantor")
    assert words_tokens.header(("belanja", "barang")) == ("belanja",)
    assert words_tokens.header(()) == ()


@given(st.from_regex(r"[a-z]{1,12}", fullmatch=True))
def test_pieces_mark_the_ends_of_a_word(word: str) -> None:
    pieces = words_tokens.gram(word)
    assert f"<{word}>"[:3] in pieces
    assert all(3 <= len(piece) <= 5 for piece in pieces)


WORDS = ("laptop", "asus", "kertas", "untuk", "rapat")


def _weights() -> dict[str, list[int]]:
    """A weight for every feature that the words of `WORDS` can make, all different."""
    pairs = [f"{one} {two}" for one, two in itertools.product(WORDS, WORDS)]
    names = [f"{room} {word}" for room in ("u", "h", "i", "s", "t", "v") for word in WORDS]
    names += [*(f"{room} {pair}" for room in ("b", "j") for pair in pairs), "dasar"]
    return {name: [at % 97, -at % 89] for at, name in enumerate(names)}


@given(
    st.lists(st.sampled_from(WORDS), max_size=6),
    st.lists(st.sampled_from(WORDS), max_size=4),
    st.sampled_from(["", "rapat"]),
)
def test_training_and_running_see_the_same_features(
    uraian: list[str], spesifikasi: list[str], satuan: str
) -> None:
    weights = _weights()
    lines = [f"{name}\t{' '.join(map(str, row))}" for name, row in weights.items()]
    engine = model.Model("\n".join(["# : satu dua", *lines]))
    thing = Item(" ".join(uraian), " ".join(spesifikasi), satuan, harga=SEJUTA)
    want = [value / 100 for value in weights["dasar"]]
    for name, value in features.feature_values(thing).items():
        scale = {"u": features.WORDS, "h": model.HEAD}.get(name.split(" ")[0], 1.0)
        for at, weight in enumerate(weights.get(name, [0, 0])):
            want[at] += value / scale * weight / 100
    assert engine.scores(thing) == pytest.approx(tuple(want))
    parts = [0.0, 0.0]
    for _, row in engine.bagian(thing):
        parts = [one + weight for one, weight in zip(parts, row, strict=True)]
    base = zip(parts, engine.dasar, strict=True)
    assert engine.scores(thing) == pytest.approx(tuple(one + two for one, two in base))


@pytest.mark.parametrize(
    ("thing", "whole"),
    [
        (Item("Kursi", nilai=SEJUTA), True),
        (Item("Kursi", jenis_pengadaan="Pengadaan Barang"), True),
        (Item("Kursi", nilai=SEJUTA, volume=Decimal(1), satuan="Paket"), True),
        (Item("Kursi", nilai=SEJUTA, volume=Decimal(1), satuan="Ls"), True),
        (Item("Kursi", nilai=SEJUTA, volume=Decimal(1), satuan="Buah"), False),
        (Item("Kursi", nilai=SEJUTA, volume=Decimal(2), satuan="Paket"), False),
        (Item("Kursi", nilai=SEJUTA, harga=SEJUTA), False),
        (Item("Kursi", nilai=SEJUTA, merchant="TOKO MAJU"), False),
        (Item("Kursi"), False),
    ],
)
def test_what_is_a_whole_package(thing: Item, whole: bool) -> None:
    assert classify_packages.is_package(thing) is whole
    if whole:
        assert classify_policy.harga_satuan(thing) is None


def test_a_package_is_weighed_by_its_own_words_and_by_what_the_goods_say() -> None:
    kinds = classify_knowledge.jenis()
    lines = ["dasar\t-100", "logit\t50", *(f"jenis {kind}\t0" for kind in kinds)]
    lines += ["u rehab\t40", "c <tal\t80", "p pekerjaan konstruksi\t20", "pn12\t10"]
    engine = classify_packages.WorkPackage("\n".join(["# ciri", *lines]))
    flat = [1 / len(kinds)] * len(kinds)
    rehab = Item("rehab", nilai=SEJUTA, jenis_pengadaan="Pekerjaan Konstruksi")
    parts = dict(engine.bagian(rehab, flat, 0.5))
    assert parts["paket: rehab"] == pytest.approx(0.4)
    assert sum(parts.values()) == pytest.approx(0.4 + 0.2 + 0.5 * 0.1)
    assert engine.bagian(Item("talang", nilai=SEJUTA), flat, 0.5)[-2][1] > 0
    assert engine.modal(rehab, flat, 0.9) > engine.modal(rehab, flat, 0.5)


@pytest.mark.parametrize(
    ("uraian", "code"),
    [
        (
            "Belanja Jasa Konsultansi Perencanaan Penataan Ruang-Jasa Perencanaan dan Perancangan "
            "Perkotaan",
            "5.1.02.02.08.0014",
        ),
        ("Belanja Jasa Konsultansi Perencanaan Arsitektur-Jasa Desain Arsitektural", None),
        ("Belanja Bahan-Bahan Bangunan dan Konstruksi", "5.1.02.01.01.0001"),
        ("Belanja alat tulis kantor", None),
    ],
)
def test_a_package_may_bear_the_name_of_an_account(uraian: str, code: str | None) -> None:
    assert words_codes.named_rekening(uraian) == code


def test_an_unknown_word_is_read_by_its_pieces() -> None:
    engine = model.Model("# : satu dua\ndasar\t0 0\nc <kur\t100 0\nk <kur\t50 0\nu meja\t0 100")
    assert engine.scores(Item("kursiku"))[0] > 0
    assert not engine.recognised(("kursiku",))
    assert engine.recognised(("meja", "kursiku"))
    assert engine.scores(Item("xyz")) == (0.0, 0.0)


def test_an_account_is_spoken_for_by_words_of_its_own_class() -> None:
    chooser = akun.Chooser("#\n5.1.02.01.01.0024 -100 habis_pakai\nu meja\t0:100")
    assert chooser.tally(("meja", "zzq"), "", modal=False) == {0: 1.0}
    assert chooser.tally(("meja", "zzq"), "", modal=True) == {}


def test_a_merchants_name_speaks() -> None:
    engine = model.model()
    makanan = engine.jenis.index("makanan")
    plain = engine.scores(Item("Belanja kegiatan"))[makanan]
    assert (
        engine.scores(Item("Belanja kegiatan", merchant="RUMAH MAKAN SEDERHANA"))[makanan] > plain
    )
    assert engine.scores(Item("Belanja kegiatan", merchant="CV MAJU"))[makanan] == plain


@pytest.mark.parametrize(
    ("jenis", "harga", "umum", "buku", "peluang"),
    [
        ("peralatan", 1_000_000, 1_000_000, None, 1.0),
        ("peralatan", 999_999, 1_000_000, None, 0.0),
        ("peralatan", 999_999, None, None, classify_policy.BETWEEN),
        ("peralatan", 250_000, None, None, 0.0),
        ("peralatan", 1_000_000, None, None, 1.0),
        ("peralatan", 5, 0, None, 1.0),
        ("buku", 10_000, 1_000_000, None, 1.0),
        ("buku", 10_000, 1_000_000, 100_000, 0.0),
        ("konstruksi", 10_000, 1_000_000, None, 1.0),
        ("habis_pakai", 10**9, 1_000_000, None, 0.0),
    ],
)
def test_policy(jenis: str, harga: int, umum: int | None, buku: int | None, peluang: float) -> None:
    bound = classify_policy.ClassLimits(
        None if umum is None else Rupiah.of(umum), None if buku is None else Rupiah.of(buku)
    )
    kind = classify_knowledge.jenis()[jenis]
    assert classify_policy.modal_chance(kind, Rupiah.of(harga), None, bound) == peluang


def test_equipment_below_the_limit_has_an_account_of_its_own() -> None:
    assert akun.counterparts()["5.2.02.05.01.0005"].startswith("5.1.02.01.04.")
    words = akun.log_one_kind("peralatan")
    proposed = akun.propose(("laptop",), "", "operasi", words, below_limit=True)
    assert any(usul.kode.startswith("5.1.02.01.04.") for usul in proposed)
    assert all(usul.kode.startswith("5.1") for usul in proposed)


def test_accounts_of_both_classes_when_unsure_and_none_for_nothing() -> None:
    even = akun.log_kinds([1.0] * len(classify_knowledge.jenis()))
    both = akun.propose(("laptop",), "", "ragu", even, below_limit=False)
    assert {usul.kode[:3] for usul in both} == {"5.1", "5.2"} or len(both) == 3
    assert akun.propose(("qqqq",), "", "modal", even, below_limit=False) == ()
