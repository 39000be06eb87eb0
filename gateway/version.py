"""Which edition of the software this is."""

from importlib.metadata import PackageNotFoundError, version


def _version() -> str:
    try:
        return version("citizen-graph")
    except PackageNotFoundError:
        return "unknown"  # run from a folder of sources that nobody installed


VERSION = _version()
