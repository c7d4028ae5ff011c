"""Playing generated requests on both engines: every check, a second time, the rows, the counts."""

from collections import Counter
from dataclasses import dataclass, field

from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import ignored_auth, status_code_conformance
from twins import Disagreement, Twins


@dataclass
class Player:
    """Plays the requests of one operation and counts the answers.

    `refused` tells whether one that fits the schema was answered with 400.
    """

    twins: Twins
    answers: Counter[int] = field(default_factory=Counter)
    last: Case | None = None
    refused: bool = False

    def count(self, case: Case) -> None:
        """Play a request and count its answer."""
        self.answers[self.play(case)] += 1
        self.last = case

    def repeat(self, times: int) -> None:
        """Send the last request again until there were so many: where there is but one to draw."""
        if self.last is None:
            return
        while self.answers.total() < times:
            self.answers[self._send(self.last)] += 1
        self._settle(self.last)

    def play(self, case: Case) -> int:
        """Play a request, twice if it worked and writes; return its status.

        Raises FailureGroup for what a check finds, Disagreement for what the engines do not
        share; either shows the request as a curl command.
        """
        try:
            status = self._send(case)
            if status < 300 and case.method != "GET":
                again = [not_a_server_error, status_code_conformance]
                case.validate_response(case.call(), checks=again)
        except BaseException:
            self.twins.forget()
            raise
        self._settle(case)
        return status

    def _send(self, case: Case) -> int:
        answer = case.call()
        case.validate_response(answer, excluded_checks=[ignored_auth] if self.successes else [])
        if answer.status_code == 400 and case.meta and not case.meta.generation.mode.is_negative:
            self.refused = True
        return answer.status_code

    def _settle(self, case: Case) -> None:
        try:
            self.twins.settle()
        except Disagreement as error:
            error.add_note(f"\nReproduce with:\n\n    {case.as_curl_command()}")
            raise

    @property
    def successes(self) -> int:
        return sum(count for status, count in self.answers.items() if status < 300)

    @property
    def share(self) -> float:
        return self.successes / self.answers.total()

    def __str__(self) -> str:
        counts = ", ".join(f"{count}×{status}" for status, count in sorted(self.answers.items()))
        return f"{self.share:.0%} of {self.answers.total()} succeed ({counts})"
