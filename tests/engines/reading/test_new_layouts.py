"""A layout that a person pointed out: what it must not read wrong without a word."""

from __future__ import annotations

import pytest

from kkpd.core.errors import Unreadable
from kkpd.engines.reading import Profile, parse
from kkpd.engines.reading.guess import keep, recognise
from kkpd.engines.reading.recognise import fitting, nearly

HEAD = b"Kapan;Uraian;Toko;Gerak;Nilai;Kartu\n"
BODY = (
    b"13/11/2026;Rapat;KOPI;%s;1.250.000,00;2606\n14/11/2026;Retur;PENA;%s;75.500,00;2606\n"
    b"15/11/2026;ATK;PENA;%s;75.500,00;2606\n"
)
COLUMNS = {
    "transaction_date": "Kapan",
    "description": "Uraian",
    "merchant": "Toko",
    "sign": "Gerak",
    "amount": "Nilai",
    "card": "Kartu",
}
TWO = b"Kapan;Uraian;Uang Pakai;Uang Balik\n13/11/2026;Rapat;1.250;0\n14/11/2026;Retur;0;75\n"
TWO_COLUMNS = {
    "transaction_date": "Kapan",
    "description": "Uraian",
    "debit": "Uang Pakai",
    "credit": "Uang Balik",
}


def _amounts(data: bytes, profile: Profile, **answers: str) -> list[str]:
    return [str(line.amount) for line in parse(data, "x", profile, answers).lines]


def _marked(out: bytes, back: bytes) -> bytes:
    return HEAD + BODY % (out, back, out)


class TestTanda:
    """The words of a sign column: known ones, the profile's own, and those that are asked."""

    def test_a_word_that_nobody_knows_is_asked(self) -> None:
        data, profile = _marked(b"Pakai", b"Balik"), keep("x_y", "X", COLUMNS)
        (question,) = parse(data, "x", profile).questions
        assert question.key == "arti_tanda"
        assert "“Pakai”, “Balik”" in question.text
        assert [one.value for one in question.choices] == ["Pakai", "Balik", "tidak_ada"]

    @pytest.mark.parametrize(
        ("answer", "refund"),
        [("Balik", "-75500.00"), ("balik ", "-75500.00"), ("tidak_ada", "75500.00")],
    )
    def test_the_answer_decides(self, answer: str, refund: str) -> None:
        data, profile = _marked(b"Pakai", b"Balik"), keep("x_y", "X", COLUMNS)
        assert parse(data, "x", profile, {"arti_tanda": answer}).questions == ()
        assert _amounts(data, profile, arti_tanda=answer) == ["1250000.00", refund, "75500.00"]

    @pytest.mark.parametrize("answer", ["", " . ", "x" * 41])
    def test_an_answer_that_is_no_word_is_refused(self, answer: str) -> None:
        with pytest.raises(Unreadable, match="sebuah kata"):
            _amounts(_marked(b"Pakai", b"Balik"), keep("x_y", "X", COLUMNS), arti_tanda=answer)

    def test_a_profile_brings_its_own_words(self) -> None:
        words = {"debit": ("Pakai",), "kredit": ("Balik",)}
        profile = keep("x_y", "X", COLUMNS, words=words)
        assert Profile.from_toml(profile.to_toml()) == profile
        assert _amounts(_marked(b"PAKAI", b"balik"), profile)[1] == "-75500.00"
        assert (
            parse(_marked(b"Pakai", b"Lain"), "x", profile).questions[0].choices[0].value == "Lain"
        )

    def test_money_in_and_out_are_known_words(self) -> None:
        data = _marked(b"Keluar", b"Masuk").replace(b"Gerak", b"Jenis")
        assert [str(line.amount) for line in parse(data).lines][1] == "-75500.00"

    def test_own_words_stand_beside_those_of_all_banks(self) -> None:
        profile = keep("x_z", "X", TWO_COLUMNS, words={"biaya": ("ongkos kartu",)})
        rows = b"Kapan;Uraian;Uang Pakai;Uang Balik\n13/11/2026;ONGKOS KARTU;1.250,00;0\n"
        kinds = [
            line.kind
            for line in parse(rows + b"14/11/2026;IURAN TAHUNAN;5,00;0\n", "x", profile).lines
        ]
        assert kinds == ["biaya", "biaya"]


class TestKolomHilang:
    """Next month's file lacks a column that the profile names."""

    def test_without_a_column_of_money_it_is_refused(self) -> None:
        profile = keep("x_z", "X", TWO_COLUMNS)
        renamed = TWO.replace(b"Uang Balik", b"Dana Kembali")
        assert fitting(TWO, [profile]) == [profile]
        assert fitting(renamed, [profile]) == []
        assert nearly(renamed, [profile]) == (profile, ("Uang Balik",))
        with pytest.raises(Unreadable, match="“Uang Balik”"):
            parse(renamed, "x", profile)

    def test_without_another_column_it_is_told(self) -> None:
        profile = keep("x_y", "X", COLUMNS)
        data = _marked(b"DB", b"CR").replace(b";Toko;", b";Warung;")
        told = [one for one in parse(data, "x", profile).findings if one.rule == "kolom_hilang"]
        assert ["Toko" in one.message for one in told] == [True]

    def test_moved_columns_are_found_by_their_titles(self) -> None:
        moved = (
            b"Uang Balik;Uraian;Kapan;Uang Pakai\n0;Rapat;13/11/2026;1.250,00\n"
            b"75,00;Retur;14/11/2026;0\n"
        )
        assert _amounts(moved, keep("x_z", "X", TWO_COLUMNS)) == ["1250.00", "-75.00"]

    def test_the_profile_that_names_more_of_the_file_comes_first(self) -> None:
        few = keep("few", "F", {"transaction_date": "Kapan", "amount": "Nilai"})
        more = keep("more", "M", COLUMNS)
        data = _marked(b"DB", b"CR")
        assert fitting(data, [few, more]) == [more, few]
        assert nearly(b"Kapan;Warna\n13/11/2026;biru\n", [more]) is None


class TestKembar:
    """Two columns of one title: a person can name the second, and is told of the first."""

    DATA = b"Tanggal;Uraian;Jumlah;Jumlah\n13/11/2026;Rapat;5;1.250.000,00\n"

    def test_the_second_has_its_own_name(self) -> None:
        (guess,) = recognise(self.DATA)
        assert guess.titles == ("Tanggal", "Uraian", "Jumlah", "Jumlah (2)")
        columns = {"transaction_date": "Tanggal", "amount": "Jumlah (2)"}
        assert _amounts(self.DATA, keep("x_d", "X", columns)) == ["1250000.00"]
        assert _amounts(self.DATA, keep("x_e", "X", columns | {"amount": "Jumlah"})) == ["5"]

    def test_the_first_is_read_with_a_remark(self) -> None:
        assert "kolom_kembar" in {one.rule for one in parse(self.DATA).findings}


class TestDugaan:
    """What the columns hold is proposed, so that a person confirms instead of searching."""

    def test_money_out_and_in_in_any_order(self) -> None:
        data = (
            b"Kapan;Kegiatan;Masuk;Keluar;Kartu\n03/11/2026;Rapat;0;1.250.000;4821\n"
            b"17/11/2026;Retur;75.500;0;4821\n"
        )
        (guess,) = recognise(data)
        assert {role: guess.titles[i] for role, i in guess.columns.items()} == {
            "transaction_date": "Kapan",
            "description": "Kegiatan",
            "debit": "Keluar",
            "credit": "Masuk",
            "card": "Kartu",
        }
        assert (guess.date_order, guess.decimal) == ("dmy", ",")

    def test_titles_that_a_kept_profile_names_keep_their_meaning(self) -> None:
        known = keep("x_z", "X", TWO_COLUMNS)
        (guess,) = recognise(TWO.replace(b"Uang Balik", b"Dana Kembali"), known)
        assert {role: guess.titles[i] for role, i in guess.columns.items()} == {
            "transaction_date": "Kapan",
            "description": "Uraian",
            "debit": "Uang Pakai",
            "credit": "Dana Kembali",
        }
