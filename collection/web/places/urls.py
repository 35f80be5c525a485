from django.urls import path

from collection.web.places import pin, views

urlpatterns = [
    path("places/", views.places, name="places"),
    path("places/new/", views.new_place, name="place-new"),
    path("places/map.svg", pin.pin_map, name="place-map"),
    path("places/<int:site_id>/map/", pin.pin, name="place-pin"),
    path("places/<int:site_id>/", views.place, name="place"),
    path("places/<int:site_id>/remove/", views.remove_place, name="place-remove"),
]
