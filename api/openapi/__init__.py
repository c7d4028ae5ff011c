"""The API described for machines (OpenAPI 3.1) and for people (a page made from the same).

The description is made of what the routes declare (`api.web.endpoint`) and of the very models
that validate their input, so it cannot say anything else than what is checked. That is also why
no framework makes it: those that could (flask-openapi3, spectree, APIFlask) bring a validation
of their own, in their own order of checks, with answers of another shape.

`document.py` puts it together, `models.py` writes the input models as JSON schema.
"""

from flask import Blueprint, current_app, render_template

from api.openapi.document import describe
from api.web import PUBLIC, Reply, endpoint

bp = Blueprint("openapi", __name__, template_folder=".")


@bp.get("/api/openapi.json")
@endpoint(auth=PUBLIC)
def openapi() -> Reply:
    """Describe every route in OpenAPI 3.1."""
    return describe(current_app)


@bp.get("/api/docs")
@endpoint(auth=PUBLIC, media=("text/html",))
def docs() -> Reply:
    """Show the description as a page."""
    return render_template("docs.html", api=describe(current_app))
