"""Moves a Flask application from SQLite to PostgreSQL, and proves it step by step."""
