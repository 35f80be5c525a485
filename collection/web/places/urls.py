from django.urls import path

from collection.web.places import views

urlpatterns = [
    path("places/", views.places, name="places"),
    path("places/new/", views.new_place, name="place-new"),
    path("places/<int:site_id>/", views.place, name="place"),
    path("places/<int:site_id>/remove/", views.remove_place, name="place-remove"),
]
