"""Features of SQLite databases, each in a database of its own: what arrives, what is refused.

The ones that arrive are moved by the real command and looked at in PostgreSQL afterwards; the
others stop the audit, each with a line that names the thing, the reason and the way out.
`test_features` runs them, and docs/features.md shows what the tool prints of them.
"""

from feature_objects import CARRIED_OBJECTS
from feature_projects import Carried, Refused
from feature_refusals import REFUSED_OBJECTS
from feature_values import CARRIED_VALUES, REFUSED_VALUES

CARRIED: dict[str, Carried] = CARRIED_VALUES | CARRIED_OBJECTS
REFUSED: dict[str, Refused] = REFUSED_VALUES | REFUSED_OBJECTS

ORDER = {
    "Values that arrive": tuple(CARRIED_VALUES),
    "Values that are refused": tuple(REFUSED_VALUES),
    "Schemas that arrive": tuple(CARRIED_OBJECTS),
    "Schemas that are refused": tuple(REFUSED_OBJECTS),
}
