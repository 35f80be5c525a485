"""Every page's address. Each part of the product brings its own list."""

from django.urls import include, path

from collection.web.about import accessibility_page, data_sources_page
from collection.web.home import home

urlpatterns = [
    path("", home, name="home"),
    path("about/data-sources/", data_sources_page, name="data-sources"),
    path("about/accessibility/", accessibility_page, name="accessibility"),
    path("", include("collection.web.people.urls")),
]
