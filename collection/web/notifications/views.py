"""The list of notices; opening one marks it as read."""

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from collection.actions.notices import mark_read
from collection.models import Notification
from collection.queries.notices import notices_page
from collection.rules.roles import Permission
from collection.web.access import ViewerRequest, requires


@require_GET
@requires(Permission.SEE_LOTS)
def notifications(request: ViewerRequest) -> HttpResponse:
    """The viewer's notices, newest first."""
    page = notices_page(
        request.viewer, before=request.GET.get("before", ""), after=request.GET.get("after", "")
    )
    has_unread = any(notice.read_at is None for notice in page.notices)
    context = {"notices": page.notices, "cursors": page.cursors, "has_unread": has_unread}
    return render(request, "collection/notifications/list.html", context)


@require_POST
@requires(Permission.SEE_LOTS)
def read_all(request: ViewerRequest) -> HttpResponseBase:
    """Mark every notice as read."""
    mark_read(request.viewer, at=request.now)
    return redirect("notifications")


@require_POST
@requires(Permission.SEE_LOTS)
def open_notice(request: ViewerRequest, notice_id: int) -> HttpResponseBase:
    """Mark one notice as read and go to what it is about."""
    notice = Notification.objects.get(pk=notice_id, recipient_id=request.viewer.user_id)
    mark_read(request.viewer, at=request.now, notice_id=notice.pk)
    if notice.url and url_has_allowed_host_and_scheme(notice.url, allowed_hosts=None):
        return redirect(notice.url)
    return redirect("notifications")
