"""Fields that many forms have alike."""

from __future__ import annotations

from django import forms

from collection.web.kit.widgets import LongText, Text


def optional_text(
    label: str,
    *,
    most: int,
    hint: str = "",
    width: int = 20,
    rows: int = 0,
    attrs: dict[str, str] | None = None,
) -> forms.CharField:
    """Words that may be left out, at most so many characters; with `rows`, on several lines."""
    widget = LongText(rows=rows) if rows else Text(width=width, attrs=attrs or {})
    return forms.CharField(label=label, help_text=hint, required=False, max_length=most, widget=widget)


def optional_mass(label: str, *, hint: str = "") -> forms.CharField:
    """A mass as people write it, "850 kg" or "1.5 t"; what it means is read by the form."""
    return optional_text(label, most=200, hint=hint, width=10)
