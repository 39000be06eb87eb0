"""The people of the city in the formats of its systems."""
