"""Which version of the library this is."""

from functools import cache


@cache
def library_version() -> str:
    """Return the version of the library, as what installed it says it (``0+unknown``: nothing did)."""
    from importlib.metadata import PackageNotFoundError, version  # takes a while, and few ask

    try:
        return version("ctm-rules")
    except PackageNotFoundError:
        return "0+unknown"
