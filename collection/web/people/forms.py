"""Forms for signing in and for passwords: Django's own, in the kit's look and with our sentences."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.contrib.auth import authenticate
from django.contrib.auth import forms as auth_forms
from django.core.exceptions import ValidationError

from collection.actions import sign_in_tries
from collection.models import Organisation
from collection.web.kit.forms import KitForm, KitFormMixin
from collection.web.kit.widgets import Email, Password, Radios

WAIT = "There were too many tries to sign in. Wait 15 minutes and try again, or get a new password by e-mail."


class SignInForm(KitFormMixin, auth_forms.AuthenticationForm):
    username = forms.CharField(
        label="E-mail address",
        max_length=254,
        widget=Email(autocomplete="username"),
        error_messages={"required": "Enter your e-mail address"},
    )
    password = forms.CharField(
        label="Password",
        strip=False,
        widget=Password(),
        error_messages={"required": "Enter your password"},
    )
    error_messages = {
        "invalid_login": "The e-mail address or the password is not right. Check both and try again",
        "inactive": "This account is closed. Ask an administrator of your organisation",
    }

    def clean(self) -> dict[str, Any]:
        email, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if not email or not password:
            return self.cleaned_data
        network = self.request.META.get("REMOTE_ADDR", "") if self.request else ""
        if sign_in_tries.is_blocked(email, network):
            raise ValidationError(WAIT, code="throttled")
        self.user_cache = authenticate(self.request, username=email, password=password)
        if self.user_cache is None:
            sign_in_tries.count_failure(email, network)
            raise self.get_invalid_login_error()
        sign_in_tries.forget_failures(email)
        self.confirm_login_allowed(self.user_cache)
        return self.cleaned_data


class ForgottenPasswordForm(KitFormMixin, auth_forms.PasswordResetForm):
    email = forms.EmailField(
        label="E-mail address",
        max_length=254,
        widget=Email(),
        error_messages={
            "required": "Enter your e-mail address",
            "invalid": "Enter an e-mail address such as name@example.com",
        },
    )


class _TwoPasswords(KitFormMixin):
    """The two boxes of a new password, in the kit's look."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        boxes: dict[str, forms.Field] = self.fields  # type: ignore[attr-defined]
        for name in ("new_password1", "new_password2"):
            boxes[name].widget = Password(autocomplete="new-password")
        boxes["new_password1"].help_text = "At least 12 characters, and not one that many people use."
        boxes["new_password2"].help_text = ""


class NewPasswordForm(_TwoPasswords, auth_forms.SetPasswordForm):
    pass


class ChangePasswordForm(_TwoPasswords, auth_forms.PasswordChangeForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["old_password"].widget = Password()


class OrganisationForm(KitForm):
    """Which of a person's own organisations to act for."""

    heading_field = "organisation"
    organisation = forms.ChoiceField(
        label="Which organisation are you acting for?",
        widget=Radios(),
        error_messages={"required": "Choose an organisation"},
    )

    def __init__(self, *args: Any, organisations: Sequence[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast(forms.ChoiceField, self.fields["organisation"])
        field.choices = [(str(one.pk), one.name) for one in organisations]
