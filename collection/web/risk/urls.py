"""Addresses of the risk model."""

from django.urls import path

from collection.web.risk import model, thresholds

urlpatterns = [
    path("risk/model/", model.model_card, name="risk-model"),
    path("risk/model/<int:pk>/activate/", model.activate, name="activate-risk-model"),
    path("risk/thresholds/", thresholds.thresholds_page, name="risk-thresholds"),
]
