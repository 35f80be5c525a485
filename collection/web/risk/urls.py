"""Addresses of the risk model."""

from django.urls import path

from collection.web.risk import model, overrides, thresholds, watch

urlpatterns = [
    path("risk/model/", model.model_card, name="risk-model"),
    path("risk/model/<int:pk>/activate/", model.activate, name="activate-risk-model"),
    path("risk/thresholds/", thresholds.thresholds_page, name="risk-thresholds"),
    path("risk/watch/", watch.watch_page, name="risk-watch"),
    path("risk/fairness/", watch.fairness_page, name="risk-fairness"),
    path("risk/overrides/", overrides.overrides, name="risk-overrides"),
    path("lots/<str:reference>/override/", overrides.override, name="lot-override"),
    path("lots/<str:reference>/override/lift/", overrides.lift, name="lot-override-lift"),
]
