"""Addresses of regular rounds, service times, and carrier and permits."""

from django.urls import path

from collection.web.rounds import permits, regular, service_times

urlpatterns = [
    path("carrier-and-permits/", permits.overview, name="carrier-and-permits"),
    path("carrier-and-permits/carrier/", permits.carrier, name="carrier-registration"),
    path("carrier-and-permits/<slug:code>/", permits.permit, name="plant-permit"),
    path("regular-rounds/", regular.all_regular, name="regular-rounds"),
    path("regular-rounds/new/", regular.new_regular, name="new-regular-round"),
    path("regular-rounds/<int:pk>/", regular.change_regular, name="regular-round"),
    path("regular-rounds/<int:pk>/pause/", regular.pause_regular, name="pause-regular-round"),
    path("service-times/", service_times.service_times, name="service-times"),
    path("service-times/learn/", service_times.learn, name="learn-service-times"),
    path("service-times/<int:version>/use/", service_times.activate, name="use-service-times"),
]
