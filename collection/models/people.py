"""People, the organisations they act for, and the keys their software uses."""

import uuid

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models

from collection.rules.roles import OrganisationKind, Role
from collection.rules.waste_codes import SIC_CODE


class UserManager(BaseUserManager["User"]):
    """Creates people by e-mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: object) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: object) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in with an e-mail address."""

    email = models.EmailField("email address", unique=True)
    name = models.CharField("full name", max_length=120)
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    def __str__(self) -> str:
        return self.name or self.email

    def get_short_name(self) -> str:
        return self.name or self.email


class HolderKind(models.TextChoices):
    """What kind of holder a collector is, as the export-risk model and the history layout name them."""

    SCRAPYARD = "scrapyard", "Scrapyard"
    SHREDDER = "shredder", "Shredder"
    ELV_ATF = "elv_atf", "Vehicle dismantler (ATF)"
    WEEE_PLANT = "weee_plant", "WEEE treatment plant (AATF)"
    ITAD = "itad", "IT asset disposal"
    WIND_DECOM = "wind_decom", "Wind turbine dismantler"
    DEFENCE = "defence", "Defence disposal"
    MANUFACTURER = "manufacturer", "Manufacturer"
    TRADER = "trader", "Trader or broker"


class Nation(models.TextChoices):
    """Nations whose regulators and waste rules differ. Values are the names the reference tables use."""

    ENGLAND = "England", "England"
    WALES = "Wales", "Wales"
    SCOTLAND = "Scotland", "Scotland"
    NORTHERN_IRELAND = "Northern Ireland", "Northern Ireland"


class Organisation(models.Model):
    """A firm or body that holds, moves, receives or oversees magnet waste."""

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=160)
    kind = models.CharField(max_length=12, choices=[(k.value, k.value.title()) for k in OrganisationKind])
    holder_kind = models.CharField(max_length=16, choices=HolderKind.choices, blank=True)
    nation = models.CharField(
        max_length=20,
        choices=Nation.choices,
        blank=True,
        help_text="For a regulator: the nation it is limited to. Empty means the whole United Kingdom.",
    )
    carrier_registration = models.CharField(max_length=40, blank=True)
    carrier_registration_expires_on = models.DateField(null=True, blank=True)
    sic_code = models.CharField(
        "SIC 2007 code", max_length=5, blank=True, help_text="Five digits: what the business does"
    )
    is_defence_cleared = models.BooleanField(default=False)
    is_demonstration = models.BooleanField(default=False)
    calendar_token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=[k.value for k in OrganisationKind]),
                name="organisation_kind_known",
            ),
            models.CheckConstraint(
                condition=models.Q(sic_code="") | models.Q(sic_code__regex=SIC_CODE),
                name="organisation_sic_code_five_digits",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """One role of one person in one organisation."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=[(r.value, r.value.replace("_", " ")) for r in Role])
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["user", "organisation", "role"], name="membership_once_per_role"),
            models.CheckConstraint(
                condition=models.Q(role__in=[r.value for r in Role]), name="membership_role_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} of {self.organisation_id}"


class ApiToken(models.Model):
    """A key for software. Only a digest is kept; the key itself is shown once."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="api_tokens")
    label = models.CharField(max_length=80)
    prefix = models.CharField(max_length=8)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    last_used_on = models.DateField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.label} ({self.prefix}…)"
