"""Addresses of the driver's phone pages."""

from django.urls import path

from collection.web.driving import views

urlpatterns = [
    path("driving/", views.my_rounds, name="driving"),
    path("driving/<slug:reference>/", views.my_round, name="driving-round"),
    path("driving/<slug:reference>/leave/", views.leave, name="leave-plant"),
    path("driving/<slug:reference>/unload/<int:trip>/", views.unload_at_plant, name="unload-at-plant"),
    path("driving/<slug:reference>/back/", views.back_at_plant, name="back-at-plant"),
    path("driving/<slug:reference>/<int:sequence>/arrive/", views.at_the_gate, name="at-the-gate"),
    path("driving/<slug:reference>/<int:sequence>/", views.stop, name="driving-stop"),
]
