"""What is in a photo or PDF that is to be evidence: whole, of a fair size, no card number in it.

Runs in a child process (`core/sandbox`); nothing else of the program imports it.
"""

from __future__ import annotations

import re
import warnings
from io import BytesIO
from itertools import chain
from typing import Final

import pikepdf
import pypdfium2  # type: ignore[import-untyped]  # noqa: F401 (loaded once for all children)
from PIL import ExifTags, Image, UnidentifiedImageError

from kkpd.core.errors import TooLarge, Unreadable
from kkpd.core.pan import CELL, spans
from kkpd.engines.reading import inside

#: 60 megapixels are more than any phone makes; a decompression bomb claims gigapixels.
_PIXELS: Final = 60_000_000
_MOST_PAGES: Final = 200
#: Letters of a PDF by which its purchase is looked for.
MOST_TEXT: Final = 4_000
#: NPWP and NIK may look like a card number; a word before them says what they are.
_OTHER_NUMBER: Final = re.compile(r"(?:npwp|nik|nip)[^\n\d]{0,24}$", re.IGNORECASE)


def judge(data: bytes, nama: str, media: str) -> tuple[str, str]:
    """(the first words of a PDF's pages, when a photo was taken); Unreadable or TooLarge with the
    sentence when these bytes cannot be evidence.
    """
    if media == "application/pdf":
        return _judge_pdf(data, nama), ""
    return "", _judge_image(data, nama, media)


def _judge_image(data: bytes, nama: str, media: str) -> str:
    broken = Unreadable(
        f"Foto {nama} rusak atau terpotong. Ambil atau kirim lagi fotonya.", field="berkas"
    )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore"
            )  # Pillow's warnings about odd metadata do not matter here
            with Image.open(BytesIO(data), formats=[media.removeprefix("image/").upper()]) as image:
                if image.width * image.height > _PIXELS:
                    raise TooLarge(
                        f"Foto {nama} berukuran {image.width} x {image.height} titik, terlalu "
                        "besar untuk dibuka. Perkecil fotonya.",
                        field="berkas",
                    )
                image.load()
                told = [str(value) for value in image.info.values()]
                taken = _taken(image.getexif())
    except Image.DecompressionBombError as error:
        raise TooLarge(
            f"Foto {nama} terlalu besar untuk dibuka. Perkecil fotonya.", field="berkas"
        ) from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as error:
        raise broken from error
    if _metadata_card(data, told):
        raise Unreadable(
            f"Keterangan di dalam foto {nama} memuat nomor kartu utuh. Potret ulang notanya, lalu "
            "kirim lagi: nomor kartu tidak boleh tersimpan.",
            field="berkas",
        )
    return taken


def _taken(exif: Image.Exif) -> str:
    """When a photo was taken, as its camera wrote it; empty where it did not."""
    inner = exif.get_ifd(ExifTags.IFD.Exif)
    written = inner.get(ExifTags.Base.DateTimeOriginal) or exif.get(ExifTags.Base.DateTime)
    return str(written or "")[:19]


def _metadata_card(data: bytes, told: list[str]) -> bool:
    """Whether metadata of a photo (EXIF, XMP, chunks, bytes after its end) holds a card number.

    Thirteen digits in a row do not occur in compressed pixels, so all bytes are searched.
    """
    return any(map(card_in, chain(told, inside.texts(data))))


def _judge_pdf(data: bytes, nama: str) -> str:
    said: list[str] = []
    try:
        with pikepdf.open(BytesIO(data)) as pdf:
            pages = len(pdf.pages)
        if pages == 0 or pages > _MOST_PAGES:
            raise Unreadable(
                f"PDF {nama} mempunyai {pages} halaman; bukti 1 sampai {_MOST_PAGES} halaman.",
                field="berkas",
            )
        for place, text in inside.paper(data):
            if place == inside.ATTACHED:
                raise Unreadable(
                    f"PDF {nama} memuat berkas lain sebagai lampiran. Cetak ulang sebagai PDF "
                    "tanpa lampiran, lalu kirim lagi.",
                    field="berkas",
                )
            if card_in(text):
                raise _card_refused(nama, place)
            if isinstance(place, int):
                said.append(text.replace(CELL, "\n"))
    except pikepdf.PasswordError as error:
        raise Unreadable(
            f"PDF {nama} terkunci sandi. Simpan tanpa sandi, lalu kirim lagi.", field="berkas"
        ) from error
    except (pikepdf.PdfError, ValueError, RuntimeError) as error:
        raise Unreadable(
            f"PDF {nama} rusak atau terpotong. Simpan atau pindai lagi, lalu kirim.", field="berkas"
        ) from error
    return "\n".join(said)[:MOST_TEXT]


def _card_refused(nama: str, place: int | str) -> Unreadable:
    if place == inside.PROPERTIES:
        told = (
            f"Keterangan dokumen PDF {nama} memuat nomor kartu utuh. Simpan ulang tanpa nomor itu, "
            "lalu kirim lagi: nomor kartu tidak boleh tersimpan."
        )
    else:
        told = (
            f"PDF {nama} memuat nomor kartu utuh pada halaman {place}. Tutup nomornya (sisakan "
            "empat angka terakhir), lalu kirim lagi: nomor kartu tidak boleh tersimpan."
        )
    return Unreadable(told, field="berkas")


def card_in(text: str) -> bool:
    """Whether a text holds a card number and no word before it names another kind of number."""
    return any(
        not _OTHER_NUMBER.search(text[max(0, begin - 32) : begin]) for begin, _ in spans(text)
    )
