"""Addresses of the API, version 1."""

from django.urls import path

from collection.api import lots, sign_in

urlpatterns = [
    path("token/", sign_in.TokenView.as_view(), name="token"),
    path("me/", sign_in.MeView.as_view(), name="me"),
    path("lots/", lots.LotsView.as_view(), name="lots"),
    path("lots/<str:reference>/", lots.LotView.as_view(), name="lot"),
    path("lots/<str:reference>/custody/", lots.LotCustodyView.as_view(), name="lot-custody"),
    path("lots/<str:reference>/events/", lots.LotEventsView.as_view(), name="lot-events"),
    path("lots/<str:reference>/export/", lots.LotExportView.as_view(), name="lot-export"),
    path("lots/<str:reference>/loss/", lots.LotLossView.as_view(), name="lot-loss"),
    path("lots/<str:reference>/withdrawal/", lots.LotWithdrawalView.as_view(), name="lot-withdrawal"),
]
