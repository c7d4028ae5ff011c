"""The schema on its way to PostgreSQL: model, conversion, DDL, and its application.

What the source holds is read in `migration.source`; whether both sides agree is judged, by code of
its own, in `migration.compare`.
"""
