"""Tells the city's push service that there is a notice for somebody: never of whom or of what."""
