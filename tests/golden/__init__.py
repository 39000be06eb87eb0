"""Golden answers: what the gateway says about everybody in the city, kept as files that people can read."""
