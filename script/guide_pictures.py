#!/usr/bin/env python3
"""The pictures of docs/panduan, taken from the demo year of KKPD_INSTANCE.

`PICTURES` is the one list: a picture is a person of the demo, an address, and how high the window
is. They are kept in 64 colours, so that the folder stays small.
"""

from __future__ import annotations

import io
import logging
import os
import shutil
import sys
import threading
from pathlib import Path
from typing import Final

from PIL import Image
from playwright.sync_api import Browser, sync_playwright
from werkzeug.serving import make_server

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
TARGET: Final = ROOT / "docs" / "panduan" / "gambar"
AREA: Final = "/dinkes/2026-10"
WIDTH: Final = 1280
#: name -> (who, address, height)
PICTURES: Final = {
    "pemegang-belanja": ("ani", f"{AREA}/belanja-saya/", 760),
    "bendahara-bulan": ("citra", f"{AREA}/bulan-ini/", 900),
    "bendahara-cocok": ("citra", f"{AREA}/cocok/", 900),
    "bendahara-pembayaran": ("citra", f"{AREA}/pembayaran/", 760),
    "pptk-meja": ("budi", f"{AREA}/persetujuan/", 900),
    "pa-uji": ("dewi", f"{AREA}/persetujuan/", 900),
    "ppk-pembayaran": ("hana", f"{AREA}/pembayaran/", 760),
    "bud-pemantauan": ("maya", "/pemantauan/", 760),
    "inspektur-papan": ("fitri", "/papan/", 760),
    "auditor-laporan": ("gilang", "/laporan/", 760),
    "administrator-awal": ("joko", "/admin/", 760),
}


def take(browser: Browser, address: str, who: str, path: str, height: int) -> bytes:
    """One picture, as the person sees the page."""
    from kkpd.organisation.setup.demo_logins import DEMO_LOGIN_WORD

    context = browser.new_context(
        base_url=address,
        viewport={"width": WIDTH, "height": height},
        color_scheme="light",
        locale="id-ID",
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto("/masuk")
    page.get_by_label("Nama masuk").fill(who)
    page.get_by_label("Kata sandi").fill(DEMO_LOGIN_WORD)
    page.get_by_role("button", name="Masuk", exact=True).click()
    page.wait_for_url(lambda url: "/masuk" not in url)
    page.goto(path, wait_until="networkidle")
    taken = page.screenshot()
    context.close()
    return taken


def keep(name: str, taken: bytes) -> int:
    """Write it in few colours; its size in bytes."""
    picture = Image.open(io.BytesIO(taken)).convert("RGB").quantize(64)
    target = TARGET / f"{name}.png"
    picture.save(target, optimize=True)
    return target.stat().st_size


def main() -> int:
    """Serve the demo on a free port of this machine and take every picture."""
    from kkpd.app import create_app
    from kkpd.core.config import Settings

    found = os.environ.get("KKPD_TEST_CHROMIUM") or shutil.which("chromium")
    if not found:
        sys.exit("no chromium: apt-get install chromium, or name one in KKPD_TEST_CHROMIUM")
    logging.disable(logging.INFO)
    server = make_server("127.0.0.1", 0, create_app(Settings.load(os.environ)), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    TARGET.mkdir(parents=True, exist_ok=True)
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=found, args=["--headless", "--no-sandbox"]
            )
            for name, (who, path, height) in PICTURES.items():
                at = f"http://127.0.0.1:{server.server_port}"
                print(f"{name}: {keep(name, take(browser, at, who, path, height))} bytes")
            browser.close()
    finally:
        server.shutdown()
        thread.join()
    return 0


if __name__ == "__main__":
    sys.exit(main())
