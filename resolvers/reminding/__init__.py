"""Pure: what a citizen is reminded of. Who is silent makes nothing late."""
