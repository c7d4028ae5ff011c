"""How gunicorn serves the API; it reads this file by itself from the folder it is started in.

One process with threads: limits are counted in its memory. Raise WEB_CONCURRENCY only together
with a LIMITS_STORAGE that all processes share, and keep processes x 3 x DATABASE_POOL_SIZE below
what the PostgreSQL server admits.
"""

import os

wsgi_app = "api:create_app()"
bind = f"{os.environ.get('HOST', '0.0.0.0')}:{os.environ.get('PORT', '5000')}"
workers = int(os.environ.get("WEB_CONCURRENCY", "1"))
worker_class = "gthread"
threads = int(os.environ.get("WEB_THREADS", "16"))
# An answer of the model may take 30 s; whoever asked should get it.
timeout = 60
graceful_timeout = 40
accesslog = "-"
