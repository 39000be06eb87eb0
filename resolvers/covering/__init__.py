"""Pure: whether health insurance covers a visit, and whether the yearly limit of co-payments is reached."""
