"""Faults that a real conversion makes, and what each of them must turn red.

`catalogue.py` is the table of the faults, `project.py` the copy of the repository that they are
applied to, `forgery.py` the script of somebody who marks a step as done.
"""
