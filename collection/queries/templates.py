"""Templates of lots, for the people of the organisation that made them."""

from collection.models import LotTemplate
from collection.rules.roles import Viewer


def templates_of(viewer: Viewer) -> list[LotTemplate]:
    """The organisation's templates in order of name."""
    return list(LotTemplate.objects.filter(organisation_id=viewer.organisation_id).order_by("name", "pk"))


def template_of(viewer: Viewer, template_id: int) -> LotTemplate:
    """One template. Raises LotTemplate.DoesNotExist where it is another organisation's."""
    return LotTemplate.objects.get(pk=template_id, organisation_id=viewer.organisation_id)
