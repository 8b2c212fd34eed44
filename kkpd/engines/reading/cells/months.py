"""Names of months in the tongues that banks write, and cells that name a month alone."""

from __future__ import annotations

import re

#: Each name and its number.
MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january januari janv januar ene enero gen gennaio",
            "feb february februari pebruari peb fev februar fevrier febrero",
            "mar march maret mrt maart marz mars marzo",
            "apr april avr avril abr abril",
            "may mei mai mayo mag",
            "jun june juni juin junio giu",
            "jul july juli juil juillet julio lug",
            "aug august agustus agu agt ags agst augustus aout ago agosto",
            "sep sept september septembre septiembre set",
            "oct october oktober okt octobre octubre ott",
            "nov november nopember nop novembre noviembre",
            "dec december desember des dez dezember decembre dic diciembre",
        ),
        start=1,
    )
    for name in names.split()
}
_MONTH = re.compile(
    r"([^\W\d_]{3,10})[-/., ']*(?:19|20)\d\d|(?:19|20)\d\d[-/](?:0[1-9]|1[0-2])"
    r"|(?:0?[1-9]|1[0-2])[-/](?:19|20)\d\d"
)


def number(name: str) -> int:
    """The number of a month's name, 0 for any other word."""
    name = name.casefold().replace("ä", "a").replace("é", "e").replace("û", "u")
    return MONTHS.get(name, 0)


def is_month(text: str) -> bool:
    """Whether a text is a month and its year: `July 2014`, `2014-07`, `07/2014`."""
    found = _MONTH.fullmatch(text.strip())
    return found is not None and (found[1] is None or bool(number(found[1])))
