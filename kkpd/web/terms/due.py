"""Due dates in words."""

from __future__ import annotations

from kkpd.core.moments import period_name
from kkpd.oversight.due import DueDate
from kkpd.web.terms.words import DIFFERENCE_NAMES
from kkpd.web.translation import N_, _

#: Kinds of due dates.
KINDS = {
    "tagihan": N_("Tagihan bank"),
    "debet": N_("Debet sesudah SP2D"),
    "belanja": N_("Belanja belum lunas"),
    "selisih": N_("Selisih"),
    "kembali": N_("Tanggungan pemegang kartu"),
}


def judul(one: DueDate) -> str:
    """What has to be done, in the language of the page."""
    month = period_name(*one.periode)
    if one.jenis == "tagihan":
        return _("Lunasi tagihan bank %(bulan)s", bulan=month)
    if one.jenis == "debet":
        return _("Debet kepada bank, %(dpt)s", dpt=one.uraian)
    if one.jenis == "belanja":
        return _("Selesaikan %(n)s belanja %(bulan)s", n=one.uraian, bulan=month)
    if one.jenis == "kembali":
        return _("Belanja %(bulan)s yang ditolak dibayar kembali pemegangnya", bulan=month)
    return _("Selesaikan selisih: %(apa)s", apa=_(DIFFERENCE_NAMES.get(one.dasar, one.dasar)))
