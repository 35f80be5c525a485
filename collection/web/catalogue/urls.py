"""Addresses of the catalogue."""

from django.urls import path

from collection.web.catalogue import prices, products

urlpatterns = [
    path("catalogue/", products.catalogue, name="catalogue"),
    path("catalogue/prices/", prices.prices, name="catalogue-prices"),
    path("catalogue/products/<str:code>/", products.product, name="catalogue-product"),
]
