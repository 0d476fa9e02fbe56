"""Every page there is in a real Chromium, filled: axe, a phone's width, no complaint, nothing from elsewhere."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page, Response

from datong.channels.tests.conftest import PASSWORD, House
from datong.channels.tests.every_page import EMPTY_TOO, GONE, NO_PAGE, fill, half_in, owner_of, page_names, public
from datong.channels.tests.test_browser import FRAME, PHONE, WIDE, address, chromium, examine, page
from datong.site.testing.platforms import LocalWooCommerce, woo

__all__ = ["address", "chromium", "page", "woo"]

pytestmark = pytest.mark.browser
FACE = """() => ({
  over: document.documentElement.scrollWidth - innerWidth,
  empty: document.querySelectorAll('main .empty').length,
  framed: document.querySelector('.rail') !== null,
})"""


class Examiner:
    """One browser through page after page; `found` is what is wrong: address and look -> faults."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address, self.found = page, address, dict[str, list[str]]()
        self._said: list[str] = []
        page.on("console", lambda m: self._said.append(f"console: {m.text}") if m.type == "error" else None)
        page.on("pageerror", lambda error: self._said.append(f"script: {error}"))
        page.on("request", lambda r: None if self._ours(r.url) else self._said.append(f"asks {r.url}"))

    def _ours(self, url: str) -> bool:
        return url.startswith((f"{self.address}/", "data:", "blob:"))

    def log_in(self, client: Client) -> None:
        key = client.cookies["sessionid"].value
        self.page.context.add_cookies([{"name": "sessionid", "value": key, "url": self.address}])

    def look(self, language: str, theme: str, size: Any) -> None:
        """From now on in this language, theme and size."""
        self._look = f"{language} {theme} {size['width']}"
        self._framed = False  # what is around every page of the console is examined on the first
        given = {"django_language": language, "theme": theme}
        self.page.context.add_cookies([{"name": n, "value": v, "url": self.address} for n, v in given.items()])
        self.page.set_viewport_size(size)

    def visit(self, paths: Sequence[str]) -> None:
        for path in paths:
            self._said.clear()
            wrong = self._faults(path, self.page.goto(path))
            if wrong := wrong + [said for said in self._said if path != GONE or "404" not in said]:
                self.found[f"{path} {self._look}"] = wrong

    def _faults(self, path: str, answer: Response | None) -> list[str]:
        status = answer.status if answer else 0
        if status != (404 if path == GONE else 200):
            return [f"answers {status}"]
        if self.page.url != f"{self.address}{path}":
            return [f"leads to {self.page.url}"]
        face = self.page.evaluate(FACE)
        wrong = examine(self.page, without=FRAME if self._framed else ())
        self._framed |= bool(face["framed"])
        if face["over"] > 0:
            wrong.append(f"{face['over']} px wider than the screen")
        if face["empty"] and path not in EMPTY_TOO:
            wrong.append("shows nothing: give it rows in every_page.py")
        return wrong


@pytest.mark.requirement("S-161")
def test_every_page_is_free_of_flaws_on_a_phone_and_in_the_dark_in_chinese(
    page: Page, address: str, committed_house: House, woo: LocalWooCommerce, tmp_path: Path
) -> None:
    house, rows = committed_house, fill(committed_house, woo, tmp_path)
    owner, half_way = owner_of(house), half_in(house)
    routes = page_names(owner)
    unknown = [f"/{route} ({n})" for n, route in routes.items() if "<" in route and n not in {*rows, *NO_PAGE}]
    assert unknown == [], "give these pages rows in every_page.py, or say in NO_PAGE why they are no pages"
    assert {*rows, *NO_PAGE} - set(routes) == set(), "these are no addresses any more"
    inside, outside = list[str](), list[str]()
    for name in sorted(set(routes) - set(NO_PAGE)):
        (outside if name in public() else inside).extend(rows.get(name) or [f"/{routes[name]}"])
    examiner = Examiner(page, address)
    # A sixth of the pages is seen in the second look, always the same: a change is judged by what it changed. All of
    # them when asked.
    part_two = slice(None) if os.environ.get("DATONG_EVERY_PAGE") else slice(0, None, 6)
    for look, part in ((("en", "light", PHONE), slice(None)), (("zh-hans", "dark", WIDE), part_two)):
        examiner.look(*look)
        examiner.log_in(owner)
        for path in inside[part]:
            if path == "/me/codes/":  # shown once
                owner.post(path, {"password": PASSWORD})
            examiner.visit([path])
        examiner.log_in(half_way)
        examiner.visit(outside[part])
    assert examiner.found == {}, json.dumps(examiner.found, indent=1, ensure_ascii=False)
