"""Every page's address. Each part of the product brings its own list."""

from django.urls import include, path

from collection.web.home import home

urlpatterns = [
    path("", home, name="home"),
    path("", include("collection.web.people.urls")),
]
