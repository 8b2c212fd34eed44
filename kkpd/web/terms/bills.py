"""The state of a bill in words: its places, who must act, the days to its due day.

Every page that speaks of a bill or of a month's bills takes its words from here.
"""

from __future__ import annotations

from typing import Final

from kkpd.ledger.standing import DueState
from kkpd.ledger.sums import BillBlock
from kkpd.web.filters import rupiah
from kkpd.web.translation import N_, _

#: Place in a bill's sum -> its name.
PLACE: Final = {
    "dpt": N_("Dibayar dengan DPT"),
    "refused": N_("Ditolak, ditanggung pemegang"),
    "up_tunai": N_("UP Tunai"),
    "others": N_("Ditanggung pemegang atau bank"),
    "carried": N_("Dialihkan ke tagihan lain"),
    "open": N_("Belum ditetapkan"),
}
#: Stage of a part -> who must act.
MOVE: Final = {
    "open": N_("Bendahara mencocokkan atau menjelaskan"),
    "recorded": N_("Bendahara melengkapi bukti"),
    "evidenced": N_("Bendahara mengajukan DPR"),
    "put_forward": N_("PPTK memeriksa DPR"),
    "checked": N_("Pengguna Anggaran menguji"),
    "approved": N_("Pengguna Anggaran menerbitkan DPT"),
    "dpt": N_("Pengguna Anggaran menerbitkan NPD"),
    "npd": N_("Bendahara mengajukan SPP-GU"),
    "spp": N_("PPK-SKPD menguji SPP, Pengguna Anggaran menerbitkan SPM"),
    "spm": N_("Kuasa BUD menerbitkan SP2D"),
    "sp2d": N_("Bendahara mendebet kepada bank"),
    "refused": N_("pemegang kartu membayar kembali"),
    "holder": N_("dibayar yang menanggung"),
    "up_tunai": N_("Bendahara membayar dari UP Tunai"),
    "bank": N_("bank mengembalikan"),
}


def keadaan(block: BillBlock) -> str:
    """`Lunas` once every rupiah of the bill is settled, else what is left."""
    return _("Lunas") if block.settled else _("Sisa %(nilai)s", nilai=rupiah(block.left))


def due_term(found: DueState | None) -> str:
    """The days to the due day while the bank is owed something; afterwards whether it was paid in
    time.
    """
    if found is None:
        return _("belum ada tagihan")
    if not found.dibayar:
        if found.day is None:
            return _("tanpa jatuh tempo")
        if found.day < 0:
            return _("lewat jatuh tempo %(n)s hari", n=-found.day)
        return _("%(n)s hari ke jatuh tempo", n=found.day)
    said = _("bank dibayar") if found.sisa else _("lunas")
    if found.day is not None and found.day < 0:
        said = _("%(apa)s %(n)s hari sesudah jatuh tempo", apa=said, n=-found.day)
    elif found.day is not None:
        said = _("%(apa)s %(n)s hari sebelum jatuh tempo", apa=said, n=found.day)
    return said
