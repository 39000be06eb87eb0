"""The summary as a FHIR document: Composition, Patient, what they speak of, and where it stands. Pure."""

import html
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from connectors.records import Demographics, Provenance, Record
from gateway.fhir_out.clinical import title_of
from gateway.fhir_out.elements import Json, address_of, code, made, moment_of, text_of
from gateway.fhir_out.outcome import SOURCE, account
from gateway.fhir_out.patient import patient
from gateway.fhir_out.sections import Section
from resolvers.chart import Chart
from resolvers.completeness import CompletenessOf
from resolvers.language import Language
from resolvers.summarising.emptiness import EmptyReason, why_empty

_LOINC = "http://loinc.org"
_PARTICIPANT = "http://terminology.hl7.org/CodeSystem/provenance-participant-type"
_EMPTY = "http://terminology.hl7.org/CodeSystem/list-empty-reason"


class Filled(Struct, frozen=True):
    """A section with what the sources gave for it."""

    section: Section
    records: Sequence[Any]
    completeness: CompletenessOf
    none_stated: bool = False
    """Whether a source states that there are none."""


class Summary(Struct, frozen=True, kw_only=True):
    """All that a document is made of."""

    chart: Chart
    known: Demographics | None
    identity: CompletenessOf
    """Which registers told who the citizen is."""
    sections: Sequence[Filled]
    made_at: datetime
    id: UUID
    """Of this document: no two have the same."""
    language: Language


def document(summary: Summary) -> Json:
    """The Bundle."""
    citizen_at = address_of("Patient", summary.chart.id)
    citizen = {"reference": citizen_at}
    gateway_at, account_at = (f"urn:uuid:{_part(summary, kind)}" for kind in ("Device", "OperationOutcome"))
    entries: list[tuple[str, Json]] = []
    places: list[tuple[str, Provenance]] = []
    sections: list[Json] = []
    for filled in summary.sections:
        addresses = []
        for record in filled.records:
            resource = filled.section.mapping(record, citizen, _told(record, summary.language))
            at = f"urn:uuid:{resource['id']}"
            entries.append((at, resource))
            addresses.append(at)
            places += ((at, place) for place in record.provenance)
        sections.append(filled_section(filled, addresses, summary.language))
    places += ((citizen_at, place) for place in (summary.known.provenance if summary.known else ()))
    issues = account(_accounts(summary), summary.language)
    sections.append(_sources(account_at, issues, summary.language))
    composition = _composition(summary, citizen, gateway_at, sections)
    gateway = {
        "resourceType": "Device",
        "id": gateway_at.removeprefix("urn:uuid:"),
        "deviceName": [{"name": "Citizen Graph", "type": "user-friendly-name"}],
    }
    outcome = {"resourceType": "OperationOutcome", "id": account_at.removeprefix("urn:uuid:"), "issue": issues}
    all_entries = [
        (f"urn:uuid:{composition['id']}", composition),
        (citizen_at, patient(summary.chart, summary.known)),
        *entries,
        (gateway_at, gateway),
        (account_at, outcome),
        *_provenances(summary, places),
    ]
    return {
        "resourceType": "Bundle",
        "identifier": {"system": "urn:ietf:rfc:3986", "value": f"urn:uuid:{summary.id}"},
        "type": "document",
        "timestamp": moment_of(summary.made_at),
        "entry": [{"fullUrl": at, "resource": resource} for at, resource in all_entries],
    }


def _part(summary: Summary, kind: str) -> str:
    return address_of(kind, str(summary.id)).removeprefix("urn:uuid:")


def _composition(summary: Summary, citizen: Json, author: str, sections: list[Json]) -> Json:
    return {
        "resourceType": "Composition",
        "id": _part(summary, "Composition"),
        "language": summary.language.tag,
        "status": "final",
        "type": code(_LOINC, "60591-5", "Patient summary Document"),
        "subject": citizen,
        "date": moment_of(summary.made_at),
        "author": [{"reference": author}],
        "title": summary.language.say("fhir", "TITLE"),
        "confidentiality": "R",
        "section": sections,
    }


def _accounts(summary: Summary) -> Iterable[tuple[str, CompletenessOf]]:
    yield "Bundle.entry[1].resource", summary.identity
    for place, filled in enumerate(summary.sections):
        yield f"Bundle.entry[0].resource.section[{place}]", filled.completeness


def filled_section(filled: Filled, addresses: Sequence[str], language: Language) -> Json:
    """One section. Empty ones say why; those that may lack something say so above what they hold."""
    reason = None
    lines: list[str] = []
    if not addresses:
        why = _why_empty(filled)
        lines = [language.say("empty_section", why.name)]
        coded = why is not EmptyReason.NONE_ON_RECORD
        reason = made(coding=[{"system": _EMPTY, "code": why.value}] if coded else None, text=lines[0])
    elif not filled.completeness.complete:
        lines = [language.say("fhir", "INCOMPLETE")]
    return made(
        title=language.say("fhir", filled.section.name),
        code=code(_LOINC, filled.section.loinc),
        text=narrative(lines, [title_of(record) for record in filled.records]),
        emptyReason=reason,
        entry=[{"reference": at} for at in addresses],
    )


def _why_empty(filled: Filled) -> EmptyReason:
    """The graph's own reason.

    R4 has a code for each but "nothing is on record", which is then told in words: ``nilknown`` is a clinician's
    judgement, never a computer's.
    """
    told = filled.completeness
    return why_empty(
        (outcome.state for outcome in told.sources),
        complete=told.complete,
        veiled=told.veiled,
        not_asked=told.not_asked,
        none_stated=filled.none_stated,
    )


def _sources(at: str, issues: Sequence[Json], language: Language) -> Json:
    title = language.say("fhir", "SOURCES")
    said = list(dict.fromkeys(issue["details"]["text"] for issue in issues))
    return {"title": title, "code": {"text": title}, "text": narrative([], said), "entry": [{"reference": at}]}


def narrative(lines: Iterable[str], items: Sequence[str]) -> Json:
    """XHTML for people. Every word of a source is escaped: it could be anything."""
    paragraphs = "".join(f"<p>{html.escape(line)}</p>" for line in lines)
    listed = "".join(f"<li>{html.escape(item)}</li>" for item in items)
    body = paragraphs + (f"<ul>{listed}</ul>" if listed else "") or "<p>-</p>"
    return {"status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{body}</div>'}


def _told(record: Record, language: Language) -> tuple[str, ...]:
    """In what the systems of a record disagree."""
    return tuple(
        language.say(
            "fhir",
            "DISAGREED",
            field=conflict.field,
            values="; ".join(
                f"{one.value} ({', '.join(place.source.name for place in one.provenance)})" for one in conflict.values
            ),
        )
        for conflict in record.conflicts
    )


def _provenances(summary: Summary, places: Iterable[tuple[str, Provenance]]) -> Iterable[tuple[str, Json]]:
    """One per source: what of the document stands there, and since when it is known."""
    by_source: dict[str, list[tuple[str, Provenance]]] = defaultdict(list)
    for at, place in places:
        by_source[place.source.id].append((at, place))
    for source_id, found in by_source.items():
        source = found[0][1].source
        at = address_of("Provenance", f"{summary.id}/{source_id}")
        who = made(
            type="Device",
            identifier={"system": SOURCE, "value": source_id},
            display=text_of(source.name),
        )
        # The oldest reading: nothing is called fresher than it is.
        read_at = min((place.retrieved_at for _, place in found), key=lambda time: time.timestamp())
        yield (
            at,
            {
                "resourceType": "Provenance",
                "id": at.removeprefix("urn:uuid:"),
                "target": [{"reference": target} for target in dict.fromkeys(target for target, _ in found)],
                "recorded": moment_of(read_at),
                "agent": [{"type": code(_PARTICIPANT, "custodian"), "who": who}],
            },
        )
