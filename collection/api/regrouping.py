"""Splitting, merging and taking lots apart; and a lot's family."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from collection.actions.merging import merge
from collection.actions.regrouping import split, take_apart
from collection.api.base import CHANGING, CREATING, READING, ErrorSerializer, LodestoneView, Shape, instant
from collection.api.lots import readable_lots
from collection.api.shapes import STATES, LotOut, lot_shape
from collection.models import Dismantling, Lot
from collection.queries.lineage import Change, family_of
from collection.rules.content.disassembly import MATERIALS, OBSTACLES, Apart
from collection.rules.roles import Permission

SEE = frozenset({Permission.SEE_LOTS})
CHANGE = frozenset({Permission.CHANGE_OWN_LOT})


class SplitIn(Shape):
    """How much is divided off a held lot."""

    submission_id = serializers.UUIDField(help_text="Made by you; the same twice is the same split")
    quantity = serializers.DecimalField(max_digits=14, decimal_places=3, help_text="In the lot's unit")
    reason = serializers.CharField(required=False, allow_blank=True, max_length=190, default="")


class MergeIn(Shape):
    """Held lots of one product, counted alike, in one place, that should become one."""

    submission_id = serializers.UUIDField(help_text="Made by you; the same twice is the same merge")
    references = serializers.ListField(
        child=serializers.CharField(max_length=16), min_length=2, max_length=50
    )
    reason = serializers.CharField(required=False, allow_blank=True, max_length=190, default="")


class ApartIn(Shape):
    """What taking a lot apart gave: in = parts + residue + loss, in grams of magnet."""

    submission_id = serializers.UUIDField(help_text="Made by you; the same twice is the same record")
    maker = serializers.CharField(max_length=60)
    model = serializers.CharField(max_length=60)
    items = serializers.IntegerField(min_value=1)
    minutes = serializers.IntegerField(min_value=1, help_text="Working minutes of everybody, for all items")
    freed_grams = serializers.IntegerField(min_value=0)
    intact_grams = serializers.IntegerField(min_value=0, help_text="Of the freed magnets, the unbroken ones")
    residue_grams = serializers.IntegerField(
        min_value=0, required=False, default=0, help_text="Magnet that goes on with the scrap"
    )
    loss_grams = serializers.IntegerField(min_value=0, required=False, default=0)
    other_grams = serializers.DictField(
        child=serializers.IntegerField(min_value=0),
        required=False,
        default=dict,
        help_text=", ".join(MATERIALS),
    )
    obstacles = serializers.ListField(
        child=serializers.ChoiceField(choices=list(OBSTACLES.items())), required=False, default=list
    )
    unexplained_reason = serializers.CharField(required=False, allow_blank=True, max_length=200, default="")

    def validate_other_grams(self, given: dict[str, int]) -> dict[str, int]:
        unknown = sorted(set(given) - set(MATERIALS))
        if unknown:
            raise serializers.ValidationError(f"“{unknown[0]}” is not one of {', '.join(MATERIALS)}.")
        return given


class DismantlingOut(Shape):
    """The record of a lot taken apart."""

    reference = serializers.CharField(help_text="The lot that was taken apart")
    magnets_reference = serializers.CharField(allow_null=True, help_text="The lot of its freed magnets")
    maker = serializers.CharField()
    model = serializers.CharField()
    items = serializers.IntegerField()
    minutes = serializers.IntegerField()
    freed_grams = serializers.IntegerField()
    intact_grams = serializers.IntegerField()
    residue_grams = serializers.IntegerField()
    loss_grams = serializers.IntegerField()
    other_grams = serializers.DictField(child=serializers.IntegerField())
    obstacles = serializers.ListField(child=serializers.CharField())
    at = serializers.DateTimeField()


class StepOut(Shape):
    """Grams that passed from a lot to another."""

    from_reference = serializers.CharField()
    into_reference = serializers.CharField()
    grams = serializers.IntegerField()
    reason = serializers.CharField()
    at = serializers.DateTimeField()


class BalanceOut(Shape):
    """came_in = into_lots + residue + lost + stayed, in grams of magnet."""

    reference = serializers.CharField()
    came_in_grams = serializers.IntegerField()
    into_lots_grams = serializers.IntegerField()
    residue_grams = serializers.IntegerField()
    lost_grams = serializers.IntegerField()
    stayed_grams = serializers.IntegerField()


class MemberOut(Shape):
    """A lot of the family."""

    reference = serializers.CharField()
    state = serializers.ChoiceField(choices=STATES)
    magnet_grams = serializers.IntegerField()


class FamilyOut(Shape):
    """Everything a lot came from and everything that came of it, as far as you may see it."""

    lots = MemberOut(many=True)
    steps = StepOut(many=True)
    balances = BalanceOut(many=True)
    hidden_steps = serializers.IntegerField(help_text="Steps to lots that you may not see")
    is_cut = serializers.BooleanField(help_text="Whether the family is larger than what is given")


class LotSplitView(LodestoneView):
    """Dividing part of a lot off."""

    needs = {"POST": CHANGE}

    @extend_schema(
        operation_id="lots_split",
        summary="Divide part of a held lot off as a lot of its own",
        request=SplitIn,
        responses={201: LotOut, **CHANGING},
    )
    def post(self, request: Request, reference: str) -> Response:
        wanted = self.body(SplitIn)
        lot = Lot.objects.visible_to(self.viewer).get(reference=reference)
        child = split(self.viewer, lot.pk, at=self.now(), **wanted)
        found = readable_lots(self.viewer).get(pk=child.pk)
        return Response(lot_shape(found), status=status.HTTP_201_CREATED)


class MergesView(LodestoneView):
    """Merging lots."""

    needs = {"POST": CHANGE}

    @extend_schema(
        operation_id="lots_merge",
        summary="Make one lot of several held ones",
        description="Mixing rules apply: every reason why lots must stay apart is given.",
        request=MergeIn,
        responses={201: LotOut, **CREATING, 404: ErrorSerializer, 409: ErrorSerializer},
    )
    def post(self, request: Request) -> Response:
        wanted = self.body(MergeIn)
        references = list(dict.fromkeys(wanted.pop("references")))
        found = Lot.objects.visible_to(self.viewer).filter(reference__in=references)
        keys = dict(found.values_list("reference", "pk"))
        if len(keys) < len(references):
            raise Lot.DoesNotExist
        child = merge(self.viewer, [keys[each] for each in references], at=self.now(), **wanted)
        made = readable_lots(self.viewer).get(pk=child.pk)
        return Response(lot_shape(made), status=status.HTTP_201_CREATED)


class LotDismantlingView(LodestoneView):
    """Taking a lot apart."""

    needs = {"GET": SEE, "POST": CHANGE}

    @extend_schema(
        operation_id="lots_dismantling",
        summary="Read how a lot was taken apart",
        responses={200: DismantlingOut, **READING},
    )
    def get(self, request: Request, reference: str) -> Response:
        lot = Lot.objects.visible_to(self.viewer).get(reference=reference)
        record = Dismantling.objects.get(lot=lot)
        link = lot.children_links.select_related("child").first()
        return Response(dismantling_shape(record, lot, link.child if link else None))

    @extend_schema(
        operation_id="lots_take_apart",
        summary="Record that a held lot was taken apart",
        description="Its freed magnets become a lot of their own; the lot itself stays on record.",
        request=ApartIn,
        responses={201: DismantlingOut, **CHANGING},
    )
    def post(self, request: Request, reference: str) -> Response:
        wanted = self.body(ApartIn)
        submission_id = wanted.pop("submission_id")
        lot = Lot.objects.visible_to(self.viewer).get(reference=reference)
        apart = Apart(**wanted | {"obstacles": frozenset(wanted["obstacles"])})
        done = take_apart(self.viewer, lot.pk, apart, submission_id=submission_id, at=self.now())
        shape = dismantling_shape(done.record, lot, done.magnets)
        return Response(shape, status=status.HTTP_201_CREATED)


class LotLineageView(LodestoneView):
    """A lot's family."""

    needs = {"GET": SEE}

    @extend_schema(
        operation_id="lots_lineage",
        summary="Read what a lot came from and what came of it",
        responses={200: FamilyOut, **READING},
    )
    def get(self, request: Request, reference: str) -> Response:
        family = family_of(self.viewer, reference)
        return Response(
            {
                "lots": [
                    {"reference": lot.reference, "state": lot.state, "magnet_grams": lot.magnet_grams}
                    for lot in family.lots.values()
                ],
                "steps": [
                    {
                        "from_reference": family.lots[link.parent_id].reference,
                        "into_reference": family.lots[link.child_id].reference,
                        "grams": link.grams,
                        "reason": link.reason,
                        "at": instant(link.at),
                    }
                    for link in family.links
                ],
                "balances": [_balance(change) for change in family.changes],
                "hidden_steps": family.hidden,
                "is_cut": family.is_cut,
            }
        )


def _balance(change: Change) -> dict[str, Any]:
    return {
        "reference": change.lot.reference,
        "came_in_grams": change.came_in,
        "into_lots_grams": change.into_lots,
        "residue_grams": change.residue,
        "lost_grams": change.lost,
        "stayed_grams": change.stayed,
    }


def dismantling_shape(record: Dismantling, lot: Lot, magnets: Lot | None) -> dict[str, Any]:
    return {
        "reference": lot.reference,
        "magnets_reference": magnets.reference if magnets else None,
        "maker": record.maker,
        "model": record.model,
        "items": record.items,
        "minutes": record.minutes,
        "freed_grams": record.freed_grams,
        "intact_grams": record.intact_grams,
        "residue_grams": record.residue_grams,
        "loss_grams": record.loss_grams,
        "other_grams": record.other_grams,
        "obstacles": record.obstacles,
        "at": instant(record.at),
    }
