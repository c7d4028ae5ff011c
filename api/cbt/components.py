"""The interactive tools as fragments of HTML, for a page to show and `saved_tools.py` to keep."""

from pathlib import Path, PurePosixPath

from flask import Blueprint, Response

from api.errors import BadRequest, NotFound
from api.web import PUBLIC, Reply, endpoint

bp = Blueprint("components", __name__)

FOLDER = Path(__file__).parent / "fragments"
NAMES = frozenset(
    {
        "ActivityScheduler",
        "CognitiveDistortionsQuiz",
        "CopingSkillsSelector",
        "CoreBeliefsWorksheet",
        "ExposureHierarchyBuilder",
        "IfThenCopingPlan",
        "ProblemSolvingWorksheet",
        "RelaxationAudioPlayer",
        "SafetyPlanBuilder",
        "SelfCompassionLetter",
        "SleepHygieneChecklist",
        "StrengthsInventory",
        "ThoughtDefusionExercise",
        "UrgeSurfingTimer",
        "ValuesCardSort",
    }
)


@bp.get("/cbt_tools/components/<path:filename>")
@endpoint(auth=PUBLIC, answers=(200, 404), media=("text/html",))
def component(filename: str) -> Reply:
    """Serve the HTML fragment of one tool; of a path only the last part counts."""
    name = PurePosixPath(filename)
    if name.suffix != ".html":
        raise BadRequest("Only .html components are served.", "NOT_HTML")
    if name.stem not in NAMES:
        raise NotFound("There is no such component.")
    text = (FOLDER / f"{name.stem}.html").read_text(encoding="utf-8")
    return Response(text, mimetype="text/html")
