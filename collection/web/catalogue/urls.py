"""Addresses of the catalogue."""

from django.urls import path

from collection.web.catalogue import learning, prices, products

urlpatterns = [
    path("catalogue/", products.catalogue, name="catalogue"),
    path("catalogue/prices/", prices.prices, name="catalogue-prices"),
    path("catalogue/learning/", learning.learning, name="catalogue-learning"),
    path("catalogue/learning/<str:code>/", learning.lesson, name="catalogue-lesson"),
    path("catalogue/products/<str:code>/", products.product, name="catalogue-product"),
]
