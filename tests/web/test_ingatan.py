"""What is kept between requests: room for the newest, and nothing of books that have moved on."""

from __future__ import annotations

from kkpd.web.request.read_cache import ReadCache


def test_the_least_used_makes_room() -> None:
    kept = ReadCache(10)
    kept.save("a", 4, "A")
    kept.save("b", 4, "B")
    assert kept.fetch("a") == "A"
    kept.save("c", 4, "C")
    assert [kept.fetch(one) for one in "abc"] == ["A", None, "C"]


def test_what_is_heavier_than_all_room_is_not_kept() -> None:
    kept = ReadCache(10)
    kept.save("a", 4, "A")
    kept.save("besar", 11, "B")
    assert kept.fetch("besar") is None
    kept.save("c", 10, "C")
    assert kept.fetch("c") == "C"
