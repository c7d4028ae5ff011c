"""Constants that are computed when their module is imported: taken from the imported module.

What a description of a dozen tools generates cannot be told by reading alone. The annotation
`Final` is how a module says that a constant is computed once, from nothing but code; only such a
constant is imported, and nothing of it is called. Members of an enumeration are constants as well.
"""

import importlib
import sys
from pathlib import Path
from typing import Any

from migration.sql.tree import Module
from migration.sql.values import FINAL, Unknown


class Constants:
    """Imports constants of the project in a folder."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def value(self, module: Module, name: str) -> Any:
        """Return a constant, `Unknown` where its module cannot be imported."""
        if str(self._root) not in sys.path:
            # For good: what is imported may import more when it is asked for an attribute.
            sys.path.insert(0, str(self._root))
        try:
            return getattr(importlib.import_module(module.name), name)
        except Exception as error:
            why = f"cannot be imported ({type(error).__name__}: {error})"
            return Unknown(f"`{module.name}.{name}`", why, FINAL)
