"""What the description cannot say: named operations, each with its reason.

`RULES` are those that may refuse with 400 what fits the schema, `FAILING` those that cannot
succeed often enough, `OVERLAPPING` those whose address some values share with another operation,
so that OPTIONS names the methods of both, `UNLIKE` those whose answers speak of the engine or of
the process. One that is no longer needed fails the test of its operation, at full size.
"""

RULES = {
    "POST /api/appointments": "the time must lie within the ten years to come",
    "POST /api/auth/change-password": "letters of both kinds, digit and sign; another one than now",
    "POST /api/auth/clinician/register": "letters of both kinds, digit and sign in the password",
    "POST /api/auth/confirm-reset": "the token must be the one that was mailed",
    "POST /api/auth/register": "the password's signs; the clinician must be one",
    "POST /api/auth/send-verification": "an address for a mail, a number for an SMS",
    "POST /api/auth/verify-code": "the code must be the one that was sent",
    "POST /api/cbt/goals": "the value must be one of the caller's",
    "PUT /api/cbt/goals/{entry_id}": "the value must be one of the caller's",
    "POST /api/community/post/{post_id}/report": "nobody reports their own post",
    "POST /api/pet/buy": "the coins must suffice",
    "POST /api/professional/export-summary": "the last day must not lie before the first",
    "GET /cbt_tools/components/{filename}": "only names that end in .html are looked at",
}
OVERLAPPING = {
    "DELETE /api/professional/notes/{note_id}": "a patient could be named 7",
    "GET /api/professional/notes/{patient_username}": "a patient could be named 7",
}
FAILING = {
    "POST /api/auth/developer/register": "one developer account may exist, and the seed has it",
}
UNLIKE = {
    "GET /api/developer/stats": "it tells the size of the databases",
    "GET /metrics": "connections are held in reserve on PostgreSQL alone",
}
