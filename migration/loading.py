"""Finding the functions and modules that migration.toml names, in the project's own folder."""

import importlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from migration.errors import AppError


def load_function(root: Path, name: str) -> Callable[..., Any]:
    """Import `module:function` with the project's folder on the path.

    Raises AppError when the module cannot be imported or has no such function.
    """
    module, _, attribute = name.partition(":")
    if str(root) not in sys.path:
        # For good: what is imported may import more when it is called.
        sys.path.insert(0, str(root))
    try:
        function: Callable[..., Any] = getattr(importlib.import_module(module), attribute)
    except Exception as error:
        raise AppError(
            f"loading {name} from {root}",
            f"{type(error).__name__}: {error}",
            "correct the name in migration.toml, or mend the module",
        ) from error
    if not callable(function):
        raise AppError(
            f"loading {name} from {root}",
            f"{attribute} is a {type(function).__name__}",
            "name a function in migration.toml",
        )
    return function


def module_files(root: Path, name: str) -> tuple[Path, ...]:
    """Return where the module of `module:function` lies below the folder, without importing it."""
    place = root.joinpath(*name.partition(":")[0].split("."))
    return tuple(path for path in (place, place.with_suffix(".py")) if path.exists())
