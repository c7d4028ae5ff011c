"""The SQL of an application: every text that its code can send, and whether a case has sent it.

`extract.py` finds the texts, by what names stand for (`names.py`, `bindings.py`), what expressions
come to (`evaluate.py`, `calls.py`, `values.py`) and which way a text is built (`choices.py`);
`text.py` says which texts are the same statement; `coverage.py` holds them against what was sent.
"""
