"""High-risk lots that a round of today could still fetch, and having it fetch them."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from collection.actions.fitting_in import fit_in
from collection.api.base import CHANGING, READING, LodestoneView, Shape, instant
from collection.api.pickups import PickupOut, pickup_shape, readable_pickups
from collection.models import Lot, Round
from collection.queries.fitting_in import fittings
from collection.queries.live import instant_of, with_stops
from collection.rules.roles import Permission


class SuggestionOut(Shape):
    """Lots of one place, and where they fit. No other stop becomes late for them."""

    lots = serializers.ListField(child=serializers.CharField(), help_text="Send them back to have them added")
    place = serializers.CharField()
    holder = serializers.CharField()
    arrives_at = serializers.DateTimeField()
    magnet_grams = serializers.IntegerField()
    saved_grams = serializers.IntegerField(help_text="Of these, what would probably leave the country")
    worth_pence = serializers.IntegerField(help_text="What keeping them is worth by the plan's weights")
    cost_pence = serializers.IntegerField(help_text="What the day costs more")


class SuggestionsOut(Shape):
    """Every place the round could go by, the most worth first; none where the round is not of today."""

    suggestions = SuggestionOut(many=True)


class SuggestedIn(Shape):
    """The lots of one suggestion. 409 when the day has moved on and they do not fit any more."""

    lots = serializers.ListField(
        child=serializers.CharField(max_length=16), allow_empty=False, max_length=200
    )


class RoundSuggestionsView(LodestoneView):
    """What a round of today could fetch besides."""

    needs = {
        "GET": frozenset({Permission.PLAN_ROUNDS}),
        "POST": frozenset({Permission.CONFIRM_PLAN}),
    }

    @extend_schema(
        operation_id="rounds_suggestions",
        summary="High-risk lots that this round of today could still fetch",
        responses={200: SuggestionsOut, **READING},
    )
    def get(self, request: Request, reference: str) -> Response:
        found = with_stops(Round.objects.visible_to(self.viewer).filter(reference=reference))
        if not found:
            raise Round.DoesNotExist
        suggestions = [
            {
                "lots": [lot.reference for lot in each.lots],
                "place": each.group.place.place_name,
                "holder": each.group.place.holder_name,
                "arrives_at": instant(instant_of(each.placement.arrives)),
                "magnet_grams": each.group.magnet_grams,
                "saved_grams": each.group.saved_grams,
                "worth_pence": each.worth_pence,
                "cost_pence": each.placement.pence,
            }
            for each in fittings(self.viewer, found[0], self.now())
        ]
        return Response({"suggestions": suggestions})

    @extend_schema(
        operation_id="rounds_add_lots",
        summary="Have this round of today fetch the lots of one suggestion; holder and driver are told",
        request=SuggestedIn,
        responses={201: PickupOut, **CHANGING},
    )
    def post(self, request: Request, reference: str) -> Response:
        wanted = set(self.body(SuggestedIn)["lots"])
        chosen = Round.objects.visible_to(self.viewer).get(reference=reference)
        lots = dict(
            Lot.objects.visible_to(self.viewer).filter(reference__in=wanted).values_list("reference", "pk")
        )
        if unknown := sorted(wanted - lots.keys()):
            words = f"You see no lot {', '.join(unknown)}. Take the lots of one suggestion as it was given."
            raise serializers.ValidationError({"lots": words})
        pickup = fit_in(self.viewer, chosen.pk, frozenset(lots.values()), at=self.now())
        shape = pickup_shape(readable_pickups(self.viewer).get(pk=pickup.pk))
        return Response(shape, status=status.HTTP_201_CREATED)
