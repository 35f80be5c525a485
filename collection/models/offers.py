"""Who wants a lot at what price: offers of domestic recyclers, bids from abroad, and what was seen at a site."""

from django.db import models
from django.db.models import F, Q

from collection.models.lots import Lot
from collection.models.people import Organisation, User
from collection.models.pickups import DestinationClass
from collection.models.places import Site
from collection.models.scoping import ScopedQuerySet, ViewerManager
from collection.rules.offers import HIGHEST_PENCE, OFFER_WORDS, SITE_EVENT_WORDS, OfferState, SiteEventKind
from collection.rules.roles import OrganisationKind, Role, Viewer


class OfferQuerySet(ScopedQuerySet):
    def visible_to(self, viewer: Viewer) -> "OfferQuerySet":
        """Recyclers see their own offers and nobody else's; everybody else those on lots they may see."""
        if viewer.organisation_kind == OrganisationKind.RECYCLER and not viewer.is_role(Role.PRODUCT_ADMIN):
            return self.filter(organisation_id=viewer.organisation_id)
        return self.filter(lot__in=Lot.objects.visible_to(viewer).order_by().values("pk"))


class Offer(models.Model):
    """A domestic recycler's price for one lot. Its end is written once; the lot's events keep the history."""

    reference = models.CharField(max_length=16, unique=True, editable=False)
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="offers")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="offers")
    pence_per_kg = models.PositiveIntegerField(help_text="GBP pence for a kilogram of the lot as it lies")
    note = models.CharField(max_length=200, blank=True)
    state = models.CharField(
        max_length=10, choices=[(s.value, OFFER_WORDS[s]) for s in OfferState], default=OfferState.OPEN.value
    )
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True, help_text="When it was answered or ran out")
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    answer = models.CharField(max_length=200, blank=True, help_text="What the holder said to it")

    unscoped = models.Manager.from_queryset(OfferQuerySet)()
    objects = ViewerManager(OfferQuerySet)

    class Meta:
        ordering = ["-id"]
        default_manager_name = "unscoped"
        base_manager_name = "unscoped"
        constraints = [
            models.UniqueConstraint(
                fields=["lot", "organisation"], condition=Q(state="open"), name="one_open_offer_each"
            ),
            models.UniqueConstraint(
                fields=["lot"], condition=Q(state="accepted"), name="one_accepted_offer_per_lot"
            ),
            models.CheckConstraint(
                condition=Q(pence_per_kg__gte=1, pence_per_kg__lte=HIGHEST_PENCE), name="offer_price_sane"
            ),
            models.CheckConstraint(condition=Q(expires_at__gt=F("made_at")), name="offer_stands_a_while"),
            models.CheckConstraint(
                condition=Q(state="open", ended_at__isnull=True)
                | (~Q(state="open") & Q(ended_at__isnull=False)),
                name="offer_ended_when_not_open",
            ),
        ]
        indexes = [
            models.Index(fields=["expires_at"], condition=Q(state="open"), name="offer_open_expiry"),
            models.Index(fields=["organisation", "-id"], name="offer_maker_newest"),
        ]

    def __str__(self) -> str:
        return self.reference


class ExportBid(models.Model):
    """What somebody abroad, or a broker for them, was said to pay for a lot. Never changed."""

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="export_bids")
    pence_per_kg = models.PositiveIntegerField(help_text="GBP pence for a kilogram of the lot as it lies")
    bid_on = models.DateField(help_text="The day it was made")
    destination_class = models.CharField(
        max_length=10, choices=DestinationClass.choices, default=DestinationClass.UNKNOWN
    )
    through_broker = models.BooleanField(default=False)
    note = models.CharField(max_length=200, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(pence_per_kg__gte=1, pence_per_kg__lte=HIGHEST_PENCE), name="bid_price_sane"
            ),
            # A form sent twice says the same thing once.
            models.UniqueConstraint(
                fields=["lot", "bid_on", "pence_per_kg", "destination_class"], name="bid_told_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pence_per_kg}p/kg for lot {self.lot_id}"

    @property
    def destination_words(self) -> str:
        """As part of a sentence."""
        is_known = self.destination_class != DestinationClass.UNKNOWN
        return self.get_destination_class_display() if is_known else "destination not known"


class SiteEvent(models.Model):
    """Something seen at a site that says its stock may move: a broker's visit, a load dispatched."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="site_events")
    kind = models.CharField(max_length=14, choices=[(k.value, SITE_EVENT_WORDS[k]) for k in SiteEventKind])
    happened_on = models.DateField()
    note = models.CharField(max_length=200, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-happened_on", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["site", "kind", "happened_on"], name="site_event_once_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.kind} at site {self.site_id} on {self.happened_on}"
