"""Pure: which vaccinations a child has, needs next and when, by a dated schedule. README.md holds the rules."""
