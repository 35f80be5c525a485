"""Addresses of the queue of estimates still to be replaced."""

from django.urls import path

from collection.web.weights import views

urlpatterns = [
    path("weights/", views.queue, name="weights"),
    path("weights/<int:pk>/take/", views.take, name="weight-take"),
    path("weights/<int:pk>/owner/", views.assign, name="weight-owner"),
    path("lots/<str:reference>/weigh/", views.weigh, name="lot-weigh"),
]
