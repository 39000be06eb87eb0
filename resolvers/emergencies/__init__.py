"""Pure: when an emergency opens a record that nothing else opens, for whom, how long, and what becomes of it."""
