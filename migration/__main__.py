"""`python -m migration`: see `cli.py`."""

from migration.cli import main

if __name__ == "__main__":
    main()
