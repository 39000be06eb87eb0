"""Pure: what counts for a programme of care, and when it is due again. The rules are dated data."""
