"""Files sent one by one by the page's script, each with its own progress and its own answer.

Without the script the same form sends them all at once; the same view answers both.
"""

from __future__ import annotations

from django.forms import Form
from django.http import HttpRequest, JsonResponse
from django.template.loader import render_to_string

HEADER = "X-Upload"


def is_one_of_several(request: HttpRequest) -> bool:
    """Whether the page's script sent this file by itself."""
    return request.headers.get(HEADER) == "one"


def one_file_answer(
    form: Form,
    field: str,
    *,
    template: str = "",
    context: dict[str, object] | None = None,
    next_href: str = "",
) -> JsonResponse:
    """What became of one file: what to show for it, or the sentence that says why not.

    `elsewhere` says that another field of the form is wrong, which only the whole page can show.
    """
    if form.errors:
        sentences = [str(sentence) for sentence in form.errors.get(field, [])]
        return JsonResponse({"error": " ".join(sentences), "elsewhere": not sentences}, status=422)
    shown = render_to_string(template, context) if template else ""
    return JsonResponse({"html": shown, "next": next_href})
