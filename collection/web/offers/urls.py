"""Addresses of offers and bids: all under the lot they are for."""

from django.urls import path

from collection.web.offers import views

urlpatterns = [
    path("lots/<str:reference>/offers/", views.offers, name="lot-offers"),
    path("lots/<str:reference>/offers/new/", views.new_offer, name="lot-offer-new"),
    path("lots/<str:reference>/offers/<int:offer_id>/accept/", views.accept, name="lot-offer-accept"),
    path("lots/<str:reference>/offers/<int:offer_id>/decline/", views.decline, name="lot-offer-decline"),
    path("lots/<str:reference>/offers/<int:offer_id>/withdraw/", views.withdraw, name="lot-offer-withdraw"),
    path("lots/<str:reference>/bids/new/", views.new_bid, name="lot-bid-new"),
    path("lots/<str:reference>/seen/", views.seen, name="lot-seen"),
]
