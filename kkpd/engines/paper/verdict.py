"""What is said of one file: every check in a line, and the verdict over all of them.

A verdict is a word and an exit status, the same for a PDF and for an audit package. "Not checked"
is a result of its own: without the log's key nobody knows who made a file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from kkpd.engines.paper.sign.look import Signature

#: Exit status -> the verdict in words.
VERDICTS: Final[Mapping[int, str]] = {
    0: "SAH: diterbitkan oleh pemilik kunci log, dan tidak berubah.",
    1: "PALSU atau rusak: berkas ini TIDAK dapat dipercaya.",
    2: "Bukan laporan buku besar ini.",
    4: "ASAL BELUM TERBUKTI: isinya utuh, tetapi belum terbukti siapa yang menerbitkannya. "
    "Berikan kunci log (dan daftar pencabutan) yang Anda terima dari pihak lain.",
    5: "SAH TETAPI TIDAK BERLAKU LAGI: surat ini sudah dicabut atau diganti.",
    6: "DATA SAH, WUJUD BERUBAH: data di dalamnya terbukti, tetapi berkasnya disimpan ulang. "
    "Mintalah salinan aslinya.",
}
#: The checks that say who issued the file, what came after, and whether the file is as it was
#: written; each with the status that it gives when it fails or, for the first, is left out.
ORIGIN: Final = "kunci"
LIST: Final = "daftar"
STANDING: Final = "berlaku"
SHAPE: Final = "susunan"


@dataclass(frozen=True, slots=True)
class Check:
    """One question; `holds` is None where it was not checked."""

    key: str
    holds: bool | None
    said: str


@dataclass(slots=True)
class Verdict:
    """All answers about one file."""

    ours: bool
    checks: list[Check] = field(default_factory=list)
    signatures: list[Signature] = field(default_factory=list)
    judul: str = ""
    nomor: str = ""
    sidik: str = ""

    @property
    def holds(self) -> bool:
        """Whether it is ours and nothing fails."""
        return self.ours and all(check.holds is not False for check in self.checks)

    @property
    def exit_status(self) -> int:
        """A key of `VERDICTS`: forged before unproven, unproven before withdrawn or saved again."""
        answers = {check.key: check.holds for check in self.checks}
        failed = {key for key, holds in answers.items() if holds is False}
        if not self.ours:
            return 2
        if failed - {LIST, STANDING, SHAPE}:
            return 1
        if answers.get(ORIGIN) is None or LIST in failed:
            return 4
        return 5 if STANDING in failed else 6 if SHAPE in failed else 0

    @property
    def word(self) -> str:
        """The verdict in words."""
        return VERDICTS[self.exit_status]

    def add(self, key: str, holds: bool | None, yes: str, no: str = "") -> bool:
        """Record an answer with its text for yes (or not checked) or no; whether it holds."""
        self.checks.append(Check(key, holds, no if holds is False else yes))
        return bool(holds)
