"""What generated code calls by names of ours."""

from typing import Any


class Names:
    """Gives names: to variables of the code, and to what is given to it."""

    def __init__(self, given: dict[str, Any]) -> None:
        """Nothing is named yet.

        Args:
            given: what the code may call by a name of its own.
        """
        self.given = given
        """What the code calls by name."""
        self._numbered = 0

    def name(self, letter: str) -> str:
        """A name that nothing else has."""
        self._numbered += 1
        return f"{letter}{self._numbered}"

    def give(self, letter: str, value: Any) -> str:
        """The name under which the code finds the value."""
        name = self.name(letter)
        self.given[name] = value
        return name
