"""The packaged checks, one module a step; a project may add its own in tests/steps/.

Each check asks for the fixture `site` (`migration/testing/site.py`): the real source and target
when a step is proved, a scratch one in a plain run of the tests.
"""
