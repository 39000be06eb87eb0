"""Pure: which observations are readings of a basic health indicator, in one unit, and how these change."""
