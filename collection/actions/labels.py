"""Labels: each lot and container gets its token once; printing again gives the same."""

import datetime as dt
from collections.abc import Sequence

from collection.models import LotLabel
from collection.queries.labels import IssuedLabel, lots_to_label
from collection.rules.roles import NotPermittedError, Permission, Viewer

MAY_PRINT = (Permission.CHANGE_OWN_LOT, Permission.DRIVE_ROUND, Permission.RECEIVE)


def issue_labels(
    viewer: Viewer, references: Sequence[str], *, containers: int = 1, at: dt.datetime
) -> list[IssuedLabel]:
    """Labels of the named lots in order: one each, or one for each of several `containers`.

    Holders, drivers and plants may label what they may see. Raises Lot.DoesNotExist.
    """
    if not any(viewer.may(permission) for permission in MAY_PRINT):
        raise NotPermittedError("Your role does not let you print labels.")
    found = lots_to_label(viewer, references)
    lots = [each.lot for each in found]
    numbers = range(1, containers + 1) if containers > 1 else range(1)
    LotLabel.objects.bulk_create(
        [
            LotLabel(lot=lot, container=number, made_at=at, made_by_id=viewer.user_id)
            for lot in lots
            for number in numbers
        ],
        ignore_conflicts=True,
    )
    stored = LotLabel.objects.filter(lot__in=lots, container__in=numbers).order_by("pk")
    tokens = {(label.lot_id, label.container): label.token for label in stored}
    of = containers if containers > 1 else 0
    return [
        IssuedLabel(content, tokens[content.lot.pk, number], number, of)
        for content in found
        for number in numbers
    ]
