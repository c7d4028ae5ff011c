"""Metrics for Prometheus: requests by method, rule and status, their duration, connections.

Every application counts for itself, and so does every process: of several workers each is
scraped on its own. What counts is the rule, never the address, so that visitors cannot make up
new time series.
"""

import hmac
from collections.abc import Iterator

from flask import Blueprint, Flask, Response, current_app, g, request
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector

from api import db, runtime, settings
from api.errors import Forbidden, Unauthorized
from api.web import PUBLIC, UNLIMITED, Reply, endpoint

METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

bp = Blueprint("metrics", __name__)


class Connections(Collector):
    """How this process uses its connections, read when it is asked."""

    def collect(self) -> Iterator[Metric]:
        held = GaugeMetricFamily(
            "healing_space_database_connections",
            "Connections to a logical database, by what they do.",
            labels=["database", "state"],
        )
        waiting = GaugeMetricFamily(
            "healing_space_database_waiting",
            "Requests that wait for a connection.",
            labels=["database"],
        )
        for name, usage in db.usage().items():
            held.add_metric([name, "in_use"], usage.in_use)
            held.add_metric([name, "idle"], usage.idle)
            waiting.add_metric([name], usage.waiting)
        yield held
        yield waiting


class Metrics(Collector):
    """The counts of one application."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "healing_space_requests",
            "Requests answered.",
            ["method", "rule", "status"],
            registry=self._registry,
        )
        self._seconds = Histogram(
            "healing_space_request_seconds",
            "Seconds until a request was answered.",
            ["method", "rule"],
            buckets=SECONDS,
            registry=self._registry,
        )
        self._registry.register(Connections())

    def count(self, status: int, seconds: float) -> None:
        """Count the request at hand."""
        method = request.method if request.method in METHODS else "other"
        rule = request.url_rule.rule if request.url_rule else "none"
        self._requests.labels(method, rule, str(status)).inc()
        self._seconds.labels(method, rule).observe(seconds)

    def collect(self) -> Iterator[Metric]:
        """Yield everything counted, without the times at which counting began."""
        for metric in self._registry.collect():
            metric.samples = [each for each in metric.samples if not each.name.endswith("_created")]
            yield metric


def init_app(app: Flask) -> None:
    """Count the requests of `app`."""
    metrics = app.extensions["metrics"] = Metrics()

    @app.before_request
    def begin() -> None:
        g.begun = runtime.stopwatch()

    @app.after_request
    def end(response: Response) -> Response:
        metrics.count(response.status_code, runtime.stopwatch() - g.begun)
        return response


@bp.get("/metrics")
@endpoint(auth=PUBLIC, limit=UNLIMITED, answers=(200, 401, 403), media=("text/plain",))
def show_metrics() -> Reply:
    """Show the counts of this process; METRICS_TOKEN opens them, and in production is needed."""
    _check_token(settings.current())
    metrics: Metrics = current_app.extensions["metrics"]
    return Response(generate_latest(metrics), content_type=CONTENT_TYPE_PLAIN_0_0_4)


def _check_token(given: settings.Settings) -> None:
    if given.metrics_token is None:
        if given.production:
            raise Forbidden("Metrics are off: METRICS_TOKEN is not set.", "METRICS_OFF")
        return
    expected = f"Bearer {given.metrics_token}".encode()
    sent = request.headers.get("Authorization", "").encode("utf-8", "replace")
    if not hmac.compare_digest(sent, expected):
        raise Unauthorized("Send the metrics token as a bearer token.", "WRONG_TOKEN")
