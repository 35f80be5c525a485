"""Addresses of the catalogue."""

from django.urls import path

from collection.web.catalogue import disassembly, entry, learning, price_import, prices, products

urlpatterns = [
    path("catalogue/", products.catalogue, name="catalogue"),
    path("catalogue/prices/import/", price_import.import_page, name="catalogue-import-prices"),
    path("catalogue/prices/", prices.prices, name="catalogue-prices"),
    path("catalogue/disassembly/", disassembly.league_page, name="disassembly-league"),
    path("catalogue/disassembly.csv", disassembly.league_csv, name="disassembly-league-csv"),
    path("catalogue/learning/", learning.learning, name="catalogue-learning"),
    path("catalogue/learning/<str:code>/", learning.lesson, name="catalogue-lesson"),
    path("catalogue/products/new/", entry.new_product, name="catalogue-new-product"),
    path("catalogue/products/<str:code>/change/", entry.change_product, name="catalogue-change-product"),
    path("catalogue/products/<str:code>/", products.product, name="catalogue-product"),
]
