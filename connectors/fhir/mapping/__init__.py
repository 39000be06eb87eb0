"""Payload to records: pure functions of a resource and what is known around it."""
