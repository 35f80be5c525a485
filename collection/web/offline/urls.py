"""Addresses of working without signal. The worker lies at the root, so that it may answer for every page."""

from django.urls import path

from collection.web.offline import form_book, lots, phone, queue, stops

urlpatterns = [
    path("service-worker.js", phone.worker, name="service-worker"),
    path("on-this-phone/", phone.on_this_phone, name="on-this-phone"),
    path("log/offline/", form_book.log_offline, name="log-offline"),
    path("queue/here/", queue.here, name="queue-here"),
    path("queue/references/", lots.references, name="queue-references"),
    path("queue/lots/", lots.send_lot, name="queue-lots"),
    path("queue/lots/<uuid:submission_id>/photos/", lots.send_photo, name="queue-photos"),
    path("queue/stops/<slug:reference>/<int:sequence>/", stops.send_stop, name="queue-stops"),
    path("queue/stops/<slug:reference>/<int:sequence>/photos/", stops.send_photo, name="queue-stop-photos"),
]
