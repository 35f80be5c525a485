"""Addresses of the holder's pickups and of the calendar feeds."""

from django.urls import path

from collection.web.pickups import answers, business, calendars, views

urlpatterns = [
    path("pickups/", views.my_pickups, name="pickups"),
    path("pickups/calendar/", views.renew_calendar, name="renew-pickups-calendar"),
    path("pickups/business/", business.business, name="business"),
    path("pickups/<slug:reference>/", views.pickup_page, name="pickup"),
    path("pickups/<slug:reference>/live/", views.pickup_live, name="pickup-live"),
    path("pickups/<slug:reference>/accept/", answers.accept, name="accept-pickup"),
    path("pickups/<slug:reference>/other-time/", answers.other_time, name="other-time"),
    path("pickups/<slug:reference>/refuse/", answers.refuse, name="refuse-pickup"),
    path("calendar/site/<int:site_id>-<slug:seal>.ics", calendars.site_feed, name="site-calendar"),
    path("calendar/vehicle/<uuid:token>.ics", calendars.vehicle_feed, name="vehicle-calendar"),
    path("calendar/organisation/<uuid:token>.ics", calendars.organisation_feed, name="organisation-calendar"),
]
