"""Where the process begins: ``python -m gateway``, or ``citizen-graph``."""

import gc


def main() -> None:
    """Load everything, then do what the command line says."""
    # What is loaded stays: to look for garbage among it, again and again, is a seventh of the time until we are ready.
    gc.disable()
    from gateway.verbs import main as verbs  # noqa: PLC0415 - see above

    gc.freeze()
    gc.enable()
    verbs()


if __name__ == "__main__":
    main()
