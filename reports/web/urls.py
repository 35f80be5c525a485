"""Addresses of the reports."""

from django.urls import path

from reports.web.at_risk import at_risk_page
from reports.web.regulator import regulator_home
from reports.web.retention import entries_page, retention_page

urlpatterns = [
    path("reports/retention/", retention_page, name="retention-report"),
    path("reports/retention/entries/", entries_page, name="retention-entries"),
    path("reports/at-risk/", at_risk_page, name="at-risk"),
    path("regulator/", regulator_home, name="regulator-home"),
]
