"""Pure: how a child has grown, beside the standards of the World Health Organization. README.md has the rules."""
