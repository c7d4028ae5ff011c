"""Passwords, sessions, CSRF tokens, limits, protected fields and response headers.

One file each; `api.web` puts them in order around every view.
"""
