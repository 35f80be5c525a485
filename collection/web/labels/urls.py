from django.urls import path

from collection.web.labels import views

urlpatterns = [
    path("labels/", views.labels, name="labels"),
    path("lots/<str:reference>/labels/", views.lot_labels, name="lot-labels"),
    # Short, because it is printed: every letter makes the symbol finer.
    path("q/<str:token>/", views.scanned, name="label"),
]
