"""A FHIR R4 server: metadata, read, search by GET and POST, paging, conditional create where it takes entries.

It is strict where the specification is, and differs from other servers only where servers do differ: an unknown
parameter is ignored and reported (3.1.1.3, lenient), an unknown modifier is refused, a page token expires.
"""

import base64
import hmac
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route

from tests.sandbox.faults import Faults, is_about_somebody_else
from tests.sandbox.faulty import Asked, Faulty, parse_pairs
from tests.sandbox.servers.bundles import Bundles
from tests.sandbox.servers.capability import capability_statement
from tests.sandbox.servers.intake import Intake
from tests.sandbox.servers.outcome import Refused, fhir_response, refusal
from tests.sandbox.servers.parameters import PARAMETERS
from tests.sandbox.servers.search import Pairs
from tests.sandbox.servers.smart import TokenOffice
from tests.sandbox.servers.store import Store
from tests.sandbox.servers.values import either

FORM = "application/x-www-form-urlencoded"
_PERSON = re.compile(r"(patient|subject)(:Patient)?(\.identifier)?")


def fhir_app(
    resources: Iterable[dict[str, Any]],
    *,
    base_url: str,
    faults: Faults | None = None,
    source: str = "fhir",
    token: str | None = None,
    office: TokenOffice | None = None,
    intake: Intake | None = None,
) -> Starlette:
    """Make a FHIR server.

    Args:
        resources: R4 resources as JSON objects, with ids and references of this server's own.
        base_url: where it will stand, with path: ``http://127.0.0.1:9101/fhir``.
        faults: what goes wrong in the city; nothing when None.
        source: its name in ``faults``.
        token: the one bearer token it accepts (RFC 6750).
        office: gives out the tokens that it accepts, at this server's own address. Without either, everybody is let in.
        intake: what callers may create here; nothing when None.

    Raises:
        ValueError: as ``Store``.
    """
    server = _FhirServer(Store(resources, base_url), token, office, intake or Intake())
    path = urlsplit(base_url).path.rstrip("/")
    app = Starlette(
        routes=[
            Route(path or "/", server.batch, methods=["POST"]),
            Route(f"{path}/metadata", server.metadata),
            Route(f"{path}/{{kind}}", server.search),
            Route(f"{path}/{{kind}}", server.create, methods=["POST"]),
            Route(f"{path}/{{kind}}/_search", server.search_by_post, methods=["POST"]),
            Route(f"{path}/{{kind}}/{{id}}", server.read),
        ],
        middleware=[Middleware(Faulty, faults=faults or Faults(), source=source, who=server.who)],
        exception_handlers={Refused: _refused, HTTPException: _http_error},
    )
    # The faults are those of the records: the office is another desk, and stays in order.
    return Starlette(routes=[*office.routes(path), Mount("/", app)]) if office else app


class _FhirServer:
    def __init__(self, store: Store, token: str | None, office: TokenOffice | None, intake: Intake) -> None:
        self._store = store
        self._bundles = Bundles(store)
        self._authorization = f"Bearer {token}".encode() if token else None
        self._office = office
        self._intake = intake

    async def metadata(self, _: Request) -> Response:
        """``GET /metadata`` is open to everybody, as R4 (http.html, capabilities) has it."""
        return fhir_response(capability_statement(self._store.base_url, creates=self._intake.kinds))

    async def read(self, request: Request) -> Response:
        self._check(request)
        kind, id_ = _kind(request), request.path_params["id"]
        if kind == "Patient" and is_about_somebody_else(request.scope):
            id_ = self._store.swapped(id_)
        resource = self._store.get(kind, id_)
        if resource is None:
            raise Refused(404, "not-found", "no such resource")
        if kind == "Binary" and "application/fhir+json" not in request.headers.get("accept", ""):
            return _as_it_is(resource)
        return fhir_response(resource)

    async def search(self, request: Request) -> Response:
        self._check(request)
        return self._found(request, _pairs(request.scope["query_string"]))

    async def search_by_post(self, request: Request) -> Response:
        self._check(request)
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
            raise Refused(415, "not-supported", f"_search wants {FORM}")
        return self._found(request, [*_pairs(request.scope["query_string"]), *_pairs(await request.body())])

    async def create(self, request: Request) -> Response:
        """A create, on condition where ``If-None-Exist`` says one."""
        self._check(request)
        kind, condition = _kind(request), request.headers.get("if-none-exist")
        status, resource = self._intake.create(self._store, kind, await request.body(), condition)
        return fhir_response(resource, status=status)

    async def batch(self, request: Request) -> Response:
        """A batch of searches (R4 section 3.1.0.11.2). What goes wrong for one person does not go wrong here."""
        self._check(request)
        try:
            entries = (await request.json())["entry"]
            asked = [urlsplit(entry["request"]["url"]) for entry in entries if entry["request"]["method"] == "GET"]
        except (ValueError, KeyError, TypeError) as error:
            raise Refused(400, "structure", "no batch of searches") from error
        answers = []
        for search in asked:
            if search.path in PARAMETERS:
                found = self._bundles.first(search.path, parse_pairs(search.query.encode()))
                answers.append({"response": {"status": "200 OK"}, "resource": found})
            else:
                answers.append({"response": {"status": "404 Not Found"}})
        return fhir_response({"resourceType": "Bundle", "type": "batch-response", "entry": answers})

    def _found(self, request: Request, pairs: Pairs) -> Response:
        kind, token = _kind(request), dict(pairs).get("_page")
        if token is not None:
            return fhir_response(self._bundles.page(kind, token))
        if is_about_somebody_else(request.scope):
            pairs = [
                (name, self._store.swapped(value) if _is_about_a_person(kind, name) else value) for name, value in pairs
            ]
        return fhir_response(self._bundles.first(kind, pairs))

    def _check(self, request: Request) -> None:
        given = request.headers.get("authorization", "")
        wrong = self._authorization and not hmac.compare_digest(given.encode(), self._authorization)
        if wrong or (self._office and not self._office.accepts(given)):
            raise Refused(401, "login", "a bearer token is needed")

    def who(self, asked: Asked) -> str | None:
        """The citizen a request is about: by its parameters, its page, or the resource in its path."""
        pairs = asked.parameters()
        pairs += self._bundles.asked_by(dict(pairs).get("_page", ""))
        path = asked.path.strip("/").split("/")[1:]
        kind = path[0] if path else ""
        words = [part for name, value in pairs if _is_about_a_person(kind, name) for part in either(value)]
        if len(path) == 2 and kind in PARAMETERS and (resource := self._store.get(kind, path[1])):
            words.append(self._store.patient_of(resource) or "")
        return next((citizen for word in words if (citizen := self._store.citizen(word))), None)


def _as_it_is(binary: dict[str, Any]) -> Response:
    """A Binary in its own type (R4, binary.html, 2.39.2)."""
    about = binary["securityContext"]["reference"]
    body = base64.b64decode(binary["data"])
    return Response(body, media_type=binary["contentType"], headers={"X-Security-Context": about})


def _is_about_a_person(kind: str, name: str) -> bool:
    """Whether a search parameter of a type names the person who is searched for."""
    return bool(_PERSON.fullmatch(name)) or (kind == "Patient" and name in {"identifier", "_id"})


def _kind(request: Request) -> str:
    kind = str(request.path_params["kind"])
    if kind not in PARAMETERS:
        raise Refused(404, "not-supported", "no such resource type on this server")
    return kind


def _pairs(text: bytes) -> list[tuple[str, str]]:
    pairs = parse_pairs(text)
    if text and not pairs:
        raise Refused(400, "structure", "the parameters cannot be read")
    return pairs


async def _refused(request: Request, error: Exception) -> Response:
    if not isinstance(error, Refused):
        raise error
    return refusal(error, {"WWW-Authenticate": "Bearer"} if error.status == 401 else None)


async def _http_error(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    headers = dict(error.headers or {})
    return refusal(Refused(error.status_code, "not-supported", error.detail), headers)
