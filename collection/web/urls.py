"""Every page's address. Each part of the product brings its own list."""

from django.urls import include, path

from collection.web.about import accessibility_page, data_sources_page
from collection.web.collector_home import home as collector_home
from collection.web.home import home

urlpatterns = [
    path("", home, name="home"),
    path("about/data-sources/", data_sources_page, name="data-sources"),
    path("about/accessibility/", accessibility_page, name="accessibility"),
    path("", include("collection.web.people.urls")),
    path("", include("collection.web.keys.urls")),
    path("", include("collection.web.offline.urls")),
    path("", include("collection.web.logging.urls")),
    path("", include("collection.web.labels.urls")),
    path("", include("collection.web.lots.urls")),
    path("", include("collection.web.offers.urls")),
    path("", include("collection.web.catalogue.urls")),
    path("", include("collection.web.places.urls")),
    path("", include("collection.web.watched.urls")),
    path("", include("collection.web.weights.urls")),
    path("", include("collection.web.notifications.urls")),
    path("home/collector/", collector_home, name="collector-home"),
    path("", include("collection.web.planner.urls")),
    path("", include("collection.web.rounds.urls")),
    path("", include("collection.web.driving.urls")),
    path("", include("collection.web.pickups.urls")),
    path("", include("collection.web.risk.urls")),
]
