"""Standards, prompts and rating bands as data, evaluated by a rules engine, published as ratings.

>>> from ctm_rules import load_framework
>>> load_framework("hmip-pdu", "2024").publisher
'HM Inspectorate of Probation'
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ctm_rules.api import *  # noqa: F403 - its __all__ says which names are public
else:
    # Each run of pytest and of the command line imports this package, so what it gives is imported when it is used.
    def __getattr__(name):
        if name.startswith("__") and name != "__all__":
            raise AttributeError(name)
        try:
            return getattr(import_module("ctm_rules.api"), name)
        except AttributeError:
            raise AttributeError(f"module 'ctm_rules' has no attribute {name!r}") from None

    def __dir__():
        return [*globals(), *import_module("ctm_rules.api").__all__]
