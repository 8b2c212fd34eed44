"""What recognition made of a table: which column is what, for a person to confirm or correct."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from kkpd.domain.errors import Unreadable
from kkpd.ingest import layout, sniff
from kkpd.ingest.custody import hide
from kkpd.ingest.profile import ROLES, Profile, get_profile
from kkpd.ingest.sheet import Row, Sheet, text_of

#: A guess looks at this many rows and shows so many of the table.
DILIHAT, CONTOH = 200, 5


@dataclass(frozen=True, slots=True)
class Guess:
    """One table: 1-based header row, titles, role -> column title, some rows as texts."""

    sheet: str | None
    header: int
    titles: tuple[str, ...]
    columns: Mapping[str, str]
    samples: tuple[tuple[str, ...], ...]


def guess(data: bytes, profile: Profile | None = None) -> Guess | None:
    """The guess for the first table of a file; None for formats that need none, or no titles."""
    kind = sniff.format_of(data)
    if sniff.reader(kind) is not None:
        return None
    heads = [(sheet, _head(sheet)) for sheet in sniff.sheets(kind, data)]
    for sheet, head in heads:
        found = layout.find(head, profile or get_profile("umum"))
        if found is not None and found.header is not None:
            columns = {
                role: found.titles[i] for role, i in found.columns.items() if found.titles[i]
            }
            return _guess(sheet, head, found.header[-1], found.titles, columns)
    for sheet, head in heads:
        rownum = _likely_header(head)
        if rownum is not None:
            titles = tuple(text_of(cell).strip() for cell in head[rownum])
            return _guess(sheet, head, rownum, titles, {})
    return None


def fitting(data: bytes, profiles: Iterable[Profile]) -> Profile | None:
    """The first of these profiles whose columns the file shows."""
    kind = sniff.format_of(data)
    if sniff.reader(kind) is not None:
        return None
    heads = [_head(sheet) for sheet in sniff.sheets(kind, data)]
    for profile in profiles:
        if any(layout.find(head, profile) is not None for head in heads):
            return profile
    return None


def made(
    name: str,
    title: str,
    columns: Mapping[str, str],
    *,
    date_order: str = "",
    decimal: str = "",
    spending: str = "",
    currency: str = "",
) -> Profile:
    """A profile from what a person chose: role -> column title. Unreadable says what is missing."""
    chosen = {role: (columns[role],) for role in ROLES if columns.get(role)}
    if len(set(chosen.values())) < len(chosen):
        raise Unreadable("Satu kolom dipilih untuk dua arti. Pilih kolom lain.", field="columns")
    if not layout.complete(dict.fromkeys(chosen, 0)):
        raise Unreadable(
            "Tunjukkan paling sedikit kolom tanggal dan kolom jumlah (atau debit/kredit).",
            field="columns",
        )
    profile = Profile(
        name=name,
        title=title,
        note="Disimpan lewat halaman unggah tagihan.",
        columns=chosen,
        date_order=date_order or None,  # type: ignore[arg-type]  # from_toml below checks the words
        decimal=decimal or None,  # type: ignore[arg-type]  # from_toml below checks the words
        spending=spending or None,  # type: ignore[arg-type]  # from_toml below checks the words
        currency=currency or None,
    )
    return Profile.from_toml(profile.to_toml())


def _head(sheet: Sheet) -> list[Row]:
    return list(islice(sheet.rows(), DILIHAT))


def _likely_header(head: Sequence[Row]) -> int | None:
    """The first row with the most texts: titles are texts and stand over the table."""
    widths = [sum(isinstance(cell, str) and bool(cell.strip()) for cell in row) for row in head]
    best = max(widths, default=0)
    return widths.index(best) if best >= 2 else None


def _guess(
    sheet: Sheet,
    head: Sequence[Row],
    header: int,
    titles: tuple[str, ...],
    columns: Mapping[str, str],
) -> Guess:
    rows = [row for row in head[header + 1 :] if any(text_of(cell).strip() for cell in row)]
    samples = tuple(
        tuple(hide(text_of(cell).strip())[:40] for cell in row[: len(titles)])
        for row in rows[:CONTOH]
    )
    return Guess(sheet.name, header + 1, titles, columns, samples)
