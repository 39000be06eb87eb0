"""The people as a table, for the README and the command line."""

from tests.sandbox.people.model import Person
from tests.sandbox.people.places import System

COLUMNS = ("Key", "Name", "Number", "Born", "Known to", "Card", "Fault", "Story")
SHORT: dict[System, str] = {
    "hospital-a": "A",
    "hospital-b": "B",
    "vaccination": "V",
    "insurance": "I",
    "health-station": "S",
    "vaccination-book": "K",
    "appointments": "P",
}
NO_CARD = "050"


def table(people: tuple[Person, ...]) -> str:
    """Markdown, one line for each person."""
    rows = [COLUMNS, ("---",) * len(COLUMNS), *(_row(person) for person in people)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _row(person: Person) -> tuple[str, ...]:
    return (
        f"`{person.key}`",
        person.name,
        person.personal_id,
        person.birth_date.isoformat(),
        " ".join(letter for system, letter in SHORT.items() if person.known_to(system)) or "-",
        person.card.code if person.card else NO_CARD,
        ", ".join(f"{system}: {fault}" for system, fault in person.faults.items()),
        person.story,
    )
