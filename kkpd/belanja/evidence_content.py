"""Check that a file can be evidence: a JPEG, PNG or PDF that opens, of reasonable size, without a
card number.

The extension is ignored: the first bytes tell the type (filetype), and the real parser (Pillow,
pikepdf) decides. The bytes are kept unchanged or not at all.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from io import BytesIO
from typing import Final

from kkpd.core.errors import TooLarge, Unreadable
from kkpd.core.pan import luhn_valid
from kkpd.core.quiet_logs import silence

#: media type -> its name for people.
MEDIA: Final = {"image/jpeg": "JPEG", "image/png": "PNG", "application/pdf": "PDF"}
#: 60 megapixels are more than any phone makes; a decompression bomb claims gigapixels.
_PIXELS: Final = 60_000_000
_MIB: Final = 1024 * 1024
_MOST_PAGES: Final = 200
#: Pages whose text is read for card numbers: receipts and invoices are short.
_TEXT_PAGES: Final = 5
_NUMBER = re.compile(r"(?<![\d.])\d(?:[ \u00a0-]?\d){12,18}(?![\d.])")
_CARD_START = re.compile(r"4\d{12}(?:\d{3}){0,2}|5[1-5]\d{14}|2[2-7]\d{14}|3[47]\d{13}|6\d{15,18}")
_OTHER_NUMBER = re.compile(
    r"(?:npwp|nik|nip|faktur|ntpn|ntb|rekening|virtual account|\bva\b|invoice|\binv\b|\bno\.? ?rek)"
    r"[^\n]{0,24}$",
    re.IGNORECASE,
)


def periksa(data: bytes, nama: str, max_bytes: int) -> str:
    """The media type of these bytes; Unreadable or TooLarge with the sentence otherwise."""
    if not data:
        raise Unreadable(f"Berkas {nama} kosong. Ambil fotonya lagi.", field="berkas")
    if len(data) > max_bytes:
        raise TooLarge(
            f"Berkas {nama} lebih besar dari {max_bytes // _MIB} MB. "
            "Perkecil fotonya atau pindai dengan mutu lebih rendah.",
            field="berkas",
        )
    import filetype  # type: ignore[import-untyped]  # the package ships no types

    kind = filetype.guess(data[:8192])
    media = "" if kind is None else kind.mime
    if media not in MEDIA:
        raise Unreadable(
            f"Berkas {nama} bukan foto atau PDF. Kirim berkas JPG, PNG atau PDF.", field="berkas"
        )
    if media == "application/pdf":
        _judge_pdf(data, nama)
    else:
        _judge_image(data, nama, media)
    return media


def _judge_image(data: bytes, nama: str, media: str) -> None:
    from PIL import Image, UnidentifiedImageError

    broken = Unreadable(
        f"Foto {nama} rusak atau terpotong. Ambil atau kirim lagi fotonya.", field="berkas"
    )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore"
            )  # Pillow's warnings about odd metadata do not matter here
            with Image.open(BytesIO(data), formats=[MEDIA[media]]) as image:
                if image.width * image.height > _PIXELS:
                    raise TooLarge(
                        f"Foto {nama} berukuran {image.width} x {image.height} titik, terlalu "
                        "besar untuk dibuka. Perkecil fotonya.",
                        field="berkas",
                    )
                image.load()
                told = [str(value) for value in image.info.values()]
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


def _metadata_card(data: bytes, told: list[str]) -> bool:
    """Whether metadata of a photo (EXIF, chunks, bytes after its end) contains a card number.

    Thirteen digits in a row do not occur in compressed pixels, so all bytes are searched; without
    NULs, because EXIF also uses two bytes a letter.
    """
    texts = [data.decode("latin-1"), data.replace(b"\x00", b"").decode("latin-1"), *told]
    return any(map(card_in, texts))


def _judge_pdf(data: bytes, nama: str) -> None:
    import pikepdf

    silence()
    try:
        with pikepdf.open(BytesIO(data)) as pdf:
            pages = len(pdf.pages)
            told = "\n".join(str(value) for value in pdf.docinfo.values())
    except pikepdf.PasswordError as error:
        raise Unreadable(
            f"PDF {nama} terkunci sandi. Simpan tanpa sandi, lalu kirim lagi.", field="berkas"
        ) from error
    except (pikepdf.PdfError, ValueError, RuntimeError) as error:
        raise Unreadable(
            f"PDF {nama} rusak atau terpotong. Simpan atau pindai lagi, lalu kirim.", field="berkas"
        ) from error
    if pages == 0 or pages > _MOST_PAGES:
        raise Unreadable(
            f"PDF {nama} mempunyai {pages} halaman; bukti 1 sampai {_MOST_PAGES} halaman.",
            field="berkas",
        )
    if card_in(told):
        raise Unreadable(
            f"Keterangan dokumen PDF {nama} memuat nomor kartu utuh. Simpan ulang tanpa nomor itu, "
            "lalu kirim lagi: nomor kartu tidak boleh tersimpan.",
            field="berkas",
        )
    for page, text in enumerate(_texts(data), 1):
        if card_in(text):
            raise Unreadable(
                f"PDF {nama} memuat nomor kartu utuh pada halaman {page}. Tutup nomornya (sisakan "
                "empat angka terakhir), lalu kirim lagi: nomor kartu tidak boleh tersimpan.",
                field="berkas",
            )


def _texts(data: bytes) -> Iterator[str]:
    """The text of the first pages; a page without readable text gives none."""
    import pdfplumber
    from pdfminer.pdfexceptions import PDFException
    from pdfplumber.utils.exceptions import PdfminerException

    try:
        with pdfplumber.open(BytesIO(data)) as pdf:
            for page in pdf.pages[:_TEXT_PAGES]:
                yield page.extract_text_simple()
    except (PdfminerException, PDFException, ValueError, TypeError, KeyError, RecursionError):
        return


def card_in(text: str) -> bool:
    """Whether a text holds a card number: issuer's range, length and check digit all fit, and no
    label before it names another kind of number (a tax number passes the check one time in ten).
    """
    for found in _NUMBER.finditer(text):
        digits = re.sub(r"\D", "", found[0])
        if not (_CARD_START.fullmatch(digits) and luhn_valid(digits)):
            continue
        if not _OTHER_NUMBER.search(text[max(0, found.start() - 48) : found.start()]):
            return True
    return False
