"""What was proved, of what, and whether that still stands.

`inputs.py` what a step depends on; `receipt.py` one proof; `store.py` a chain of receipts in a file
or in the target; `ledger.py` both together; `judge.py` says done, stale, todo or failed; `suite.py`
runs a suite and `collector.py` counts what it executed; `lock.py` lets one run work at a time.
"""
