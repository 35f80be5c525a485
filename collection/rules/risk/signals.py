"""The named signals a score adds up: how each is read from a `FeatureTable`, and who controls it.

`control` says whose word a signal is: "system" (computed here), "third party", "inspected" or "holder". A
holder's own word may raise a score but hardly lower it; `floor` holds that bound, in points. `market` marks a
signal that is the same for most lots on a day, so that a thousand rows of one day are one observation of it.
`by_ratio` marks a weight, where from 10 to 20 kg is as far as from 1 to 2 tonnes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from collection.rules.risk.features import Category, FeatureTable, Floats

Settings = Mapping[str, Any]
Reader = Callable[[FeatureTable, Settings], Floats | Category]

DEFAULT_SETTINGS: dict[str, Any] = {
    "holder_strength": 6.0,
    "export_share": 0.35,
    "pickup_share": 0.45,
    "export_share_by_type": {},
    "pickup_share_by_type": {},
}


@dataclass(frozen=True, slots=True)
class Signal:
    """One named reason. `words` is what a yard owner reads beside its points."""

    name: str
    words: str
    unit: str
    columns: tuple[str, ...]
    control: str
    read: Reader
    market: bool = False
    floor: float | None = None
    is_group: bool = False
    by_ratio: bool = False


def _number(name: str) -> Reader:
    return lambda table, settings: table.number(name)


def _word(name: str) -> Reader:
    return lambda table, settings: table.word(name)


def _flag(name: str) -> Reader:
    def read(table: FeatureTable, settings: Settings) -> Category:
        values = table.number(name)
        known = ~(np.isnan(values) | (values < 0))
        return Category(np.where(known, values > 0, -1).astype(np.int64), ("no", "yes"))

    return read


def _quotient(above: Floats, below: Floats) -> Floats:
    safe = np.where(below > 0, below, np.nan)
    return above / safe


def _price_gap(table: FeatureTable, settings: Settings) -> Floats:
    return _quotient(table.number("export_bid_gbp_kg"), table.number("domestic_price_gbp_kg")) - 1.0


def _fill(table: FeatureTable, settings: Settings) -> Floats:
    return _quotient(table.number("site_pile_t"), table.number("site_load_t"))


def _dispatch_due(table: FeatureTable, settings: Settings) -> Floats:
    """Weeks since the last dispatch over the site's own usual interval; 1 means due now."""
    dispatches = table.number("dispatches_13w")
    return table.number("weeks_since_dispatch") * np.where(dispatches > 0, dispatches, np.nan) / 13.0


def _own_load(table: FeatureTable, settings: Settings) -> Floats:
    """Gross mass in kg, but only away from traders, who consolidate small lots."""
    return np.where(table.word("holder_type").is_level("trader"), np.nan, table.number("gross_kg"))


def _trader_load(table: FeatureTable, settings: Settings) -> Floats:
    """Gross mass in kg at traders alone."""
    return np.where(table.word("holder_type").is_level("trader"), table.number("gross_kg"), np.nan)


def _heavy_share(table: FeatureTable, settings: Settings) -> Floats:
    return _quotient(table.number("dy_kg"), table.number("re_kg"))


def _logit(share: Floats) -> Floats:
    return np.log(share) - np.log1p(-share)


def _past_share(count: str, kind: str) -> Reader:
    """A holder's past share of one end against its type's, shrunk to that type: difference in logits."""

    def read(table: FeatureTable, settings: Settings) -> Floats:
        closed = np.nan_to_num(table.number("holder_closed_n"))
        shift = _logit(_shrunk_share(table, settings, count, kind)) - _logit(_usual(table, settings, kind))
        return np.where(closed > 0, shift, np.nan)

    return read


def _usual(table: FeatureTable, settings: Settings, kind: str) -> Floats:
    """The usual share of one end among holders of each lot's kind."""
    types = table.word("holder_type")
    by_type, overall = settings[f"{kind}_share_by_type"], settings[f"{kind}_share"]
    return np.array([by_type.get(level, overall) for level in types.levels] + [overall])[types.codes]


def _shrunk_share(table: FeatureTable, settings: Settings, count: str, kind: str) -> Floats:
    """A holder's share of one end, pulled to its kind while few of its lots have ended."""
    closed = np.nan_to_num(table.number("holder_closed_n"))
    ended = np.minimum(np.nan_to_num(table.number(count)), closed)
    strength = settings["holder_strength"]
    return np.asarray((ended + strength * _usual(table, settings, kind)) / (closed + strength))


def _holder_trend(table: FeatureTable, settings: Settings) -> Floats:
    """The holder's last half-year against its own whole record, both shrunk: difference in logits."""
    own = _shrunk_share(table, settings, "holder_export_n", "export")
    recent = np.nan_to_num(table.number("holder_recent_n"))
    exported = np.minimum(np.nan_to_num(table.number("holder_recent_export_n")), recent)
    strength = settings["holder_strength"]
    shift = _logit((exported + strength * own) / (recent + strength)) - _logit(own)
    return np.where(recent > 0, shift, np.nan)


SIGNALS: tuple[Signal, ...] = (
    Signal("status", "Offer or pickup in hand", "", ("status",), "system", _word("status")),
    Signal("contract", "Supply contract", "", ("contract",), "third party", _word("contract")),
    Signal(
        "hold",
        "Hold placed on the lot",
        "days left",
        ("hold_days_left",),
        "third party",
        _number("hold_days_left"),
    ),
    Signal("defence", "Defence property", "", ("defence_owner",), "third party", _flag("defence_owner")),
    Signal("public", "Public property", "", ("public_owner",), "third party", _flag("public_owner")),
    Signal("holder_type", "Kind of holder", "", ("holder_type",), "system", _word("holder_type")),
    Signal(
        "holder_exports",
        "Holder's past exports against its kind",
        "logits",
        ("holder_closed_n", "holder_export_n", "holder_type"),
        "system",
        _past_share("holder_export_n", "export"),
    ),
    Signal(
        "holder_trend",
        "Holder's last half-year against its own past",
        "logits",
        ("holder_recent_n", "holder_recent_export_n", "holder_closed_n", "holder_export_n", "holder_type"),
        "system",
        _holder_trend,
    ),
    Signal(
        "holder_pickups",
        "Holder's past domestic deliveries against its kind",
        "logits",
        ("holder_closed_n", "holder_pickup_n", "holder_type"),
        "system",
        _past_share("holder_pickup_n", "pickup"),
    ),
    Signal(
        "price_gap",
        "Export bid against the domestic price",
        "share",
        ("export_bid_gbp_kg", "domestic_price_gbp_kg"),
        "third party",
        _price_gap,
    ),
    Signal(
        "ndpr_change",
        "NdPr price over four weeks",
        "share",
        ("ndpr_change_4w",),
        "system",
        _number("ndpr_change_4w"),
        market=True,
    ),
    Signal("form", "Form of the material", "", ("form",), "inspected", _word("form")),
    Signal(
        "fill",
        "Site's pile against its usual load",
        "share",
        ("site_pile_t", "site_load_t"),
        "third party",
        _fill,
    ),
    Signal(
        "own_load",
        "Lot's own weight towards a load",
        "kg",
        ("gross_kg", "holder_type"),
        "third party",
        _own_load,
        by_ratio=True,
    ),
    Signal(
        "trader_load",
        "Lot's own weight at a trader",
        "kg",
        ("gross_kg", "holder_type"),
        "third party",
        _trader_load,
        by_ratio=True,
    ),
    Signal(
        "dispatches",
        "Dispatches from the site in 13 weeks",
        "count",
        ("dispatches_13w",),
        "third party",
        _number("dispatches_13w"),
    ),
    Signal(
        "dispatch_due",
        "Time since the last dispatch against the usual interval",
        "intervals",
        ("weeks_since_dispatch", "dispatches_13w"),
        "third party",
        _dispatch_due,
    ),
    Signal(
        "port", "Distance to a container port", "km", ("dist_port_km",), "system", _number("dist_port_km")
    ),
    Signal(
        "bulk_dock",
        "Distance to a bulk scrap dock",
        "km",
        ("dist_bulk_dock_km",),
        "system",
        _number("dist_bulk_dock_km"),
    ),
    Signal(
        "recycler",
        "Distance to a suitable plant",
        "km",
        ("dist_recycler_km",),
        "system",
        _number("dist_recycler_km"),
    ),
    Signal(
        "days_in_stock",
        "Days in stock",
        "days",
        ("days_in_stock",),
        "holder",
        _number("days_in_stock"),
        floor=-6.0,
    ),
    Signal(
        "days_logged",
        "Days on the register",
        "days",
        ("days_since_logged",),
        "system",
        _number("days_since_logged"),
    ),
    Signal(
        "offer_age",
        "Weeks since the last domestic offer",
        "weeks",
        ("weeks_since_offer",),
        "system",
        _number("weeks_since_offer"),
    ),
    Signal("heavy", "Dysprosium and terbium share", "share", ("dy_kg", "re_kg"), "inspected", _heavy_share),
    Signal("chemistry", "Magnet family", "", ("chemistry",), "inspected", _word("chemistry")),
    Signal("hazard", "Hazard class", "", ("hazard_class",), "system", _word("hazard_class")),
    Signal(
        "season",
        "Days to the quarter's end",
        "days",
        ("days_to_quarter_end",),
        "system",
        _number("days_to_quarter_end"),
        market=True,
    ),
    Signal(
        "broker",
        "Broker or foreign buyer on site in 8 weeks",
        "visits",
        ("broker_visits_8w",),
        "third party",
        _number("broker_visits_8w"),
    ),
    Signal(
        "intent",
        "What the holder declares",
        "",
        ("declared_intent",),
        "holder",
        _word("declared_intent"),
        floor=-6.0,
    ),
    Signal(
        "backlog",
        "Work waiting at the plant",
        "weeks",
        ("recycler_backlog_wk",),
        "system",
        _number("recycler_backlog_wk"),
        market=True,
    ),
    Signal(
        "compliance", "Compliance band", "", ("compliance_band",), "third party", _word("compliance_band")
    ),
    Signal(
        "licence",
        "Export licensing rule",
        "",
        ("licence_in_force",),
        "system",
        _flag("licence_in_force"),
        market=True,
    ),
    Signal(
        "holder",
        "This holder's own record beyond its kind",
        "",
        ("holder",),
        "system",
        _word("holder"),
        is_group=True,
    ),
    Signal(
        "site",
        "This site's own record beyond its holder",
        "",
        ("site",),
        "system",
        _word("site"),
        is_group=True,
    ),
)

SIGNAL_BY_NAME: dict[str, Signal] = {signal.name: signal for signal in SIGNALS}
