"""What a person does in a browser to sign in: follow redirects, fill in forms, keep cookies."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import IO, TYPE_CHECKING, Any, Final
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, Request, build_opener

if TYPE_CHECKING:
    from collections.abc import Mapping

MY_HOME_ASSISTANT: Final = "https://my.home-assistant.io/redirect/oauth"
# Signing in, and consenting; more than this is a circle.
_MOST_FORMS: Final = 5


class PageProblem(Exception):
    """A page that leads no further. The message holds its address and its beginning."""


def fill_in_forms(url: str, answers: Mapping[str, str], *, my: str = "") -> str:
    """Open `url` and submit form after form with `answers`; return where that ends.

    `my` is the Home Assistant that this browser has told My Home Assistant of. Raise PageProblem
    for an error page, or when the forms don't end.
    """
    browser = build_opener(HTTPCookieProcessor(), _MyHomeAssistant(my))
    body: bytes | None = None
    try:
        for _ in range(_MOST_FORMS):
            with browser.open(url, body, timeout=60) as page:
                form = _FirstForm(page.read().decode())
                url = page.url
            if form.action is None:
                return url
            url = urljoin(url, form.action)
            body = urlencode({**answers, **form.hidden}).encode()
    except HTTPError as error:
        with error:
            beginning = error.read(500).decode(errors="replace")
        raise PageProblem(f"{error.url}: {error.code}: {beginning}") from error
    raise PageProblem(f"{url}: one form after the other")


def open_page(url: str) -> str:
    """Open `url`, follow where it leads, and return the page. Raise HTTPError for an error page."""
    with build_opener(HTTPCookieProcessor()).open(url, timeout=60) as page:
        text: str = page.read().decode()
        return text


def cancel(url: str) -> None:
    """Open the provider's page to sign in, and click on Cancel; that leads back to its client."""
    browser = build_opener(HTTPCookieProcessor())
    with browser.open(url, timeout=60) as page:
        link = re.search(r'href="([^"]+/abort)"', page.read().decode())
        assert link is not None, page.url
        back = urljoin(page.url, link[1])
    browser.open(back, timeout=60).close()


class _MyHomeAssistant(HTTPRedirectHandler):
    """Goes where My Home Assistant would send the browser, without asking it."""

    def __init__(self, home_assistant: str) -> None:
        self._home_assistant = home_assistant

    def redirect_request(  # noqa: PLR0917  # as the library calls it
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str
    ) -> Request | None:
        if newurl.startswith(MY_HOME_ASSISTANT):
            query = newurl.removeprefix(MY_HOME_ASSISTANT)
            newurl = f"{self._home_assistant}/auth/external/callback{query}"
        return super().redirect_request(req, fp, code, msg, headers, newurl)


class _FirstForm(HTMLParser):
    """The form of a page, if it has one: where it goes, and what it sends along unasked."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.action: str | None = None
        self.hidden: dict[str, str] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form" and self.action is None:
            self.action = found.get("action", "")
        if tag == "input" and found.get("type") == "hidden":
            self.hidden[found["name"]] = found.get("value", "")
