"""What counts towards the yearly limit of co-payments, visit by visit. Pure: no call, no clock."""

from collections import Counter
from collections.abc import Iterable

import msgspec
from msgspec import Raw

from connectors.records import CoPayment
from connectors.stamping import Stamp
from connectors.vss import dates
from connectors.vss.values import facility, number, said
from connectors.vss.wire import PaidEntry

_ENTRY = msgspec.json.Decoder(PaidEntry)


def co_payments(entries: Iterable[Raw], stamp: Stamp) -> tuple[tuple[CoPayment, ...], int]:
    """The entries that can be read, in their order, and how many cannot.

    One cannot be read without a facility or an amount, or with a date or an amount that is none.
    """
    seen: Counter[str] = Counter()
    records: list[CoPayment] = []
    dropped = 0
    for raw in entries:
        try:
            records.append(_co_payment(_ENTRY.decode(raw), seen, stamp))
        except (msgspec.DecodeError, ValueError, RecursionError):
            dropped += 1
    return tuple(records), dropped


def _co_payment(entry: PaidEntry, seen: Counter[str], stamp: Stamp) -> CoPayment:
    place, amount = facility(said(entry.facility)), number(entry.amount)
    if place is None or amount is None:
        raise ValueError("no facility, or no amount")
    # ``Id`` counts the lines of one answer: tomorrow the same visit may have another one.
    id_ = "/".join((place.code, said(entry.admitted) or "", said(entry.discharged) or ""))
    seen[id_] += 1
    return CoPayment(
        **stamp(CoPayment, id_ if seen[id_] == 1 else f"{id_}#{seen[id_]}"),
        card_number=said(entry.card),
        facility=place,
        admitted=dates.moment(entry.admitted),
        discharged=dates.moment(entry.discharged),
        entitlement=said(entry.entitlement),
        amount=amount,
        year_to_date=number(entry.year_to_date),
        reported=dates.moment(entry.reported),
    )
