"""Addresses of the reports in the API, version 1."""

from django.urls import path

from reports.api.retention import RetentionEntriesView, RetentionView

app_name = "reports-api"

urlpatterns = [
    path("retention/", RetentionView.as_view(), name="retention"),
    path("retention/entries/", RetentionEntriesView.as_view(), name="retention-entries"),
]
