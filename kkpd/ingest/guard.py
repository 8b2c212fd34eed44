"""Files made to do harm are refused before a parser sees them: sizes first, then structure."""

from __future__ import annotations

import io
import zipfile
import zlib

from kkpd.domain.errors import TooLarge, Unreadable

#: The largest file taken in at once.
MAX_BYTES = 250 * 1024 * 1024
#: The largest a workbook may become when unpacked.
MAX_UNPACKED = 400 * 1024 * 1024
#: A part of a workbook that grows by more than this when unpacked is a bomb.
MAX_RATIO = 200
_SMALL = 5 * 1024 * 1024
_DAMAGED = "Berkas XLSX rusak atau terpotong. Unduh ulang dari bank lalu unggah lagi."


def refuse_sizes(data: bytes) -> None:
    """Refuse an empty file and one beyond `MAX_BYTES`."""
    if not data.strip(b"\x00 \t\r\n"):
        raise Unreadable("Berkas kosong. Unduh ulang tagihan dari bank lalu unggah lagi.")
    if len(data) > MAX_BYTES:
        raise TooLarge(
            f"Berkas lebih besar dari {MAX_BYTES // 1024 // 1024} MB. Bagi tagihan per bulan."
        )


def workbook_names(data: bytes) -> frozenset[str]:
    """The parts of a zipped workbook, after unpacking each to count its real bytes."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_members(archive)
            return frozenset(archive.namelist())
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        RuntimeError,
        OSError,
        ValueError,
    ) as wrong:
        raise Unreadable(_DAMAGED) from wrong


def _check_members(archive: zipfile.ZipFile) -> None:
    members = archive.infolist()
    if len(members) > 5_000 or sum(member.file_size for member in members) > MAX_UNPACKED:
        raise TooLarge("Isi berkas XLSX terlalu besar setelah dibuka. Bagi tagihan per bulan.")
    unpacked = 0
    for member in members:
        size = _real_size(archive, member)
        unpacked += size
        if unpacked > MAX_UNPACKED or _is_bomb(member, size):
            raise TooLarge(
                f"Bagian “{member.filename[:60]}” dari berkas XLSX mengembang tidak wajar. "
                "Ini bukan berkas dari bank."
            )


def _is_bomb(member: zipfile.ZipInfo, size: int) -> bool:
    return size > _SMALL and size > MAX_RATIO * max(member.compress_size, 1)


def _real_size(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> int:
    size = 0
    with archive.open(member) as part:
        while chunk := part.read(1 << 20):
            size += len(chunk)
            if size > MAX_UNPACKED or (size > _SMALL and size > MAX_RATIO * len(chunk) * 1_000_000):
                break
    return size
