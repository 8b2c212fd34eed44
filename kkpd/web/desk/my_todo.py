"""What waits for the logged-in person: counted on first screens, linked on their own page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from flask import current_app, g, url_for

from kkpd.core.moments import period_code, period_name
from kkpd.core.moves import MOVES
from kkpd.core.permissions import ROLE_NAMES
from kkpd.ledger.difference_kinds import LABELS
from kkpd.oversight.reminder_rules import SENTENCES, DueEntry
from kkpd.oversight.talk.conversation import Said
from kkpd.oversight.talk.topics import Topic
from kkpd.oversight.talk.waiting import PersonToday, WaitingTalk, waiting
from kkpd.oversight.todo import NEAR_DAYS, to_do
from kkpd.web.filters import rupiah
from kkpd.web.globals import today
from kkpd.web.request import context as request_context
from kkpd.web.request import permissions, read_cache
from kkpd.web.request.permissions import actor
from kkpd.web.request.transaction import reading
from kkpd.web.translation import N_, _

#: kind -> endpoint, and the state that its list is filtered by
TARGETS: Final[dict[str, tuple[str, str | None]]] = {
    one.jenis: (f"{one.page}.index", state if one.page == "belanja" else None)
    for state, one in MOVES.items()
} | {
    "tagihan": ("cocok.index", None),
    "terlambat": ("cocok.index", None),
    "selisih": ("cocok.index", None),
    "tanggungan": ("tanggungan.index", None),
    "belanja": ("belanja.index", None),
    "dikembalikan": ("dpr.index", None),
    "dikembalikan_saya": ("belanja_saya.index", None),
    "tanya": ("perlu.index", None),
    "bukti_saya": ("belanja_saya.index", None),
    "kotak_bukti": ("kotak_bukti.index", None),
    "kembali": ("belanja_saya.index", None),
    "lebih_kembali": ("belanja_saya.index", None),
    "kasus_jawab": ("kasus.index", None),
    "kasus_putus": ("kasus.index", None),
    "konfirmasi": ("periode.rinci", None),
    "tinjau": ("periode.rinci", None),
    "usulan_up": ("admin.up", None),
    "penugasan_usul": ("admin.penugasan", None),
    "kartu_usul": ("admin.kartu", None),
    "masa_admin": ("admin.penugasan", None),
    "hak_baru": ("admin.penugasan", None),
}


@dataclass(frozen=True, slots=True)
class TodoTally:
    """How much waits, how much is late, and how much is due soon."""

    everything: int
    lewat: int
    near: int


def listing() -> tuple[DueEntry, ...]:
    """Everything that waits for the person; read once per request."""
    if "to_do" not in g:
        g.to_do = to_do(reading(), actor(), today(), read_cache.summary)
    found: tuple[DueEntry, ...] = g.to_do
    return found


def tally() -> TodoTally:
    """The count for first screens."""
    days = [one.sisa for one in listing() if one.sisa is not None]
    late = sum(day < 0 for day in days)
    return TodoTally(len(listing()), late, sum(0 <= day <= NEAR_DAYS for day in days))


def spoken() -> list[WaitingTalk]:
    """What was said to the person and waits for an act or an answer; read once per request."""
    if "spoken" not in g:
        person = PersonToday(reading(), actor(), today(), list(_offices()))
        g.spoken = waiting(person, read_cache.books)
    found: list[WaitingTalk] = g.spoken
    return found


def _offices() -> dict[int, str]:
    """The OPDs of the person, as addresses spell them."""
    return {one.id: one.slug for one in request_context.opds()}


#: move -> what to do, the word on its button
ACTS: Final = {
    "perbaiki": (N_("Perbaiki, lalu ajukan lagi dalam DPR."), N_("Perbaiki")),
    "lengkapi": (N_("Lengkapi buktinya; bendahara mengajukannya lagi."), N_("Lengkapi")),
    "setor": (
        N_("Setorkan bagian yang ditolak, lalu serahkan buktinya kepada bendahara."),
        N_("Lihat yang harus dibayar"),
    ),
    "jawab": (N_("Jawab pertanyaannya."), N_("Jawab")),
    "baca": (N_("Pertanyaan Anda sudah dijawab."), N_("Lanjutkan")),
    "ulang": (N_("Perbaiki yang disebut, lalu terbitkan yang baru."), N_("Terbitkan yang baru")),
    "usul": (N_("Perbaiki perhitungannya, lalu usulkan lagi."), N_("Usulkan lagi")),
}
#: kind of what was said -> the words between who and what
VERBS: Final = {
    "kembali": N_("mengembalikan"),
    "tolak": N_("menolak"),
    "sebagian": N_("menolak sebagian"),
    "batal": N_("membatalkan dokumen"),
    "tanya": N_("bertanya"),
    "jawab": N_("menjawab"),
}


def said_words(one: Said) -> str:
    """`Budi Teknis (PPTK) mengembalikan`."""
    role = ROLE_NAMES.get(one.role)  # type: ignore[call-overload]  # a role is its own word
    who = f"{one.by} ({_(role)})" if role else one.by
    part = f" {rupiah(one.nilai)}" if one.kind == "sebagian" and one.nilai is not None else ""
    paper = f" {one.paper}" if one.paper else ""
    return f"{who} {_(VERBS[one.kind])}{part}{paper}"


def move_words(move: str) -> tuple[str, str]:
    """What to do, and the word on its button."""
    told, word = ACTS[move]
    return _(told), _(word)


def topic_words(topic: Topic) -> str:
    """The topic as people know it."""
    return topic.name or _("Usulan UP KKPD %(tahun)s", tahun=topic.tahun)


#: kind of topic -> its pages, the first that the person may open, with the name of its number there
_PAGES: Final = {
    "belanja": (("belanja.rinci", "id"), ("belanja_saya.rinci", "id")),
    "dokumen": (("dokumen.rinci", "dokumen_id"),),
    "usulan": (("pagu.index", ""), ("admin.up", "")),
}


def talk_address(one: WaitingTalk) -> str:
    """The page where this person acts on it."""
    topic = one.topic
    month = period_code(topic.tahun, topic.bulan or today().month)
    where: dict[str, Any] = {"opd": _offices()[topic.opd_id], "periode": month}
    if one.page:
        return url_for(f"{one.page}.index", **where)
    pages = (page for page in _PAGES[topic.kind] if _opens(page[0], topic.opd_id))
    endpoint, name = next(pages)
    where |= {name: topic.id}
    expects = current_app.url_map.is_endpoint_expecting
    named = {key: value for key, value in where.items() if expects(endpoint, key)}
    return url_for(endpoint, **named, _anchor="percakapan" if name else f"percakapan-{topic.id}")


def _opens(endpoint: str, opd_id: int) -> bool:
    permission = permissions.declared(current_app, endpoint)
    return permission is not None and actor().can(permission, opd_id)


def wording(one: DueEntry) -> str:
    """What has to be done, in the language of the page."""
    what = _(LABELS[one.dasar]) if one.dasar else one.what
    month = period_name(one.tahun, one.bulan) if one.bulan else str(one.tahun)
    return _(SENTENCES[one.jenis], n=one.banyak, bulan=month, apa=what)


def alamat(one: DueEntry) -> str:
    """The URL of the page where it is done, in its OPD and month."""
    endpoint, status = TARGETS[one.jenis]
    if not one.bulan:
        return url_for(endpoint)
    periode = period_code(one.tahun, one.bulan)
    return url_for(endpoint, opd=one.opd_slug, periode=periode, status=status)
