"""Addresses of working without signal. The worker lies at the root, so that it may answer for every page."""

from django.urls import path

from collection.web.offline import driving, form_book, lots, phone, queue

urlpatterns = [
    path("service-worker.js", phone.worker, name="service-worker"),
    path("on-this-phone/", phone.on_this_phone, name="on-this-phone"),
    path("log/offline/", form_book.log_offline, name="log-offline"),
    path("queue/here/", queue.here, name="queue-here"),
    path("queue/references/", lots.references, name="queue-references"),
    path("queue/lots/", lots.send_lot, name="queue-lots"),
    path("queue/lots/<uuid:submission_id>/photos/", lots.send_photo, name="queue-photos"),
    # The driver's own addresses with /queue before them.
    path("queue/driving/<slug:reference>/leave/", driving.send_leave, name="queue-leave"),
    path("queue/driving/<slug:reference>/unload/<int:trip>/", driving.send_unload, name="queue-unload"),
    path("queue/driving/<slug:reference>/back/", driving.send_back, name="queue-back"),
    path("queue/driving/<slug:reference>/<int:sequence>/", driving.send_stop, name="queue-stop"),
    path("queue/driving/<slug:reference>/<int:sequence>/arrive/", driving.send_arrive, name="queue-arrive"),
    path(
        "queue/driving/<slug:reference>/<int:sequence>/photos/",
        driving.send_stop_photo,
        name="queue-stop-photos",
    ),
]
