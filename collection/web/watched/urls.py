from django.urls import path

from collection.web.watched import ahead, views

urlpatterns = [
    path("watched/", views.watched, name="watched"),
    path("watched/new/", views.new_watched, name="watched-new"),
    path("watched/ahead/", ahead.ahead, name="watched-ahead"),
    path("watched/farms/", views.farm_search, name="watched-farm-search"),
    path("watched/<str:reference>/", views.watched_source, name="watched-source"),
    path("watched/<str:reference>/change/", views.change, name="watched-change"),
    path("watched/<str:reference>/close/", views.close, name="watched-close"),
    path("watched/<str:reference>/arisen/", views.arisen, name="watched-arisen"),
]
