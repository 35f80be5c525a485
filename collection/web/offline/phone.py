"""The service worker, the files it keeps, and the page of what waits on this phone."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.views.decorators.http import require_GET

from collection.web.access import public

# Everything pages are drawn with; what only desks use is small enough not to be left out.
KEPT_FILES = ("lodestone/**/*.js", "lodestone/*.css", "lodestone/brand/*", "vendor/govuk-frontend-*/*.[cj]s*")


@public
@require_GET
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker: one module and the list of files it keeps. Another list is another worker."""
    files = [static(name) for name in _names()]
    # Names with the content's hash say when something changed; plain ones are asked for anew each time.
    version = hashlib.sha256("\n".join(files).encode()).hexdigest()[:12]
    options = json.dumps(
        {
            "version": version,
            "files": files,
            "prefix": f"/{settings.STATIC_URL.strip('/')}/",
            "hashed": settings.HASHED_STATIC,
        }
    )
    module = json.dumps(static("lodestone/offline/worker.js"))
    script = f"import {{ work }} from {module};\nwork({options});\n"
    response = HttpResponse(script, content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response


@cache
def _names() -> tuple[str, ...]:
    """Static files a phone keeps, by name."""
    folder = Path(settings.STATICFILES_DIRS[0])
    found = {path for pattern in KEPT_FILES for path in folder.glob(pattern) if path.is_file()}
    return tuple(sorted(path.relative_to(folder).as_posix() for path in found))


@public
@require_GET
def on_this_phone(request: HttpRequest) -> HttpResponse:
    """What waits on this phone to be sent. The page is the same for everybody: the phone fills it in."""
    return render(request, "collection/offline/on_this_phone.html")
