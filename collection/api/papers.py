"""Papers of a lot: weighbridge tickets, certificates, consignment notes."""

from typing import Any

from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from collection.actions.papers import MOST_PAPERS, NewPaper, add_paper, remove_paper
from collection.api.base import CHANGING, READING, ErrorSerializer, LodestoneView, Shape, instant
from collection.documents.files import PaperRefusedError, read_paper
from collection.models import LotPaper, PaperKind
from collection.queries.lots import lot_of
from collection.queries.papers import papers_of
from collection.rules.roles import Permission

KEEPERS = frozenset({Permission.CHANGE_OWN_LOT, Permission.RECEIVE})


class PaperIn(Shape):
    """A PDF, or a photo (JPEG, PNG, WebP) of a paper, up to 15 MB."""

    paper = serializers.FileField()
    kind = serializers.ChoiceField(choices=PaperKind.choices)
    number = serializers.CharField(required=False, allow_blank=True, max_length=60, default="")
    note = serializers.CharField(required=False, allow_blank=True, max_length=300, default="")


class PaperOut(Shape):
    """A paper of a lot. A PDF is kept as it came; a photo is redrawn and holds pixels only."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=PaperKind.choices)
    number = serializers.CharField()
    note = serializers.CharField()
    name = serializers.CharField()
    media_type = serializers.CharField()
    size_bytes = serializers.IntegerField()
    sha256 = serializers.CharField()
    added_at = serializers.DateTimeField()
    url = serializers.URLField(help_text="The file; read it with your key")


class LotPapersView(LodestoneView):
    """Papers of a lot."""

    needs = {"GET": frozenset({Permission.SEE_LOTS}), "POST": KEEPERS}
    parser_classes = (MultiPartParser,)

    @extend_schema(
        operation_id="lots_papers",
        summary="List a lot's papers",
        responses={200: PaperOut(many=True), **READING},
    )
    def get(self, request: Request, reference: str) -> Response:
        papers = papers_of(lot_of(self.viewer, reference))
        return Response([paper_shape(paper, reference, request) for paper in papers])

    @extend_schema(
        operation_id="lots_add_paper",
        summary="Add a paper to a lot you hold or have booked",
        description=f"At most {MOST_PAPERS} a lot. The same file again: 200 and nothing new. What it is is "
        "read from the file itself, not from its name.",
        request={"multipart/form-data": PaperIn},
        responses={201: PaperOut, 200: PaperOut, **CHANGING, 415: ErrorSerializer},
    )
    def post(self, request: Request, reference: str) -> Response:
        wanted = self.body(PaperIn)
        upload, lot = wanted["paper"], lot_of(self.viewer, reference)
        try:
            read = read_paper(upload, upload.name or "paper")
        except PaperRefusedError as refused:
            raise serializers.ValidationError({"paper": str(refused)}) from refused
        paper = NewPaper(
            kind=wanted["kind"],
            number=wanted["number"],
            note=wanted["note"],
            name=read.name,
            media_type=read.media_type,
            content=read.content,
            sha256=read.sha256,
            thumbnail=read.thumbnail,
        )
        added = add_paper(self.viewer, lot, paper, at=self.now())
        row = added or LotPaper.objects.get(lot=lot, sha256=read.sha256)
        code = status.HTTP_201_CREATED if added else status.HTTP_200_OK
        return Response(paper_shape(row, reference, request), status=code)


class LotPaperView(LodestoneView):
    """One paper."""

    needs = {"GET": frozenset({Permission.SEE_LOTS}), "DELETE": KEEPERS}

    @extend_schema(
        operation_id="lots_paper",
        summary="Read the paper itself",
        responses={
            (200, "application/pdf"): OpenApiTypes.BINARY,
            (200, "image/jpeg"): OpenApiTypes.BINARY,
            **READING,
        },
    )
    def get(self, request: Request, reference: str, paper_id: int) -> FileResponse:
        paper = self._paper(reference, paper_id)
        return FileResponse(
            paper.file.open("rb"), as_attachment=True, filename=paper.name, content_type=paper.media_type
        )

    @extend_schema(
        operation_id="lots_remove_paper",
        summary="Take a paper off a lot",
        description="The lot's events say that it was there.",
        responses={204: None, **READING},
    )
    def delete(self, request: Request, reference: str, paper_id: int) -> Response:
        remove_paper(self.viewer, self._paper(reference, paper_id), at=self.now())
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _paper(self, reference: str, paper_id: int) -> LotPaper:
        paper: LotPaper = LotPaper.objects.select_related("lot").get(
            pk=paper_id, lot=lot_of(self.viewer, reference)
        )
        return paper


def paper_shape(paper: LotPaper, reference: str, request: Request) -> dict[str, Any]:
    return {
        "id": paper.pk,
        "kind": paper.kind,
        "number": paper.number,
        "note": paper.note,
        "name": paper.name,
        "media_type": paper.media_type,
        "size_bytes": paper.size_bytes,
        "sha256": paper.sha256,
        "added_at": instant(paper.added_at),
        "url": reverse("api:lot-paper", args=[reference, paper.pk], request=request),
    }
