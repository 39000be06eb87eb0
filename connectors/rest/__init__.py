"""Kind `rest`: a system with a simple JSON interface, described in the configuration and not in code."""
