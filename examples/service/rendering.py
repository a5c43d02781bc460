"""HTML pages from the templates. Every value is escaped."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from .access import SIGN_OUT_URL, USER

_FOLDER = Path(__file__).parent
_templates = Environment(
    loader=FileSystemLoader(_FOLDER / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_STATIC = {"service.css": "text/css", "service.js": "text/javascript"}


def url(request: web.Request, name: str, **parts: str) -> str:
    """Return the URL of a route of the application that serves ``request``."""
    return str(request.app.router[name].url_for(**parts))


def page(request: web.Request, template: str, *, status: int = 200, **values: Any) -> web.Response:
    """Return a page.

    :param template: the name of a file in the folder ``templates``.
    :param values: what the template shows.
    """
    user = request.get(USER)
    if user is not None:
        values["sign_out_url"] = request.config_dict[SIGN_OUT_URL]
    text = _templates.get_template(template).render(
        url=lambda name, **parts: url(request, name, **parts), user=user, **values
    )
    return web.Response(text=text, status=status, content_type="text/html")


async def static(request: web.Request) -> web.StreamResponse:
    """Return the style sheet or the script. No other file is served."""
    name = request.match_info["file"]
    if name not in _STATIC:
        raise web.HTTPNotFound
    text = (_FOLDER / "static" / name).read_text("utf-8")
    return web.Response(text=text, content_type=_STATIC[name], charset="utf-8")
