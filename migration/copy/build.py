"""Building the compiled packer, where a compiler and the headers are: `make setup` calls this.

Without them nothing is built and nothing is missing but speed.
"""

import os
import shlex
import subprocess
import sysconfig
from pathlib import Path

from migration.copy.native import SOURCE, place


def build() -> Path | None:
    """Compile the packer unless it is there, and return its place; None where that fails."""
    built = place()
    if built.exists():
        return built
    draft = built.with_name(f"{built.name}.{os.getpid()}")
    linker = shlex.split(sysconfig.get_config_var("LDSHARED") or "cc -shared")
    include = sysconfig.get_paths()["include"]
    command = [*linker, "-O2", "-fPIC", f"-I{include}", str(SOURCE), "-lsqlite3", "-o", str(draft)]
    try:
        built.parent.mkdir(exist_ok=True)
        subprocess.run(command, check=True, capture_output=True)
        draft.replace(built)
    except (OSError, subprocess.CalledProcessError):
        draft.unlink(missing_ok=True)
        return None
    return built


def main() -> None:
    """Build, and say in one line what came of it."""
    built = build()
    print(f"the packer is compiled: {built}" if built else "the packer stays in Python")


if __name__ == "__main__":
    main()
