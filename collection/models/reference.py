"""Reference tables: what products hold, what elements cost, where postcodes are. Loaded, never typed in.

Tables whose numbers change estimates are versioned: a changed coefficient is a new row, and whatever used
the old one keeps it.
"""

from django.db import models

from collection.models.people import User


class DatasetLoad(models.Model):
    """One loading of one shipped file: its checksum is how a second run knows nothing changed."""

    dataset = models.CharField(max_length=60, unique=True)
    checksum = models.CharField(max_length=64)
    rows = models.PositiveIntegerField()
    loaded_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.dataset


class Region(models.Model):
    """An ITL1 region; the small id is what the ledger and the report cells carry."""

    id = models.PositiveSmallIntegerField(primary_key=True)
    itl1_code = models.CharField(max_length=3, unique=True)
    name = models.CharField(max_length=60)
    nation = models.CharField(max_length=20)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name


class UnitBasis(models.TextChoices):
    PER_ITEM = "per_item", "Per item"
    PER_MW = "per_MW", "Per MW of nameplate"
    PER_TONNE = "per_tonne_of_item", "Per tonne of the item"


class ProductType(models.Model):
    """A kind of end-of-life product that may hold magnets."""

    code = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=160)
    sector = models.CharField(max_length=30)
    unit_basis = models.CharField(max_length=20, choices=UnitBasis.choices)
    magnet_family = models.CharField(max_length=20)
    typical_form = models.CharField(max_length=40, blank=True)
    accessibility = models.PositiveSmallIntegerField(default=3)
    service_life_years = models.PositiveSmallIntegerField(default=0)
    is_defence_controlled = models.BooleanField(default=False)
    holds_battery = models.BooleanField(default=False, help_text="Usually handed in with its battery in it")
    ewc_code = models.CharField(max_length=9, blank=True)
    preferred_route = models.CharField(max_length=40, blank=True)
    is_current = models.BooleanField(default=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class ProductSynonym(models.Model):
    """What a yard calls a product."""

    product = models.ForeignKey(ProductType, on_delete=models.CASCADE, related_name="synonyms")
    term = models.CharField(max_length=80)

    class Meta:
        ordering = ["term"]
        constraints = [models.UniqueConstraint(fields=["product", "term"], name="synonym_once_per_product")]

    def __str__(self) -> str:
        return self.term


class ProductCoefficient(models.Model):
    """One version of how much magnet a unit of a product holds (kg per unit basis).

    `checksum` is that of the published row it stands on: a version refitted to evidence keeps its base's, so
    that loading the same tables again leaves it in force. `entered_by` is empty for shipped rows.
    """

    product = models.ForeignKey(ProductType, on_delete=models.CASCADE, related_name="coefficients")
    version = models.PositiveSmallIntegerField()
    grade_code = models.CharField(max_length=40)
    magnet_kg_low = models.DecimalField(max_digits=12, decimal_places=6)
    magnet_kg_central = models.DecimalField(max_digits=12, decimal_places=6)
    magnet_kg_high = models.DecimalField(max_digits=12, decimal_places=6)
    prevalence_central = models.DecimalField(max_digits=6, decimal_places=4)
    basis = models.CharField(max_length=20)
    confidence = models.CharField(max_length=10)
    source = models.TextField()
    source_url = models.TextField(blank=True)
    year = models.CharField(max_length=10, blank=True)
    notes = models.TextField(blank=True)
    checksum = models.CharField(max_length=64)
    from_at = models.DateTimeField()
    is_current = models.BooleanField(default=True)
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["product_id", "version"]
        constraints = [
            models.UniqueConstraint(fields=["product", "version"], name="coefficient_version_once"),
            models.UniqueConstraint(
                fields=["product"], condition=models.Q(is_current=True), name="one_current_coefficient"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    magnet_kg_low__lte=models.F("magnet_kg_central"),
                    magnet_kg_central__lte=models.F("magnet_kg_high"),
                ),
                name="coefficient_low_central_high",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product_id} v{self.version}"


class CoefficientRefit(models.Model):
    """That a coefficient was refitted to evidence: from which published version, on how many lots, by whom.

    `weight` is how much the evidence counted against the published figure, `bias` the typical truth over
    the published estimate, less one.
    """

    coefficient = models.OneToOneField(ProductCoefficient, on_delete=models.PROTECT, related_name="refit")
    base = models.ForeignKey(ProductCoefficient, on_delete=models.PROTECT, related_name="refits")
    lots = models.PositiveIntegerField()
    weight = models.FloatField()
    bias = models.FloatField()
    reason = models.CharField(max_length=300)
    activated_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    activated_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.coefficient} on {self.lots} lots"


class VersionedRow(models.Model):
    """A row of a reference table kept whole as JSON, one version after another.

    Rows that people entered (`is_entered`) stay when shipped tables are loaded again. `table` is the file's
    name (magnet_grades, element_prices, process_routes), `code` the row's key.
    """

    table = models.CharField(max_length=40)
    code = models.CharField(max_length=120)
    version = models.PositiveSmallIntegerField()
    data = models.JSONField()
    checksum = models.CharField(max_length=64)
    from_at = models.DateTimeField()
    is_current = models.BooleanField(default=True)
    is_entered = models.BooleanField(default=False)
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["table", "code", "version"]
        constraints = [
            models.UniqueConstraint(fields=["table", "code", "version"], name="row_version_once"),
            models.UniqueConstraint(
                fields=["table", "code"], condition=models.Q(is_current=True), name="one_current_row"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.table} {self.code} v{self.version}"


class Outcode(models.Model):
    """The first half of a postcode with its point; `precision_km` is how far off a real address may be."""

    code = models.CharField(max_length=4, primary_key=True)
    lat = models.FloatField()
    lon = models.FloatField()
    place = models.CharField(max_length=80, blank=True)
    nation = models.CharField(max_length=20)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, null=True)
    precision_km = models.FloatField()
    kind = models.CharField(max_length=16)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code


class Port(models.Model):
    """A port through which scrap may leave."""

    code = models.CharField(max_length=12, unique=True)
    name = models.CharField(max_length=80)
    nation = models.CharField(max_length=20)
    lat = models.FloatField()
    lon = models.FloatField()
    is_container = models.BooleanField(default=False)
    is_bulk_scrap = models.BooleanField(default=False)
    is_listed = models.BooleanField(default=False)
    role_confidence = models.CharField(max_length=10, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class WasteCode(models.Model):
    """A List of Waste (EWC) code; six digits without spaces."""

    code = models.CharField(max_length=6, primary_key=True)
    is_hazardous = models.BooleanField()
    entry_type = models.CharField(max_length=40)
    chapter = models.TextField()
    description = models.TextField()

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        spaced = f"{self.code[:2]} {self.code[2:4]} {self.code[4:]}"
        return f"{spaced}*" if self.is_hazardous else spaced


class SupplyClass(models.Model):
    """A NATO supply class: the first four digits of any stock number."""

    code = models.CharField(max_length=4, primary_key=True)
    name = models.CharField(max_length=200)
    group = models.CharField(max_length=4)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class TurbineModel(models.Model):
    """A wind turbine model and whether its generator holds permanent magnets."""

    code = models.CharField(max_length=60, unique=True)
    manufacturer = models.CharField(max_length=60)
    name = models.CharField(max_length=80)
    rated_mw = models.DecimalField(max_digits=6, decimal_places=3)
    drive_train = models.CharField(max_length=40)
    generator = models.CharField(max_length=10)
    has_magnets = models.BooleanField()
    product = models.ForeignKey(ProductType, on_delete=models.SET_NULL, null=True, blank=True)

    class Meta:
        ordering = ["manufacturer", "name"]

    def __str__(self) -> str:
        return f"{self.manufacturer} {self.name}"
