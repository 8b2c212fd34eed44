"""Made files of evidence with realistic names, times and texts, and whose they are."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from kkpd.belanja.inbox.rules import EvidencePlace
from kkpd.core.money import Rupiah

SHOPS: Final = (
    *("Toko Sumber Rejeki", "CV Sumber Jaya", "Fotokopi Deli", "Hotel Grand Kanaya"),
    *("Komputer Link", "RM Sederhana", "Indomaret Lubuk Pakam", "Alfamart Tanjung Morawa"),
    *("Bengkel Maju Motor", "Percetakan Mandiri", "Apotek Kimia Farma", "SPBU Pertamina 14.201"),
    *("Garuda Indonesia", "Toko Bangunan Abadi", "Kantin Sinar Lestari", "Gramedia Medan"),
    *("Tokopedia", "Katering Bu Ida", "Optik Melawai", "Sanitasi Prima"),
)
_MONTHS: Final = (
    *("Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September"),
    *("Oktober", "November", "Desember"),
)
_THINGS: Final = ("atk", "konsumsi rapat", "bbm", "spanduk", "tinta printer", "obat", "tiket")


@dataclass(frozen=True)
class MadeFile:
    """A file as it arrives; `belongs` is its purchase, None for one of another office or year."""

    nama: str
    teks: str
    taken: date | None
    belongs: int | None


def world(seed: int, size: int = 20) -> tuple[list[EvidencePlace], list[MadeFile]]:
    """A month's open purchases, and a file for most of them; one in ten belongs to none."""
    chance = random.Random(seed)
    purchases = [_purchase(chance, number) for number in range(1, size + 1)]
    strays = [_purchase(chance, 1_000 + number) for number in range(size // 10)]
    chosen = chance.sample(purchases, size - len(strays))
    files = [_file(chance, one, one.id) for one in chosen]
    files += [_file(chance, one, None) for one in strays]
    chance.shuffle(files)
    return purchases, files


def _purchase(chance: random.Random, number: int) -> EvidencePlace:
    amount = chance.choice(
        (
            chance.randrange(20, 400) * 500,
            chance.randrange(10, 900) * 5_000,
            chance.choice((50_000, 100_000, 150_000, 250_000, 500_000, 750_000)),
            chance.randrange(20_000, 3_000_000),
        )
    )
    day = date(2026, 10, 1) + timedelta(days=chance.randrange(24))
    return EvidencePlace(
        number,
        day,
        Rupiah.of(amount),
        chance.choice(SHOPS),
        chance.choice(("4821", "4821", "9004")),
        has_evidence=number < 1_000 and chance.random() < 0.1,
    )


def _file(chance: random.Random, one: EvidencePlace, belongs: int | None) -> MadeFile:
    style = chance.choices(
        (_camera, _messenger, _numbered, _typed, _scanner, _letter), (20, 20, 8, 25, 10, 17)
    )[0]
    nama, teks, taken = style(chance, one)
    return MadeFile(nama, teks, taken, belongs)


_Named = tuple[str, str, date | None]


def _clock(chance: random.Random) -> str:
    return f"{chance.randrange(7, 22):02d}{chance.randrange(60):02d}{chance.randrange(60):02d}"


def _later(chance: random.Random, one: EvidencePlace, days: tuple[int, ...]) -> date:
    return one.tanggal + timedelta(days=chance.choice(days))


def _camera(chance: random.Random, one: EvidencePlace) -> _Named:
    day, clock = _later(chance, one, (0, 0, 0, 0, 1, 5)), _clock(chance)
    return (
        chance.choice(
            (
                f"IMG_{day:%Y%m%d}_{clock}.jpg",
                f"{day:%Y%m%d}_{clock}.jpg",
                f"PXL_{day:%Y%m%d}_{clock}123.jpg",
                f"Screenshot_{day:%Y%m%d}-{clock}_BRImo.jpg",
            )
        ),
        "",
        chance.choice((day, None)),
    )


def _messenger(chance: random.Random, one: EvidencePlace) -> _Named:
    day, clock = _later(chance, one, (0, 0, 1, 1, 2, 4, 9)), _clock(chance)
    dotted = f"{clock[:2]}.{clock[2:4]}.{clock[4:]}"
    return (
        chance.choice(
            (
                f"WhatsApp Image {day:%Y-%m-%d} at {dotted}.jpeg",
                f"WhatsApp Image {day:%Y-%m-%d} at {dotted} ({chance.randrange(1, 9)}).jpeg",
                f"IMG-{day:%Y%m%d}-WA{chance.randrange(60):04d}.jpg",
                f"photo_{day:%Y-%m-%d}_{clock[:2]}-{clock[2:4]}-{clock[4:]}.jpg",
            )
        ),
        "",
        None,
    )


def _numbered(chance: random.Random, one: EvidencePlace) -> _Named:
    number = chance.randrange(1, 9999)
    taken = _later(chance, one, (0, 0, 1)) if chance.random() < 0.6 else None
    return chance.choice((f"IMG_{number:04d}.JPG", f"DSC{number:05d}.JPG")), "", taken


def _typed(chance: random.Random, one: EvidencePlace) -> _Named:
    shop = one.merchant.lower().removeprefix("toko ").removeprefix("cv ")
    plain = int(str(one.nilai).replace(".", "").partition(",")[0])
    short = f"{plain // 1_000}rb" if plain % 1_000 == 0 else str(plain)
    month = _MONTHS[one.tanggal.month - 1]
    return (
        chance.choice(
            (
                f"struk {plain} {shop}.pdf",
                f"nota {shop} {one.tanggal.day} {month[:3].lower()}.jpg",
                f"Rp {one.nilai} {shop}.jpg",
                f"kwitansi {short} {shop}.jpg",
                f"{shop}.jpg",
                f"{one.tanggal:%d-%m-%Y} {shop} {one.nilai}.pdf",
                f"nota {chance.choice(_THINGS)} {plain}.jpg",
                f"bukti belanja {chance.randrange(1, 20)}.pdf",
                f"kkpd {one.kartu_akhir} {shop} {one.tanggal:%d.%m.%y}.pdf",
                f"nota {chance.choice(_THINGS)}.jpg",
                f"INV-{chance.randrange(1000, 99999)} {shop}.pdf",
            )
        ),
        "",
        chance.choice((None, None, _later(chance, one, (0, 1, 2)))),
    )


def _scanner(chance: random.Random, one: EvidencePlace) -> _Named:
    day, clock = _later(chance, one, (0, 1, 2, 3, 6)), _clock(chance)
    month = _MONTHS[day.month - 1][:3]
    return (
        chance.choice(
            (
                f"SKM_C258{day:%y%m%d}{clock}0.pdf",
                f"Scan_{day:%Y%m%d}.pdf",
                f"doc{chance.randrange(10**6):06d}{day:%Y%m%d}{clock}.pdf",
                f"CamScanner {day:%d-%m-%Y} {clock[:2]}.{clock[2:4]}.pdf",
                f"Adobe Scan {day.day} {month} {day.year}.pdf",
                f"Scan{chance.randrange(1, 300):04d}.pdf",
            )
        ),
        "",
        None,
    )


def _letter(chance: random.Random, one: EvidencePlace) -> _Named:
    """A receipt by mail: the seller's words, other amounts beside the total, a second day."""
    month = _MONTHS[one.tanggal.month - 1]
    day = chance.choice(
        (f"{one.tanggal:%d/%m/%Y}", f"{one.tanggal.day} {month} {one.tanggal.year}")
    )
    fee = Rupiah.of(chance.choice((1_000, 2_500, 5_000)))
    lines = [
        chance.choice(("INVOICE", "Bukti Pembayaran", "Terima kasih telah berbelanja")),
        one.merchant.upper() if chance.random() < 0.5 else one.merchant,
        f"No. INV/{one.tanggal:%Y%m%d}/MPL/{chance.randrange(10**8, 10**9)}",
        f"Tanggal: {day}",
        f"Subtotal Rp {one.nilai - fee}",
        f"Biaya layanan Rp {fee}",
        chance.choice((f"Total Pembayaran: Rp {one.nilai}", f"TOTAL\nRp{one.nilai}")),
    ]
    if chance.random() < 0.4:
        lines.append(f"Kartu Kredit **** **** **** {one.kartu_akhir}")
    if chance.random() < 0.3:
        printed = one.tanggal + timedelta(days=2)
        lines.append(f"Dicetak {printed:%d/%m/%Y}")
    nama = chance.choice(
        ("invoice.pdf", "receipt.pdf", f"INV-{chance.randrange(10**6)}.pdf", "e-ticket.pdf")
    )
    return nama, "\n".join(lines), None
