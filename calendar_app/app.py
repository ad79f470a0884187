"""The web application: Flask behind the cache behind the guard."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import PurePath
from typing import Final

from flask import Flask, Response, jsonify, request
from werkzeug.exceptions import HTTPException

from calendar_app.config import Settings, settings_from_environment
from calendar_app.core.errors import Fault
from calendar_app.public import errors
from calendar_app.public.editions import Editions
from calendar_app.web.front import Front
from calendar_app.web.guard import MAX_BODY, WSGI, Guard
from calendar_app.web.pages import register_pages, send
from calendar_app.wiring import Watch, make_clock

FAULTS_SHOWN: Final = 3
log = logging.getLogger(__name__)


def create_app(settings: Settings, editions: Editions | None = None) -> WSGI:
    """The whole stack as one WSGI application. Raises DataError for bad data."""
    if editions is None:
        watch = Watch(settings, make_clock(settings))
        watch.start()
        editions = watch.editions
    return Guard(Front(create_flask(editions), editions), settings)


def create_from_environment() -> WSGI:
    """For a server that is given a name to call."""
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    return create_app(settings_from_environment())


def create_flask(editions: Editions) -> Flask:
    """Flask alone; it answers everything, with or without the cache in front."""
    app = Flask(__name__, static_folder=None, template_folder=None)
    app.config.update(MAX_CONTENT_LENGTH=MAX_BODY, MAX_FORM_MEMORY_SIZE=MAX_BODY // 2)
    # An error in an error page is the guard's; Flask would write the address into the log.
    app.config["PROPAGATE_EXCEPTIONS"] = True
    # A missing slash is answered by the edition, from our own address and not the Host header.
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False
    register_pages(app, editions)
    _register_health(app, editions)
    _register_errors(app, editions)
    return app


def _register_health(app: Flask, editions: Editions) -> None:
    def healthz() -> Response:
        return _uncached(jsonify(status="ok"))

    def readyz() -> Response:
        """Ready as long as there is an edition; says when newer data were refused."""
        refusal = editions.refusal
        found: dict[str, object] = {
            "status": "degraded" if refusal else "ready",
            "edition": editions.current().id,
        }
        if refusal:
            found["data"] = {
                "refused_at": refusal.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
                "faults": len(refusal.faults),
                "first": [_public(fault) for fault in refusal.faults[:FAULTS_SHOWN]],
            }
        return _uncached(jsonify(found))

    for rule, view in (("/healthz", healthz), ("/readyz", readyz)):
        app.add_url_rule(rule, view_func=view, methods=["GET"], provide_automatic_options=False)


def _register_errors(app: Flask, editions: Editions) -> None:
    def refused(error: HTTPException) -> Response:
        edition, path = editions.current(), request.environ["PATH_INFO"]
        if error.code == 405:
            return send(errors.method_not_allowed(edition.site, path, "GET, HEAD"))
        if error.code == 404:
            return send(edition.get(path))
        log.warning("refused with %s", error.code)
        return send(errors.failure(400))

    def failed(error: Exception) -> Response:
        log.exception("a request failed")
        return send(errors.failure(500))

    app.register_error_handler(HTTPException, refused)
    app.register_error_handler(Exception, failed)


def _public(fault: Fault) -> str:
    """Without the folder of the file, which is nobody's business."""
    return str(replace(fault, file=PurePath(fault.file).name))


def _uncached(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
