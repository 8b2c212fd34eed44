"""The reasons for another UP KKPD in words (PMK 196/2018 Art. 6 as a model)."""

from __future__ import annotations

from typing import Final

from kkpd.web.translation import N_

REASON: Final = {
    "kebutuhan_naik": N_("kebutuhan kartu sebulan melebihi UP KKPD"),
    "kebutuhan_tunai": N_("kebutuhan tunai sebulan melebihi UP Tunai"),
    "penyedia_tanpa_kartu": N_("sedikit penyedia menerima kartu"),
    "lain": N_("alasan lain"),
}
