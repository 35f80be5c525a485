"""Roll-ups of the custody ledger: monthly cells, and the mark up to which entries are folded into them."""

from django.db import models


class Cell(models.Model):
    """What moved between two places in one month, of one sector and product.

    Zero stands for "none" in the dimensions, so that one row is one combination on every database. Element
    columns are micrograms (grams × parts per million): exact sums of whole numbers.
    """

    month = models.DateField(help_text="First day of the month")
    from_place = models.PositiveSmallIntegerField()
    to_place = models.PositiveSmallIntegerField()
    sector_id = models.PositiveSmallIntegerField()
    product_id = models.PositiveBigIntegerField(default=0)
    entries = models.PositiveBigIntegerField()
    grams = models.PositiveBigIntegerField()
    nd_micrograms = models.BigIntegerField()
    pr_micrograms = models.BigIntegerField()
    dy_micrograms = models.BigIntegerField()
    tb_micrograms = models.BigIntegerField()
    sm_micrograms = models.BigIntegerField()
    shared_sd_grams = models.PositiveBigIntegerField()
    own_variance = models.FloatField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.from_place}→{self.to_place}: {self.grams} g"


class MonthCell(Cell):
    """Cells by region, holder and receiver too: what reports of one holder, or by holder, are made of."""

    region_id = models.PositiveSmallIntegerField(default=0)
    holder_id = models.PositiveBigIntegerField()
    receiver_id = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "month",
                    "from_place",
                    "to_place",
                    "region_id",
                    "sector_id",
                    "product_id",
                    "holder_id",
                    "receiver_id",
                ],
                name="month_cell_once",
            )
        ]
        indexes = [
            models.Index(fields=["holder_id", "month"], name="month_cell_holder"),
            models.Index(
                fields=["receiver_id", "month"],
                condition=models.Q(receiver_id__gt=0),
                name="month_cell_receiver",
            ),
        ]


class WideCell(Cell):
    """Cells of all holders and receivers together, for reports that name neither."""

    region_id = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["month", "from_place", "to_place", "region_id", "sector_id", "product_id"],
                name="wide_cell_once",
            )
        ]


class CountryCell(Cell):
    """Cells of all regions together too: few whatever the register's size, for reports of the whole country."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["month", "from_place", "to_place", "sector_id", "product_id"],
                name="country_cell_once",
            )
        ]


class FoldMark(models.Model):
    """Entries up to this id are in the cells; those after it are the tail, read from the ledger itself."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    last_entry_id = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_fold_mark")]

    def __str__(self) -> str:
        return f"folded up to {self.last_entry_id}"


class DefenceBlock(models.Model):
    """Days of which the defence lots together may be told to viewers without clearance; decided once.

    Blocks follow one another and never overlap. What is recorded later of a day in a block is not told.
    """

    first_day = models.DateField(unique=True)
    until_day = models.DateField(unique=True, help_text="The first day after it")
    lots = models.PositiveIntegerField()
    holders = models.PositiveIntegerField()
    told_at = models.DateTimeField()

    class Meta:
        ordering = ["first_day"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(first_day__lt=models.F("until_day")), name="defence_block_has_days"
            )
        ]

    def __str__(self) -> str:
        return f"{self.first_day} until {self.until_day}"


class DefenceFlow(models.Model):
    """What moved between two places in a block: all products together, and no elements."""

    block = models.ForeignKey(DefenceBlock, on_delete=models.CASCADE, related_name="flows")
    from_place = models.PositiveSmallIntegerField()
    to_place = models.PositiveSmallIntegerField()
    entries = models.PositiveBigIntegerField()
    grams = models.PositiveBigIntegerField()
    shared_sd_grams = models.PositiveBigIntegerField()
    own_variance = models.FloatField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["block", "from_place", "to_place"], name="defence_flow_once")
        ]

    def __str__(self) -> str:
        return f"{self.from_place}→{self.to_place}: {self.grams} g"
