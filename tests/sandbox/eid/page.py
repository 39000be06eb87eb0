"""The pages of the sandbox e-ID: choose a person, signed out, cannot go on. HTML and CSS, no script at all."""

import base64
import hashlib
from collections.abc import Iterable
from html import escape
from pathlib import Path
from urllib.parse import urlsplit

from starlette.responses import HTMLResponse

from tests.sandbox.eid.model import LEVELS, PersonLike

STYLE = (Path(__file__).parent / "page.css").read_text(encoding="utf-8")
_STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()

_LEVEL_NAMES = {"LoA1": ("Mức 1", "Level 1"), "LoA2": ("Mức 2", "Level 2")}


def choose_person(
    people: Iterable[PersonLike], *, pending: str, client_name: str, level: str, redirect_uri: str
) -> HTMLResponse:
    """Show everybody with a one-line story; a tap signs that person in.

    Args:
        people: the people of the city, in the order shown.
        pending: handle of the authorization request.
        client_name: who asks for the sign-in.
        level: the value of ``acr`` that is chosen before anyone touches the page.
        redirect_uri: where the choice will lead: browsers apply ``form-action`` to that step as well.
    """
    body = f"""
<h1>Chọn một người <small lang="en">Choose a person</small></h1>
<p class="lead"><b>{escape(client_name)}</b> muốn biết bạn là ai. Mọi người ở đây đều do chúng tôi tưởng tượng ra.
<span lang="en">{escape(client_name)} wants to know who you are. Everybody here is invented.</span></p>
<form method="post" action="authorize/choice">
<input type="hidden" name="pending" value="{escape(pending)}">
<fieldset><legend>Mức định danh <small lang="en">Level of assurance</small></legend>
{"".join(_level(value, checked=value == level) for value in LEVELS)}</fieldset>
<ul>{"".join(_person(person) for person in people)}</ul>
</form>"""
    return _page("Chọn một người", body, 200, form_action=f"'self' {_origin(redirect_uri)}")


def signed_out() -> HTMLResponse:
    """Say that the session is over."""
    body = '<h1>Đã đăng xuất <small lang="en">You are signed out</small></h1>'
    return _page("Đã đăng xuất", body, 200)


def cannot_go_on(description: str, status: int = 400) -> HTMLResponse:
    """Tell the person what is wrong with a request that must not be sent back to its client."""
    body = f"""<h1>Không thể tiếp tục <small lang="en">This cannot go on</small></h1>
<p class="lead" lang="en">{escape(description)}</p>"""
    return _page("Không thể tiếp tục", body, status)


def _level(value: str, *, checked: bool) -> str:
    vietnamese, english = _LEVEL_NAMES[value]
    mark = " checked" if checked else ""
    return (
        f'<label><input type="radio" name="level" value="{value}"{mark}>'
        f'<span>{vietnamese} <small lang="en">{english}</small></span></label>'
    )


def _person(person: PersonLike) -> str:
    initial = person.name.split()[-1][:1] if person.name.split() else "?"
    return (
        f'<li><button name="person" value="{escape(person.key)}">'
        f'<span class="mark" aria-hidden="true">{escape(initial)}</span>'
        f"<span><b>{escape(person.name)}</b> <time>{person.birth_date.year}</time>"
        f'<span class="story" lang="en">{escape(person.story)}</span></span></button></li>'
    )


def _origin(address: str) -> str:
    """Give what ``form-action`` must name: the origin, or the bare scheme of an application's own address."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else f"{parts.scheme}:"


def _page(title: str, body: str, status: int, *, form_action: str = "'none'") -> HTMLResponse:
    html = f"""<!doctype html>
<html lang="vi"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)} · e-ID Mẫu</title><style>{STYLE}</style></head>
<body><header><span class="seal" aria-hidden="true"></span>e-ID Mẫu <small lang="en">sandbox e-ID</small></header>
<main>{body}</main></body></html>"""
    policy = (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action {form_action}; "
        "base-uri 'none'; frame-ancestors 'none'"
    )
    headers = {
        "Content-Security-Policy": policy,
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
    return HTMLResponse(html, status, headers=headers)
