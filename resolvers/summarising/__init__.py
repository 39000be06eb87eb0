"""Pure: what the sections of the International Patient Summary show, and why one is empty."""
