"""Several files in one field, cleaned one by one."""

from __future__ import annotations

from typing import Any, Literal

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from collection.web.kit.widgets import Files


class FilesField(forms.FileField):
    """Cleans to a list of uploaded files, each no larger than `most_bytes`, at most `most_files` of them.

    Only size and number are judged here; what is inside a file is for the rule that stores it.
    """

    def __init__(
        self,
        *,
        most_files: int = 10,
        most_bytes: int = 15_000_000,
        accept: str = "",
        capture: str = "",
        one_by_one: Literal["", "now", "on sending"] = "",
        **options: Any,
    ) -> None:
        widget = Files(multiple=most_files > 1, accept=accept, capture=capture, one_by_one=one_by_one)
        options.setdefault("widget", widget)
        super().__init__(**options)
        self.most_files, self.most_bytes = most_files, most_bytes

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        given = [file for file in (data if isinstance(data, list | tuple) else [data]) if file]
        if not given:
            if self.required and not initial:
                raise ValidationError(self.error_messages["required"], code="required")
            return []
        if len(given) > self.most_files:
            raise ValidationError(
                f"You can attach up to {self.most_files} files at a time; you chose {len(given)}", code="many"
            )
        return [self._checked(file) for file in given]

    def _checked(self, file: UploadedFile) -> UploadedFile:
        if (file.size or 0) > self.most_bytes:
            size, most = (file.size or 0) / 1_000_000, self.most_bytes / 1_000_000
            raise ValidationError(
                f"“{file.name}” is {size:.0f} MB. Each file must be smaller than {most:.0f} MB", code="large"
            )
        return super().clean(file)
