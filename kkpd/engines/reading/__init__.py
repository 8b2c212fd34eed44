"""Bytes from a bank become typed rows and findings. Decides nothing about the books.

What is offered here is loaded when it is first asked for: who only needs a module of this package,
such as `text`, does not wait for all readers.

Not read: ODS and XLSB, a PDF bill without any transaction, a description printed over its amount,
epoch milliseconds, dates split over three columns, serial days under an unknown title, and a second
table with other titles below row 2,000 (its rows are listed as no transactions).
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kkpd.engines.reading.profile import Profile, load_profiles
    from kkpd.engines.reading.reading import parse, stream
    from kkpd.engines.reading.statement import Bill, Choice, Line, Question, Skipped, Statement

__all__ = [
    "Bill",
    "Choice",
    "Line",
    "Profile",
    "Question",
    "Skipped",
    "Statement",
    "load_profiles",
    "parse",
    "stream",
]
_MODULES = {
    "Profile": "profile",
    "load_profiles": "profile",
    "parse": "reading",
    "stream": "reading",
}


def __getattr__(name: str) -> object:
    """One of `__all__`, out of the module that defines it."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = import_module(f"{__name__}.{_MODULES.get(name, 'statement')}")
    found: object = getattr(module, name)
    globals()[name] = found
    return found
