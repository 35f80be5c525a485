"""What you were told."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from collection.actions.notices import mark_read
from collection.api.base import (
    CURSOR,
    LIMIT,
    LISTING,
    READING,
    ErrorSerializer,
    LodestoneView,
    Page,
    Shape,
    instant,
    instant_or_none,
)
from collection.models import Notification
from collection.rules.roles import Permission

INSIDE = frozenset({Permission.SEE_LOTS})


class NoticeOut(Shape):
    """Something you should know."""

    id = serializers.IntegerField()
    kind = serializers.CharField()
    title = serializers.CharField()
    body = serializers.CharField()
    url = serializers.CharField(help_text="Where it is about, on the website")
    created_at = serializers.DateTimeField()
    read_at = serializers.DateTimeField(allow_null=True)


class NoticePage(Page):
    """A page of notices."""

    results = NoticeOut(many=True)


class NoticesAsked(Shape):
    """Which notices."""

    unread = serializers.BooleanField(default=False, help_text="Only those not read yet")


class MarkedOut(Shape):
    """How many were unread before."""

    marked = serializers.IntegerField()


class NoticesView(LodestoneView):
    """Your notices."""

    needs = {"GET": INSIDE}

    @extend_schema(
        operation_id="notifications_list",
        summary="List your notices, newest first",
        parameters=[NoticesAsked, CURSOR, LIMIT],
        responses={200: NoticePage, 400: ErrorSerializer, **LISTING},
    )
    def get(self, request: Request) -> Response:
        own = Notification.objects.filter(recipient_id=self.viewer.user_id)
        if self.asked(NoticesAsked)["unread"]:
            own = own.filter(read_at=None)
        return self.page(own, notice_shape, request)


class NoticesReadView(LodestoneView):
    """Having read everything."""

    needs = {"POST": INSIDE}

    @extend_schema(
        operation_id="notifications_read_all",
        summary="Mark every notice as read",
        request=None,
        responses={200: MarkedOut, **LISTING},
    )
    def post(self, request: Request) -> Response:
        return Response({"marked": mark_read(self.viewer, at=self.now())})


class NoticeReadView(LodestoneView):
    """Having read one."""

    needs = {"POST": INSIDE}

    @extend_schema(
        operation_id="notifications_read",
        summary="Mark a notice as read",
        request=None,
        responses={200: NoticeOut, **READING},
    )
    def post(self, request: Request, notice_id: int) -> Response:
        mark_read(self.viewer, at=self.now(), notice_id=notice_id)
        notice = Notification.objects.get(pk=notice_id, recipient_id=self.viewer.user_id)
        return Response(notice_shape(notice))


def notice_shape(notice: Notification) -> dict[str, Any]:
    return {
        "id": notice.pk,
        "kind": notice.kind,
        "title": notice.title,
        "body": notice.body,
        "url": notice.url,
        "created_at": instant(notice.created_at),
        "read_at": instant_or_none(notice.read_at),
    }
