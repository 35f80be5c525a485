"""Photos of a lot."""

from typing import Any

from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from collection.actions.photos import MOST_PHOTOS, add_photo, remove_photo
from collection.api.base import CHANGING, READING, ErrorSerializer, LodestoneView, Shape, instant
from collection.documents.pictures import PictureRefusedError, redraw
from collection.models import Lot, LotPhoto
from collection.rules.roles import Permission


class PhotoIn(Shape):
    """A JPEG, PNG or WebP file of up to 15 MB."""

    photo = serializers.FileField()


class PhotoOut(Shape):
    """A photo, redrawn: it holds pixels only."""

    id = serializers.IntegerField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()
    size_bytes = serializers.IntegerField()
    sha256 = serializers.CharField()
    added_at = serializers.DateTimeField()
    url = serializers.URLField(help_text="The JPEG; read it with your key")


class LotPhotosView(LodestoneView):
    """Photos of a lot."""

    needs = {
        "GET": frozenset({Permission.SEE_LOTS}),
        "POST": frozenset({Permission.CHANGE_OWN_LOT}),
    }
    parser_classes = (MultiPartParser,)

    @extend_schema(
        operation_id="lots_photos",
        summary="List a lot's photos",
        responses={200: PhotoOut(many=True), **READING},
    )
    def get(self, request: Request, reference: str) -> Response:
        lot = Lot.objects.visible_to(self.viewer).get(reference=reference)
        return Response([photo_shape(photo, reference, request) for photo in lot.photos.order_by("pk")])

    @extend_schema(
        operation_id="lots_add_photo",
        summary="Add a photo to your own lot",
        description=f"At most {MOST_PHOTOS} a lot. The same picture again: 200 and nothing new. The place "
        "and other details that a phone writes into a photo are removed.",
        request={"multipart/form-data": PhotoIn},
        responses={201: PhotoOut, 200: PhotoOut, **CHANGING, 415: ErrorSerializer},
    )
    def post(self, request: Request, reference: str) -> Response:
        upload = self.body(PhotoIn)["photo"]
        lot = Lot.objects.visible_to(self.viewer).get(reference=reference)
        try:
            picture = redraw(upload, upload.name or "photo")
        except PictureRefusedError as refused:
            raise serializers.ValidationError({"photo": str(refused)}) from refused
        added = add_photo(
            self.viewer,
            jpeg=picture.jpeg,
            thumbnail=picture.thumbnail,
            size=(picture.width, picture.height),
            sha256=picture.sha256,
            at=self.now(),
            lot=lot,
        )
        photo = added or LotPhoto.objects.get(lot=lot, sha256=picture.sha256)
        code = status.HTTP_201_CREATED if added else status.HTTP_200_OK
        return Response(photo_shape(photo, reference, request), status=code)


class LotPhotoView(LodestoneView):
    """One photo."""

    needs = {
        "GET": frozenset({Permission.SEE_LOTS}),
        "DELETE": frozenset({Permission.CHANGE_OWN_LOT}),
    }

    @extend_schema(
        operation_id="lots_photo",
        summary="Read the picture itself",
        responses={(200, "image/jpeg"): OpenApiTypes.BINARY, **READING},
    )
    def get(self, request: Request, reference: str, photo_id: int) -> FileResponse:
        photo = self._photo(reference, photo_id)
        return FileResponse(photo.file.open("rb"), content_type="image/jpeg")

    @extend_schema(
        operation_id="lots_remove_photo",
        summary="Take a photo off your own lot",
        responses={204: None, **READING},
    )
    def delete(self, request: Request, reference: str, photo_id: int) -> Response:
        remove_photo(self.viewer, self._photo(reference, photo_id))
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _photo(self, reference: str, photo_id: int) -> LotPhoto:
        lot = Lot.objects.visible_to(self.viewer).get(reference=reference)
        photo: LotPhoto = lot.photos.get(pk=photo_id)
        return photo


def photo_shape(photo: LotPhoto, reference: str, request: Request) -> dict[str, Any]:
    return {
        "id": photo.pk,
        "width": photo.width,
        "height": photo.height,
        "size_bytes": photo.size_bytes,
        "sha256": photo.sha256,
        "added_at": instant(photo.added_at),
        "url": reverse("api:lot-photo", args=[reference, photo.pk], request=request),
    }
