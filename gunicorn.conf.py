"""How gunicorn serves the API; it reads this file by itself from the folder it is started in.

One process with threads: limits are counted in its memory. Raise WEB_CONCURRENCY only together
with a LIMITS_STORAGE that all processes share, and keep processes x 3 x DATABASE_POOL_SIZE below
what the PostgreSQL server admits.
"""

import os
import sys

from api import settings
from api.settings import SettingsError

wsgi_app = "api:create_app()"
bind = f"{os.environ.get('HOST', '0.0.0.0')}:{os.environ.get('PORT', '5000')}"
workers = int(os.environ.get("WEB_CONCURRENCY", "1"))
worker_class = "gthread"
threads = int(os.environ.get("WEB_THREADS", "16"))
# An answer of the model may take 30 s; whoever asked should get it.
timeout = 60
graceful_timeout = 40
accesslog = "-"
control_socket_disable = True


def on_starting(_server: object) -> None:
    """Refuse wrong settings in one sentence, before any worker tries them."""
    try:
        settings.load({}, os.environ)
    except SettingsError as error:
        sys.exit(f"The API does not start: {error}")
