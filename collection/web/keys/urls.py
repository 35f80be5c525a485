"""Addresses of a person's keys."""

from django.urls import path

from collection.web.keys import views

urlpatterns = [
    path("account/keys/", views.keys, name="keys"),
    path("account/keys/<int:key_id>/revoke/", views.revoke, name="key-revoke"),
]
