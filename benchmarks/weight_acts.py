"""What each act costs: every form that a login of each role reaches by links, sent once as it
stands with every box ticked, and the heavy files that people send.

    script/bench weight_acts [--logins citra,dewi]

Wants KKPD_INSTANCE with a demo year (`KKPD_DEMO=1`), and changes it. One JSON line an act (`bench,
path, role, status, cpu_s, mb, wall_s, child_cpu_s, child_mb`) and one of the most of all: `cpu_s`
and `mb` as in `weight`, of the serving process; `child_*` of the heaviest child that opened a file.
"""

from __future__ import annotations

import argparse
import csv as csv_file
import gc
import io
import json
import os
import re
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from urllib.parse import urlsplit

import time_machine
from flask import Flask
from flask.testing import FlaskClient
from lxml import html as parsed_html
from PIL import Image
from werkzeug.exceptions import HTTPException

from benchmarks.weight import entered, logins, most_memory, walked
from kkpd.app import create_app
from kkpd.core import sandbox
from kkpd.core.config import Settings
from kkpd.core.db import facts as db_facts
from kkpd.core.db.session import EVERY_OPD, writing
from kkpd.web.globals import engine
from tests.browser.kantor import SAAT
from tests.client import Page, PageClient
from tests.databases import SqliteDatabases
from tests.program import leave, program
from tests.worlds import office
from tests.worlds.bills import KOPI, csv
from tests.worlds.chain_steps import baris_bank
from tests.worlds.desk import waiting
from tests.worlds.office import ATK, SUB

#: Acts that end the walk, or that send mail to others.
_LEFT_OUT: Final = frozenset({"masuk.keluar", "akun.akhiri", "masuk.masuk"})
_BILL: Final = "/dinkes/2026-12/tagihan"
_children: list[Any] = []


def children_noted() -> None:
    """From now on each child that opens a file is noted with what it used."""
    ask = sandbox._ask

    def asked(*args: Any) -> Any:
        answer, end = ask(*args)
        _children.append(end)
        return answer, end

    sandbox._ask = asked  # type: ignore[assignment]  # the same, with a note


def weighed(act: Callable[[], Any]) -> tuple[Any, dict[str, Any]]:
    """What the act gives, and its figures."""
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5", "ascii")
    _children.clear()
    begin, wall = time.thread_time(), time.monotonic()
    given = act()
    return given, {
        "cpu_s": round(time.thread_time() - begin, 3),
        "wall_s": round(time.monotonic() - wall, 3),
        "mb": most_memory(),
        "child_cpu_s": round(max((one.cpu for one in _children), default=0), 2),
        "child_mb": max((one.memory for one in _children), default=0) // 1024,
    }


def sent(client: FlaskClient, path: str, fields: Any, came_from: str = "") -> dict[str, Any]:
    """Figures of one form sent; `place` is where it leads, `text` its page."""
    headers = {"Referer": f"http://localhost{came_from}"}
    answer, figures = weighed(lambda: client.post(path, data=fields, headers=headers))
    told = {
        "path": path,
        "status": answer.status_code,
        **figures,
        "place": answer.headers.get("Location", ""),
        "text": answer.get_data(as_text=True) if answer.mimetype == "text/html" else "",
    }
    answer.close()
    return told


def forms(page: str) -> Iterator[tuple[str, dict[str, list[str]]]]:
    """The POST forms of a page: where to, and all fields with every box ticked."""
    for form in parsed_html.fromstring(page).forms:
        if (form.method or "").upper() != "POST" or not form.action:
            continue
        fields: dict[str, list[str]] = {}
        for control in form.inputs:
            if control.name and getattr(control, "type", "") not in {"file", "submit", "radio"}:
                value = control.get("value", "on") if control.tag == "input" else control.value
                values = value if isinstance(value, (list, set)) else [value]
                fields.setdefault(control.name, []).extend(str(one or "") for one in values)
        for choice in form.xpath('.//input[@type="radio"]'):
            fields.setdefault(choice.name, [choice.get("value", "")])
        pressed = form.xpath(".//button[@name]")[:1]
        fields |= {one.get("name"): [one.get("value", "")] for one in pressed}
        yield form.action, fields


def every_form(app: Flask, name: str) -> Iterator[dict[str, Any]]:
    """Each route's form once."""
    router, taken = app.url_map.bind("localhost"), set(_LEFT_OUT)
    pages = walked(app, name, 1)
    client = entered(app, name)
    for one in pages:
        page = client.get(one["path"])
        if page.mimetype != "text/html":
            continue
        for action, fields in forms(page.get_data(as_text=True)):
            path = urlsplit(action).path
            try:
                endpoint = router.match(path, method="POST")[0]
            except HTTPException:
                continue
            if endpoint not in taken:
                taken.add(endpoint)
                yield {"route": endpoint, **sent(client, path, fields, one["path"])}


def token(client: FlaskClient, path: str) -> dict[str, Any]:
    """The token of the form on a page."""
    page = client.get(path).get_data(as_text=True)
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    return {"csrf_token": found[1] if found else ""}


def noisy_photo(width: int, height: int, quality: int = 85) -> bytes:
    """A photo that compresses badly, as those of a dark shop."""
    made = io.BytesIO()
    Image.frombytes("RGB", (width, height), os.urandom(3 * width * height)).save(
        made, "JPEG", quality=quality
    )
    return made.getvalue()


def heavy_files(app: Flask) -> Iterator[dict[str, Any]]:
    """Bank files, bulk evidence and a sheet of people, each as large as an office has it."""
    citra = entered(app, "citra")
    for lines in (1_000, 5_000):
        rows = [(*KOPI[:3], f"TOKO {n:05d}", f"{n + 20_000},00", "DB") for n in range(lines)]
        fields = {**token(citra, f"{_BILL}/unggah"), "profil": "", "jenis": ""}
        file = (io.BytesIO(csv(rows)), f"tagihan-{lines}.csv")
        found = sent(citra, f"{_BILL}/unggah", {**fields, "berkas": file})
        yield {"route": f"bank file of {lines} lines", **found}
        place = urlsplit(found["place"]).path
        if place.endswith("/periksa"):
            path = place.replace("/periksa", "/ambil")
            yield {"route": f"its {lines} lines taken in", **sent(citra, path, token(citra, place))}
    inbox = "/dinkes/2026-12/kotak-bukti/"
    photos = [(io.BytesIO(noisy_photo(2_000, 1_500)), f"nota-{n}.jpg") for n in range(20)]
    fields = {**token(citra, inbox), "berkas": photos}
    yield {"route": "20 photos at once", **sent(citra, inbox, fields)}
    yield from sheet_of_people(entered(app, "joko"))


def sheet_of_people(joko: FlaskClient) -> Iterator[dict[str, Any]]:
    """75 people with cards of a new OPD: looked at, then proposed."""
    shown = joko.get("/admin/lembar/contoh/csv").get_data().decode("utf-8-sig")
    example = next(csv_file.DictReader(io.StringIO(shown)))
    made = io.StringIO()
    writer = csv_file.DictWriter(made, list(example))
    writer.writeheader()
    for number in range(75):
        own = {"kode_opd": "9.99", "nama": f"Orang {number}", "nip": f"1990010120150{number:05d}"}
        own |= {"nama_masuk": f"orang{number}", "surel": "", "empat_angka": f"{1000 + number}"}
        writer.writerow({**example, **own, "nama_pendek": "dinbaru"})
    fields = token(joko, "/admin/lembar")
    file = (io.BytesIO(made.getvalue().encode()), "lembar.csv")
    found = sent(joko, "/admin/lembar/periksa", {**fields, "berkas": file})
    yield {"route": "sheet of 75 people", **found}
    for action, sheet in forms(found["text"]):
        if action.endswith("usulkan"):
            yield {"route": "its people proposed", **sent(joko, action, sheet)}


def long_month() -> Iterator[dict[str, Any]]:
    """Acts over a whole month at once, each list in an office of its own."""
    for acts in (_month_of_185, _sixty_lines_coded):
        with TemporaryDirectory() as folder, time_machine.travel(SAAT, tick=True):
            config = Settings.load(
                {
                    "KKPD_INSTANCE": folder,
                    "KKPD_DATABASE_URL": SqliteDatabases(Path(folder)).new(office.fill),
                    "KKPD_DEMO": "1",
                }
            )
            app = program(config)
            for name, act in acts(app, config.instance):
                page, figures = weighed(act)
                yield {"route": name, "status": page.status, **figures}
            leave(app)


def _month_of_185(app: Flask, instance: Path) -> Iterator[tuple[str, Callable[[], Page]]]:
    """185 purchases: signed twice, on a DPT, closed."""
    with app.app_context(), writing(engine(), EVERY_OPD) as session:
        waiting(session, instance, 185, checked=False)
    desk, close = "/dinkes/2026-10/persetujuan/", "/dinkes/2026-10/cocok/tutup"
    citra, budi, dewi = (PageClient(app).entry(name) for name in ("citra", "budi", "dewi"))
    for person, role in ((budi, "PPTK"), (dewi, "PA")):
        review = person.submit(person.get(desk), f"{desk}putuskan", 200, semua="1")
        sign = partial(person.submit, review, f"{desk}putuskan", tanda_tangan="1")
        yield f"185 lines signed by the {role}", sign
    yield (
        "DPT of 185 lines issued",
        partial(dewi.submit, dewi.get(f"{desk}terbit"), f"{desk}terbit"),
    )
    yield "their month closed", partial(citra.submit, citra.get(close), close)


def _sixty_lines_coded(app: Flask, _: Path) -> Iterator[tuple[str, Callable[[], Page]]]:
    """As many lines without a purchase as are recorded at once."""
    with app.app_context(), writing(engine(), EVERY_OPD) as session:
        baris_bank(session, *range(11_000, 71_000, 1_000), merchant="KANTIN", keterangan="KANTIN")
        db_facts.carried(session)
    citra, sheet = PageClient(app).entry("citra"), "/dinkes/2026-10/cocok/kelompok"
    fields: dict[str, Any] = {}
    for name, value in citra.get(sheet).form(sheet).form_values():
        fields.setdefault(name, []).append(value)
    fields |= {"uraian": "Konsumsi", "pembebanan": f"{SUB}|{ATK}|PAD"}
    yield f"{len(fields['ikut'])} lines of one shop coded", partial(citra.post, sheet, fields)


def main() -> None:
    """Send and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--logins", default="")
    args = parser.parse_args()
    children_noted()
    app = create_app(Settings.load(os.environ))
    wanted = {name: name for name in args.logins.split(",") if name} or logins(app)
    every = {"files": heavy_files(app), "long month": long_month()}
    every |= {role: every_form(app, name) for role, name in wanted.items()}
    most: dict[str, float] = {}
    for role, acts in every.items():
        for one in acts:
            told = {key: one[key] for key in one if key not in {"place", "text"}}
            print(json.dumps({"bench": "weight_acts", "role": role, **told}), flush=True)
            for key in ("cpu_s", "mb", "child_cpu_s", "child_mb"):
                most[key] = max(most.get(key, 0), one[key])
    print(json.dumps({"bench": "weight_acts", "role": "every", **most}))


if __name__ == "__main__":
    main()
