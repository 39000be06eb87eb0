"""An e-ID that is away, broken or evil: nobody is signed in, and nothing of what it says is shown."""

from urllib.parse import urlsplit

import pytest
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp

from gateway.identity.e_id import MOST_BYTES, is_sound
from tests.gateway.portal.browser import NOBODY, Browser
from tests.gateway.portal.conftest import Nook


async def test_when_the_e_id_is_away_the_button_says_so(nook: Nook) -> None:
    browser = await nook.browser()
    await nook.site.close()
    refused = await browser.get("/sign-in")
    assert refused.status_code == 503
    assert "The e-ID cannot be reached now." in refused.text
    assert not browser.cookies


async def test_when_the_e_id_goes_away_in_the_middle_nobody_is_signed_in(nook: Nook) -> None:
    """The person may begin anew; nothing tells an address or a reason of the network."""
    browser = await nook.browser()
    address = await browser.choose(await browser.begin(), "an")
    await nook.site.close()
    refused = await browser.get(address)
    assert refused.status_code == 503
    assert urlsplit(nook.site.url).netloc not in refused.text
    assert await browser.who() == NOBODY


def answered(content: object, status: int = 200) -> JSONResponse:
    return JSONResponse(content, status)


BAD_TOKENS: dict[str, ASGIApp] = {
    "a list": answered([]),
    "nothing": answered(None),
    "no object": answered("eyJ.eyJ.sig"),
    "no token": answered({"token_type": "Bearer"}),
    "a token that is no text": answered({"access_token": {"a": 1}, "token_type": "Bearer"}),
    "a type that is no text": answered({"access_token": "a.b.c", "token_type": 5}),
    "a token that is none": answered({"access_token": "a.b.c\r\nX: y", "token_type": "Bearer"}),
    "a token of strange letters": answered({"access_token": "ế.ệ.ễ", "token_type": "Bearer"}),
    "no JSON": Response("<html>Bảo trì</html>", media_type="application/json"),
    "the same member twice": Response(b'{"access_token": "a.b.c", "token_type": "Bearer", "access_token": "d.e.f"}'),
    "JSON without a bottom": Response(b"[" * MOST_BYTES),
    "packed": Response(b"x", headers={"content-encoding": "gzip"}),
    "another place": RedirectResponse("http://127.0.0.1:2/token", 307),
    "a refusal": answered({"error": "invalid_grant", "error_description": "<script>alert(1)</script>"}, 400),
}


@pytest.mark.parametrize("name", BAD_TOKENS)
async def test_a_bad_answer_of_the_token_endpoint_signs_nobody_in(nook: Nook, name: str) -> None:
    """A sentence of ours and nothing of its answer, which could hold a token or a script."""
    browser = await nook.browser()
    address = await browser.choose(await browser.begin(), "an")
    nook.spoilt.answers["/token"] = BAD_TOKENS[name]
    refused = await browser.get(address)
    assert refused.status_code == 400
    assert refused.text.partition("<p>")[2].startswith("The e-ID ")
    assert "script" not in refused.text
    assert await browser.who() == NOBODY


async def test_a_good_token_of_the_wrong_kind_signs_nobody_in(nook: Nook) -> None:
    """Bound to a key (RFC 9449), for another service, an ID token; and as a control the same token as it should be."""
    good = nook.eid.token_for("an")
    answers = {
        "DPoP": (good, 400),
        "": (good, 400),
        "Bearer": (nook.eid.token_for("an", aud="urn:another"), 400),
        "BEARER": (nook.eid.token_for("an", header={"typ": "JWT"}), 400),
        "bearer": (good, 303),
    }
    for kind, (token, status) in answers.items():
        browser = await nook.browser()
        address = await browser.choose(await browser.begin(), "an")
        nook.spoilt.answers["/token"] = answered({"access_token": token, "token_type": kind})
        back = await browser.get(address)
        assert (back.status_code, token in back.text) == (status, False), kind
        del nook.spoilt.answers["/token"]


async def test_a_good_token_in_an_answer_without_an_end_signs_nobody_in(nook: Nook) -> None:
    """What is read is bounded, however good it might have become."""
    for more, status in ((0, 303), (MOST_BYTES, 400)):
        browser = await nook.browser()
        address = await browser.choose(await browser.begin(), "an")
        token = nook.eid.token_for("an")
        nook.spoilt.answers["/token"] = answered({"access_token": token, "token_type": "Bearer", "more": "x" * more})
        assert (await browser.get(address)).status_code == status


async def test_an_e_id_in_trouble_is_told_from_one_that_refuses(nook: Nook) -> None:
    """503, and the sentence says that it is worth trying again."""
    browser = await nook.browser()
    address = await browser.choose(await browser.begin(), "an")
    nook.spoilt.answers["/token"] = answered({"error": "server_error"}, 500)
    refused = await browser.get(address)
    assert (refused.status_code, await browser.who()) == (503, NOBODY)
    assert "The e-ID cannot be reached now." in refused.text


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("authorization_endpoint", "javascript:alert(1)"),
        ("authorization_endpoint", "//evil.example/authorize"),
        ("authorization_endpoint", 5),
        ("authorization_endpoint", None),
        ("issuer", "https://evil.example"),
    ],
)
async def test_metadata_that_cannot_be_used_leads_nowhere(nook: Nook, member: str, value: object) -> None:
    """No browser is sent to an address that is none, nor by somebody who is not the e-ID."""
    browser = await nook.browser()
    await _publish(nook, browser, member, value)
    refused = await browser.get("/sign-in")
    assert (refused.status_code, refused.headers.get("location")) == (503, None)
    assert "evil" not in refused.text


@pytest.mark.parametrize(
    "value",
    [
        "http://127.0.0.1:99999/",
        "http://[::1",
        "http://[::1]x/",
        "http://256.1.1.1/",
        "http://",
        "file:///etc/passwd",
        [],
        None,
    ],
)
async def test_a_token_endpoint_that_cannot_be_used_gets_no_code(nook: Nook, value: object) -> None:
    browser = await nook.browser()
    address = await browser.choose(await browser.begin(), "an")
    await _publish(nook, browser, "token_endpoint", value)
    refused = await browser.get(address)
    assert (refused.status_code, await browser.who()) == (503, NOBODY)


async def test_without_a_place_to_sign_out_the_way_leads_home(nook: Nook) -> None:
    """``end_session_endpoint`` is optional (OpenID Connect RP-Initiated Logout section 2.1)."""
    browser = await nook.browser()
    await browser.sign_in("an")
    await _publish(nook, browser, "end_session_endpoint", None)
    assert (await browser.get("/sign-out")).headers["location"] == "/"


@pytest.mark.parametrize(
    ("address", "issuer", "sound"),
    [
        ("https://e-id.example/authorize", "https://e-id.example", True),
        ("https://sign-in.example:8443/a?b=c", "https://e-id.example/realm", True),
        ("https://e-id.example/authorize", "http://127.0.0.1:9100", True),
        ("http://127.0.0.1:9100/authorize", "http://127.0.0.1:9100", True),
        ("http://e-id.example/authorize", "https://e-id.example", False),
        ("https://e-id.example@evil.example/", "https://e-id.example", False),
        ("https://e-id.example/#fragment", "https://e-id.example", False),
        ("https://e-id.example\\@evil.example/", "https://e-id.example", False),
        ("https://e-id.example/\r\nSet-Cookie: a=b", "https://e-id.example", False),
        ("https://e-id.example/a b", "https://e-id.example", False),
        ("https://é-id.example/", "https://e-id.example", False),
        ("https://e-id.example:0/", "https://e-id.example", False),
        ("https://[e-id.example/", "https://e-id.example", False),
        ("https://e-id.example/" + "a" * 70_000, "https://e-id.example", False),
        ("data:text/html,x", "https://e-id.example", False),
        ("/authorize", "https://e-id.example", False),
        ("", "https://e-id.example", False),
    ],
)
def test_an_address_is_sound_when_it_is_whole_and_no_less_protected_than_the_issuer(
    address: str, issuer: str, *, sound: bool
) -> None:
    """RFC 6749 sections 3.1 and 3.2: no fragment, and TLS wherever the issuer has it."""
    assert is_sound(address, issuer=issuer) is sound


async def _publish(nook: Nook, browser: Browser, member: str, value: object) -> None:
    """Let the e-ID say something else about itself; None leaves the member out."""
    path = "/.well-known/openid-configuration"
    told = (await browser.get(nook.eid.issuer + path)).json()
    spoilt = {name: text for name, text in {**told, member: value}.items() if text is not None}
    nook.spoilt.answers[path] = answered(spoilt)
