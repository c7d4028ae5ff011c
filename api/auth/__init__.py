"""Auth: opening an account, logging in and out, getting back in.

session.py          login, logout, is this session still good, the disclaimer
verification.py     codes that prove an e-mail address or a phone number
registration.py     patients, clinicians, the developer
password_reset.py   the mailed link and the new password
fields.py           the field types these share

What somebody does with an account they have (export, erasure, audit trail, new password) is in
`api.account`; sessions, CSRF tokens and hashes themselves are in `api.security`.
"""

from flask import Blueprint

from api.auth import password_reset, registration, session, verification

bp = Blueprint("auth", __name__)
bp.register_blueprint(session.bp)
bp.register_blueprint(verification.bp)
bp.register_blueprint(registration.bp)
bp.register_blueprint(password_reset.bp)
