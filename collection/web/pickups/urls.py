"""Addresses of the holder's pickups and of the calendar feeds."""

from django.urls import path

from collection.web.pickups import calendars, views

urlpatterns = [
    path("pickups/", views.my_pickups, name="pickups"),
    path("pickups/calendar/", views.renew_calendar, name="renew-pickups-calendar"),
    path("pickups/<slug:reference>/", views.pickup_page, name="pickup"),
    path("calendar/vehicle/<uuid:token>.ics", calendars.vehicle_feed, name="vehicle-calendar"),
    path("calendar/organisation/<uuid:token>.ics", calendars.organisation_feed, name="organisation-calendar"),
]
