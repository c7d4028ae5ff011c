"""The pet's reward for work with the tools."""

import hashlib
import json
from collections.abc import Mapping

from api import pets, runtime


def reward(
    person: str, activity: str, values: Mapping[str, object], *, action: str = "cbt"
) -> None:
    """Reward the person's pet, once a day for the same values.

    The key names the values without letting their text into the pet's database. Joins the
    caller's transaction of that database and does not commit.
    """
    text = json.dumps([person, dict(values)], default=str, sort_keys=True)
    digest = hashlib.sha256(text.encode()).hexdigest()[:16]
    pets.reward(person, action, key=f"{activity}:{runtime.today()}:{digest}", kind="cbt")
