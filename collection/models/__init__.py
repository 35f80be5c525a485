"""The register's tables, a file per noun."""

from collection.models.custody import CustodyEntry
from collection.models.dealer_records import DealerRecord
from collection.models.disassembly import Dismantling
from collection.models.documents import LotDraft, LotPhoto
from collection.models.events import Event
from collection.models.hold_points import HoldPointRecord
from collection.models.jobs import AssessmentDue, Heartbeat, JobState, LeasedJob, Notification
from collection.models.labels import LotLabel
from collection.models.look_alikes import LookAlike
from collection.models.lots import Condition, Estimate, Intent, Lineage, Lot, ReferenceSequence, Unit
from collection.models.offers import ExportBid, Offer, SiteEvent
from collection.models.offline import ReservedReference
from collection.models.papers import LotPaper, PaperKind
from collection.models.people import ApiToken, HolderKind, Membership, Nation, Organisation, User
from collection.models.pickups import (
    Departure,
    DestinationClass,
    FailureReason,
    HolderAnswer,
    Pickup,
    PickupLot,
    PickupState,
    ProcessingRecord,
    Receipt,
)
from collection.models.places import Facility, LookedUpAddress, PointPrecision, Site
from collection.models.reads import LotRead
from collection.models.reference import (
    CoefficientRefit,
    DatasetLoad,
    Outcode,
    Port,
    ProductCoefficient,
    ProductSynonym,
    ProductType,
    Region,
    SupplyClass,
    TurbineModel,
    UnitBasis,
    VersionedRow,
    WasteCode,
)
from collection.models.risk import (
    Band,
    BandChange,
    Flag,
    FrozenLayout,
    RiskModelVersion,
    RiskThresholds,
    Score,
)
from collection.models.risk_watch import RiskMonth, RiskOverride
from collection.models.rounds import Plan, RegularRound, Round, RoundState, Vehicle, VehicleProfile
from collection.models.service_times import ServiceTimes
from collection.models.source_details import SourceDetails
from collection.models.sources import SECTOR_IDS, SECTOR_NAMES, Source, SourceKind
from collection.models.templates import LotTemplate
from collection.models.unloadings import Unloading
from collection.models.waste_details import WasteDetails
from collection.models.watched import Arrival, WatchedSource, WatchState
from collection.models.weights import WeightMethod, WeightReading

__all__ = [
    "SECTOR_IDS",
    "SECTOR_NAMES",
    "ApiToken",
    "Arrival",
    "AssessmentDue",
    "Band",
    "BandChange",
    "CoefficientRefit",
    "Condition",
    "CustodyEntry",
    "DatasetLoad",
    "DealerRecord",
    "Departure",
    "DestinationClass",
    "Dismantling",
    "Estimate",
    "Event",
    "ExportBid",
    "Facility",
    "FailureReason",
    "Flag",
    "FrozenLayout",
    "Heartbeat",
    "HoldPointRecord",
    "HolderAnswer",
    "HolderKind",
    "Intent",
    "JobState",
    "LeasedJob",
    "Lineage",
    "LookAlike",
    "LookedUpAddress",
    "Lot",
    "LotDraft",
    "LotLabel",
    "LotPaper",
    "LotPhoto",
    "LotRead",
    "LotTemplate",
    "Membership",
    "Nation",
    "Notification",
    "Offer",
    "Organisation",
    "Outcode",
    "PaperKind",
    "Pickup",
    "PickupLot",
    "PickupState",
    "Plan",
    "PointPrecision",
    "Port",
    "ProcessingRecord",
    "ProductCoefficient",
    "ProductSynonym",
    "ProductType",
    "Receipt",
    "ReferenceSequence",
    "Region",
    "RegularRound",
    "ReservedReference",
    "RiskModelVersion",
    "RiskMonth",
    "RiskOverride",
    "RiskThresholds",
    "Round",
    "RoundState",
    "Score",
    "ServiceTimes",
    "Site",
    "SiteEvent",
    "Source",
    "SourceDetails",
    "SourceKind",
    "SupplyClass",
    "TurbineModel",
    "Unit",
    "UnitBasis",
    "Unloading",
    "User",
    "Vehicle",
    "VehicleProfile",
    "VersionedRow",
    "WasteCode",
    "WasteDetails",
    "WatchState",
    "WatchedSource",
    "WeightMethod",
    "WeightReading",
]
