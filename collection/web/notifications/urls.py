from django.urls import path

from collection.web.notifications import views

urlpatterns = [
    path("notifications/", views.notifications, name="notifications"),
    path("notifications/read/", views.read_all, name="notifications-read"),
    path("notifications/<int:notice_id>/", views.open_notice, name="notification"),
]
