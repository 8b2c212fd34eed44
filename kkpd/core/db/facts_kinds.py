"""Which tables and columns are left out of events, each with its reason.

Every other table holds facts: replaying the events gives its rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

#: table -> why its rows are in no event
NOT_FACTS: Final[Mapping[str, str]] = {
    "alamat_kalender": "who may read a calendar now; holds hashes of tokens",
    "chain": "the log itself: counted again from its events",
    "chain_checkpoint": "the log itself: signed over one head",
    "checkpoint": "the log itself: signed over its heads",
    "checkpoint_head": "the log itself: the sizes that a checkpoint signs",
    "event": "the log itself",
    "kode_akun": "one-time codes, thrown away when used; holds hashes of secrets",
    "log_key": "the log itself: the history of its key, signed",
    "langkah_masuk": "a login on its way, thrown away after minutes; holds challenges",
    "nomor_urut": "a projection: the highest number among the documents of that kind and year",
    "pekerjaan": "a queue: what a job does is told by the verbs it calls",
    "pemakaian": "a brake on mass uploads and exports, thrown away after a day",
    "percobaan_masuk": "a brake on guessing, thrown away after a day; holds hashes of addresses",
    "sesi": "who is logged in now; holds hashes of tokens",
}

#: table -> column -> why events leave it out
LEFT_OUT: Final[Mapping[str, Mapping[str, str]]] = {
    "benih_totp": {"benih": "a secret: the log goes to auditors"},
    "bukti_masuk": {"teks": "a projection: the words of the kept bytes"},
    "ceiling": {
        "reserved": "a projection: the sum of its movements",
        "posted": "a projection: the sum of its movements",
    },
    "kode_pemulihan": {"kode_hash": "a secret: the log goes to auditors"},
    "pengguna": {
        "sandi_hash": "a secret: the log goes to auditors",
        "ganti_sandi": "goes with the password",
    },
}

#: table -> why its rows are written without their key: nothing refers to them
NO_KEY: Final[Mapping[str, str]] = {
    "ceiling_movement": "written several at once, without asking for their keys",
}
