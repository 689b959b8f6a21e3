"""Standards, prompts and rating bands as data, evaluated by a rules engine, published as ratings.

>>> from ctm_rules import load_framework
>>> load_framework("hmip-pdu", "2024").publisher
'HM Inspectorate of Probation'
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ctm_rules.api import *  # noqa: F403 - its __all__ says which names are public

    __version__: str
else:
    # Each run of pytest and of the command line imports this package, so what it gives is imported when it is used.
    def __getattr__(name):
        if name == "__version__":
            return import_module("ctm_rules.version").library_version()
        if not name.startswith("__") or name == "__all__":
            api = import_module("ctm_rules.api")
            if name in ("__all__", *api.__all__):
                return getattr(api, name)
        raise AttributeError(f"module 'ctm_rules' has no attribute {name!r}")

    def __dir__():
        dunder = [name for name in globals() if name.startswith("__")]
        return [*dunder, *import_module("ctm_rules.api").__all__]
