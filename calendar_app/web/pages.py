"""The public pages behind the cache: one view for every route of the table."""

from __future__ import annotations

from flask import Flask, Response, request
from werkzeug.datastructures import Headers

from calendar_app.public.editions import Editions
from calendar_app.public.resources import Resource
from calendar_app.public.routes import ROUTES
from calendar_app.web.answers import Environ, answer


class Unaltered(Response):
    """Werkzeug would take Last-Modified out of a 304; nginx leaves it in, and so do we."""

    def get_wsgi_headers(self, environ: Environ) -> Headers:
        return self.headers


def register_pages(app: Flask, editions: Editions) -> None:
    """Gives Flask the rules of the table; GET and HEAD only."""

    def view(**_: str) -> Response:
        # Not request.path, which takes //en/ for /en/.
        path, query = request.environ["PATH_INFO"], request.environ.get("QUERY_STRING", "")
        return send(editions.current().get(path, query))

    for route in ROUTES:
        rule = route.pattern.replace("{", "<").replace("}", ">")
        app.add_url_rule(rule, route.name, view, methods=["GET"], provide_automatic_options=False)


def send(resource: Resource) -> Response:
    status, headers, body = answer(resource, request.environ)
    response = Unaltered(body, status)
    # Flask's own defaults would differ from what the cache in front sends.
    response.headers.clear()
    response.headers.extend(headers)
    return response
