"""Faults that a real conversion makes, and what each of them must turn red.

`fault.py` what a fault is, and the tests that are run after it; `application.py` and
`conversion.py` the faults, by what they are put into; `project.py` the copy of the repository that
is broken.
"""
