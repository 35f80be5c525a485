"""Papers, shown to those who may see the lot."""

from collection.models import Lot, LotPaper
from collection.rules.roles import Viewer


def papers_of(lot: Lot) -> list[LotPaper]:
    """The papers of a lot the viewer has been found to see, oldest first."""
    return list(LotPaper.objects.filter(lot=lot).select_related("added_by").order_by("pk"))


def paper_for(viewer: Viewer, paper_id: int) -> LotPaper:
    """One paper. Raises LotPaper.DoesNotExist where the viewer may not see its lot."""
    lots = Lot.objects.visible_to(viewer).order_by().values("pk")
    return LotPaper.objects.select_related("lot").get(pk=paper_id, lot__in=lots)
