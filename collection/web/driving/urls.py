"""Addresses of the driver's phone pages."""

from django.urls import path

from collection.web.driving import views

urlpatterns = [
    path("driving/", views.my_rounds, name="driving"),
    path("driving/<slug:reference>/", views.my_round, name="driving-round"),
    path("driving/<slug:reference>/<int:sequence>/", views.stop, name="driving-stop"),
]
