"""Addresses for signing in, passwords and choosing an organisation."""

from django.contrib.auth import views as auth_views
from django.urls import path, reverse_lazy

from collection.web.access import public, signed_in
from collection.web.people import members, views
from collection.web.people.forms import (
    ChangePasswordForm,
    ForgottenPasswordForm,
    NewPasswordForm,
    SignInForm,
)

sign_in = auth_views.LoginView.as_view(
    template_name="registration/sign_in.html",
    authentication_form=SignInForm,
    redirect_authenticated_user=True,
)
forgotten = auth_views.PasswordResetView.as_view(
    form_class=ForgottenPasswordForm, success_url=reverse_lazy("password_reset_done")
)
new_password = auth_views.PasswordResetConfirmView.as_view(
    form_class=NewPasswordForm, success_url=reverse_lazy("password_reset_complete")
)
change_password = auth_views.PasswordChangeView.as_view(
    form_class=ChangePasswordForm, success_url=reverse_lazy("password_change_done")
)

urlpatterns = [
    path("sign-in/", public(sign_in), name="sign-in"),
    path("sign-out/", signed_in(auth_views.LogoutView.as_view()), name="sign-out"),
    path("sign-in/forgotten/", public(forgotten), name="password_reset"),
    path(
        "sign-in/forgotten/sent/",
        public(auth_views.PasswordResetDoneView.as_view()),
        name="password_reset_done",
    ),
    path("sign-in/new/<uidb64>/<token>/", public(new_password), name="password_reset_confirm"),
    path(
        "sign-in/new/done/",
        public(auth_views.PasswordResetCompleteView.as_view()),
        name="password_reset_complete",
    ),
    path("account/password/", signed_in(change_password), name="password_change"),
    path(
        "account/password/done/",
        signed_in(auth_views.PasswordChangeDoneView.as_view()),
        name="password_change_done",
    ),
    path("account/people/", members.people, name="people"),
    path("account/people/add/", members.add_person, name="add-person"),
    path("account/people/<int:person_id>/", members.change_person, name="person"),
    path("account/organisation/", views.switch_organisation, name="switch-organisation"),
    path("account/waiting/", views.no_membership, name="no-membership"),
]
