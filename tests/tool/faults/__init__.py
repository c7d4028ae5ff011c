"""Faults that a real conversion makes, and what each of them must turn red.

`fault.py` what a fault is, and the tests that are run after it; the faults, by what they are put
into: `application.py` the application in general, `domains.py` its domains, `postgres.py` what
SQLite forgives them, `conversion.py` the conversion; `project.py` the copy of the repository that
is broken.
"""
