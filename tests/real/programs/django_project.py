"""A Django project with the contributed applications and a few rows of each, in the file named."""

import sys

import django
from django.conf import settings

APPLICATIONS = (
    "admin", "auth", "contenttypes", "flatpages", "messages", "redirects", "sessions", "sites",
)  # fmt: skip
settings.configure(
    SECRET_KEY="of a test",
    USE_TZ=True,
    SITE_ID=1,
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": sys.argv[1]}},
    INSTALLED_APPS=[f"django.contrib.{name}" for name in APPLICATIONS],
    CACHES={
        "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}
    },
)
django.setup()

from django.contrib.admin.models import LogEntry  # noqa: E402 - models need the settings
from django.contrib.auth.models import Group, Permission, User  # noqa: E402
from django.contrib.flatpages.models import FlatPage  # noqa: E402
from django.contrib.redirects.models import Redirect  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.contrib.sites.models import Site  # noqa: E402
from django.core.cache import cache  # noqa: E402
from django.core.management import call_command  # noqa: E402

call_command("migrate", verbosity=0)
call_command("createcachetable")
admin = User.objects.create_superuser("admin", "admin@example.org", "of a test")
editors = Group.objects.create(name="Rédaction")
editors.permissions.set(Permission.objects.all()[:5])
for number in range(20):
    user = User.objects.create_user(f"user{number}", f"user{number}@example.org", "of a test")
    user.groups.add(editors)
User.objects.get(username="user19").delete()
session = SessionStore()
session["theme"] = "mörk"
session.create()
page = FlatPage.objects.create(url="/om/", title="Über", content="<p>😀</p>")
page.sites.add(Site.objects.get())
Redirect.objects.create(site_id=1, old_path="/old", new_path="/new")
LogEntry.objects.create(
    user=admin, content_type_id=1, object_id="1", object_repr="x", action_flag=1,
    change_message='[{"added": {}}]',
)  # fmt: skip
cache.set("key", {"number": 1}, timeout=1_000)
