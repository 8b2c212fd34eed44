"""What a new password must not be."""

from __future__ import annotations

import pytest

from kkpd.core.errors import DomainError
from kkpd.organisation import passwords
from kkpd.organisation.passwords import Owner

CITRA = Owner("citra", ("Citra", "Kirana", "Dinas Kesehatan", "dinkes"))


@pytest.mark.parametrize(
    ("baru", "field"),
    [
        ("pendek", "baru"),
        ("empat kata dua", "baru"),  # 14
        ("x" * 201, "baru"),
        ("kata CITRA dan kawannya", "baru"),
        ("abababababababab", "baru"),
        ("PasswordPassword", "baru"),
        ("passwordpassword", "baru"),
        ("Password1234567890", "baru"),
        ("2026-sunshine-2026", "baru"),
        ("sunshine sunshine", "baru"),
        ("kkpd-deli-serdang-2026", "baru"),
        ("Dinas Kesehatan 2026", "baru"),
        ("bendahara.dinkes.01", "baru"),
        ("Kirana Kirana 1990!", "baru"),
        ("BankSumut!BankSumut!1", "baru"),
        ("qwertyuiopasdfgh", "baru"),
        ("abcdefghijklmnopq", "baru"),
        ("123456789012345678", "baru"),
    ],
)
def test_a_password_that_would_be_tried_first_is_refused(baru: str, field: str) -> None:
    with pytest.raises(DomainError) as refused:
        passwords.check_new_password(baru, baru, CITRA)
    assert refused.value.field == field


@pytest.mark.parametrize(
    "baru",
    [
        "empat kata yang lain",
        "kalimat sandi yang panjang",
        "perahu kuning sore hari",
        "8f3-2k9-x7q-p4z-11",
        "ゆうやけこやけのあかとんぼおわれてみた",
        "bendahara menanam cabai",
    ],
)
def test_words_of_ones_own_are_taken(baru: str) -> None:
    passwords.check_new_password(baru, baru, CITRA)


def test_with_a_second_factor_twelve_are_enough() -> None:
    short = "perahu sore x"
    with pytest.raises(DomainError, match="15 sampai 200"):
        passwords.check_new_password(short, short, CITRA)
    passwords.check_new_password(short, short, Owner("citra", second_factor=True))
    with pytest.raises(DomainError, match="12 sampai 200"):
        passwords.check_new_password(
            "perahu sore", "perahu sore", Owner("citra", second_factor=True)
        )


def test_the_repetition_must_agree() -> None:
    with pytest.raises(DomainError) as refused:
        passwords.check_new_password("empat kata yang lain", "empat kata yang lama", CITRA)
    assert refused.value.field == "ulang"
