"""A second kind of synthetic history, written from docs/history-layout.md alone and unlike tests/rules/risk/worlds.

Every lot has a monthly-changing appetite of its holder, an owner's price and a queue at its site; what leaves is drawn
day by day in weekly steps. `Odd` says which assumptions of an additive model are broken. A price shock and a licensing
rule always fall after the cut. `build` writes the folder and returns what really happened.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from collection.rules.risk.columnar import day_number, iso_date
from collection.rules.risk.features import Floats

FIRST = day_number(date(2022, 1, 3).isoformat())
WEEKS, CUT = 182, 112
KINDS = np.array(
    [
        "scrapyard",
        "shredder",
        "elv_atf",
        "weee_plant",
        "itad",
        "wind_decom",
        "defence",
        "manufacturer",
        "trader",
    ]
)
KIND_EFFECT = np.array([0.3, 0.5, 0.2, -0.3, -0.1, -0.5, -0.8, 0.0, 0.9])
SHAPES = np.array(
    ["separated", "assembly", "rotor_motor", "hdd", "generator", "shredder_fines", "swarf", "mixed_weee"]
)
SHAPE_EFFECT = np.array([0.5, 0.1, 0.2, -0.2, -0.6, 0.6, 0.1, -0.3])


@dataclass(frozen=True)
class Odd:
    """What is unusual. Effects are in logits of the weekly chance of export."""

    name: str
    seed: int = 1
    lots: int = 20_000
    holders: int = 260
    sites_each: float = 1.6
    level: float = -4.9
    holder_sd: float = 0.6
    site_sd: float = 0.3
    regime: float = 0.0
    crossed: float = 0.0
    bumps: float = 0.0
    tail: float = 1.3
    mass_matters: float = 0.0
    loads: float = 1.2
    market_sd: float = 0.0
    trend: float = 0.0
    shock: float = 0.5
    shock_week: int = 128
    rule: float = -0.6
    rule_week: int = 150
    unseen: float = 0.05
    slow: float = 0.2
    lying: float = 0.0
    review_weeks: int = 4
    without: tuple[str, ...] = ()
    blank: float = 0.03


ODD = (
    Odd("plain"),
    Odd("bumps and crossings", 2, crossed=1.4, bumps=0.9),
    Odd("holders change their ways", 3, regime=1.2, holder_sd=0.3),
    Odd("heavy tail", 4, tail=2.3, mass_matters=0.35),
    Odd("a dozen holders", 5, holders=12, sites_each=3.0, holder_sd=0.9),
    Odd("thousands of small holders", 6, holders=5_000, sites_each=1.0, holder_sd=1.0, site_sd=0.0),
    Odd("all by the load", 7, loads=3.2, level=-5.4),
    Odd("restless market", 8, market_sd=0.35, trend=0.8, rule=-1.0),
    Odd("falling", 9, trend=-0.9, lying=0.5, slow=0.35),
    Odd("files missing", 10, without=("snapshots", "market", "site_events")),
    Odd("lots and events only", 11, without=("snapshots", "market", "site_events", "sites")),
)


@dataclass(frozen=True)
class End:
    """What really became of each lot: kind ("" while open) and day."""

    lot_ids: np.ndarray
    kind: np.ndarray
    day: Floats


def build(odd: Odd, folder: Path) -> End:
    return _World(odd).run(folder)


def sized(odd: Odd, lots: int, seed: int) -> Odd:
    return replace(odd, lots=lots, seed=seed)


class _World:
    def __init__(self, odd: Odd) -> None:
        self.odd, self.r = odd, np.random.default_rng([odd.seed, 77])
        r, n = self.r, odd.lots
        sites = max(odd.holders, round(odd.holders * odd.sites_each))
        self.owner = np.concatenate([np.arange(odd.holders), r.integers(0, odd.holders, sites - odd.holders)])
        kind = r.choice(len(KINDS), odd.holders, p=[0.28, 0.1, 0.14, 0.12, 0.1, 0.04, 0.03, 0.06, 0.13])
        self.holder_effect = r.standard_t(4, odd.holders) * odd.holder_sd
        self.site_effect = r.normal(0, odd.site_sd, sites)
        self.port, self.dock, self.plant = (r.gamma(1.6, scale, sites) for scale in (60, 45, 90))
        self.load = r.choice([10.0, 18.0, 20.0, 26.0], sites)
        self.weekly = self.load / r.uniform(3, 20, sites)
        self.offset = r.uniform(0, 1, sites)
        self.site = r.choice(sites, n, p=r.dirichlet(np.full(sites, 0.8)))
        self.holder = self.owner[self.site]
        self.kind = kind[self.holder]
        self.site_kind = kind[self.owner]
        self.shape = np.minimum(
            (r.random(n)[:, None] > r.dirichlet(np.full(8, 0.6), len(KINDS))[self.kind].cumsum(1)).sum(1), 7
        )
        self.logged = FIRST + np.sort(r.uniform(0, 7 * (WEEKS - 2), n)).astype(int)
        size = r.normal(0, odd.tail, n) + r.normal(0, 0.5, sites)[self.site]
        self.gross = np.round(np.maximum(np.exp(5.0 + size), 0.5), 1)
        self.magnet = self.gross * np.where(self.shape == 0, 0.95, r.beta(2, 12, n) + 0.005)
        self.rare = self.magnet * r.normal(0.3, 0.01, n)
        self.dy = self.rare * np.clip(r.gamma(1.2, 0.04, n), 0, 0.35)
        self.aged = np.round(r.exponential(4, n), 1)
        self.contract = r.choice(3, n, p=[0.8, 0.14, 0.06])
        self.meant = r.choice(4, n, p=[0.3, 0.15, 0.35, 0.2])
        self.band = r.choice(7, n, p=[0.35, 0.2, 0.12, 0.08, 0.05, 0.03, 0.17])
        self.defence = (self.kind == 6) & (r.random(n) < 0.6)
        self.public = r.random(n) < 0.12
        self.hold = np.where(r.random(n) < 0.05, self.logged + r.integers(10, 150, n), np.nan)
        self.own = r.normal(0, 0.3, n)
        self.ask = r.normal(0, 0.15, n)
        self._market()

    def _market(self) -> None:
        odd, r = self.odd, self.r
        step = r.normal(0, 0.025, WEEKS)
        step[odd.shock_week] += odd.shock
        self.ndpr = 55 * np.exp(step.cumsum())
        gap = np.zeros(WEEKS)
        for week in range(1, WEEKS):
            gap[week] = 0.9 * gap[week - 1] + r.normal(0, 0.04)
        gap[odd.shock_week :] += 0.5 * odd.shock * 0.96 ** np.arange(WEEKS - odd.shock_week)
        self.gap = 0.04 + gap
        self.backlog = 5 + np.clip(r.normal(0, 0.8, (WEEKS, 4)).cumsum(0), -4, 12)
        mood = np.zeros(WEEKS)
        for week in range(1, WEEKS):
            mood[week] = 0.9 * mood[week - 1] + r.normal(0, odd.market_sd * 0.44)
        self.mood = mood + odd.trend * (np.arange(WEEKS) - CUT) / 52
        self.rule = np.arange(WEEKS) >= odd.rule_week
        on = r.random((odd.holders, 1)) < 0.4
        flips = r.random((odd.holders, WEEKS)) < 1 / 30
        self.regime = np.where((flips.cumsum(1) % 2 == 1) ^ on, 1.0, -1.0) * odd.regime

    def _logit(self, week: int, at: np.ndarray, gap: Floats, full: Floats) -> Floats:
        odd, site, day = self.odd, self.site[at], FIRST + 7 * week
        held = day - self.logged[at] + 7 * self.aged[at]
        value = (
            odd.level
            + KIND_EFFECT[self.kind[at]]
            + SHAPE_EFFECT[self.shape[at]]
            + self.holder_effect[self.holder[at]]
            + self.site_effect[site]
            + self.own[at]
            + self.regime[self.holder[at], week]
            + np.array([-0.4, 1.1, 0.0, 0.1])[self.meant[at]]
            + np.array([0.0, -0.7, -1.5])[self.contract[at]]
            + 2.2 * np.clip(gap, -0.4, 0.7)
            + 0.4 * np.exp(-self.port[site] / 60)
            - 0.4 * np.exp(-self.plant[site] / 70)
            + 0.06 * (self.backlog[week].mean() - 5)
            - 1.2 * self.defence[at]
            - 1.8 * (self.hold[at] > day)
            + 0.5 * np.tanh((held - 30) / 30)
            + odd.mass_matters * np.log(self.gross[at] / 200).clip(-2, 3)
            + self.mood[week]
            + odd.rule * self.rule[week]
        )
        if odd.bumps:
            value += odd.bumps * (np.sin(held / 25) + np.exp(-(((self.dock[site] - 60) / 20) ** 2)) - 0.5)
            value += odd.bumps * ((self.gross[at] > 300) & (self.gross[at] < 900))
        if odd.crossed:
            wants = self.meant[at] == 1
            value += odd.crossed * (wants & (gap > 0.1)) - odd.crossed * 0.6 * (~wants & (gap > 0.2))
            value += odd.crossed * ((self.kind[at] == 8) & (self.shape[at] < 3)) * (full > 0.6)
        return value

    def run(self, folder: Path) -> End:
        odd, r, n = self.odd, self.r, self.odd.lots
        kind, ended = np.full(n, "", dtype="U8"), np.full(n, np.inf)
        told, known = np.full(n, "", dtype="U8"), np.full(n, np.inf)
        status, offered = np.zeros(n, dtype=int), np.full(n, np.nan)
        bid, home = np.full(n, np.nan), np.full(n, np.nan)
        pile, shipped = self.load * r.random(len(self.load)), np.full(len(self.load), np.nan)
        dispatches, visits = np.zeros((WEEKS, len(pile)), bool), np.zeros((WEEKS, len(pile)), bool)
        events: list[tuple[int, str, float, float]] = [
            (i, "logged", d, d) for i, d in enumerate(self.logged.tolist())
        ]
        snapshots: list[Mapping[str, object]] = []
        for week in range(WEEKS):
            day = FIRST + 7 * week
            full = pile / self.load
            if week and week % odd.review_weeks == 0:
                snapshots.append(
                    self._review(
                        week, told, known, status, offered, bid, home, pile, shipped, dispatches, visits
                    )
                )
            pile += self.weekly * r.gamma(3, 1 / 3, len(pile))
            goes = (full > r.normal(1, 0.1, len(pile))) & (r.random(len(pile)) < 0.8)
            visits[week] = r.random(len(pile)) < 0.015 * np.exp(1.5 * self.gap[week] + self.site_effect)
            dispatches[week] = goes
            at = np.flatnonzero((self.logged <= day) & np.isinf(ended))
            site = self.site[at]
            fresh = r.random(len(at)) < 0.25
            home[at] = np.where(
                fresh | np.isnan(home[at]), 0.1 * self.ndpr[week] * np.exp(self.ask[at] / 3), home[at]
            )
            gap = self.gap[week] + self.ask[at]
            bid[at] = np.where(fresh, home[at] * (1 + gap + r.normal(0, 0.05, len(at))), bid[at])
            score = self._logit(week, at, gap, full[site])
            score += 0.9 * visits[max(0, week - 7) : week + 1].any(0)[site]
            score += np.where(goes[site], odd.loads + r.normal(0, 0.7, len(pile))[site], -0.25 * odd.loads)
            score -= np.array([0.0, 0.6, 3.0])[status[at]]
            left = r.random(len(at)) < 1 / (1 + np.exp(-score))
            fetched = ~left & (status[at] == 2) & (r.random(len(at)) < 0.25)
            gone = ~left & ~fetched & (r.random(len(at)) < 0.002)
            for name, chosen in (("export", left), ("pickup", fetched), ("lost", gone)):
                self._end(name, at[chosen], day, kind, ended, told, known, events)
            pile[goes] *= 0.1
            shipped[goes] = day
            self._court(day, at[np.isinf(ended[at])], status, offered, events)
        self._write(folder, events, snapshots, dispatches, visits)
        return End(np.array([f"LOT{i:07d}" for i in range(n)]), kind, ended)

    def _end(self, name, at, day, kind, ended, told, known, events) -> None:  # type: ignore[no-untyped-def]
        r, size = self.r, len(at)
        kind[at], ended[at] = name, day + r.integers(0, 7, size)
        late = np.where(r.random(size) < self.odd.slow, r.exponential(70, size), r.exponential(8, size))
        known[at] = ended[at] + (0 if name == "pickup" else np.floor(late))
        share = {"export": self.odd.unseen, "lost": 0.25}.get(name, 0.0)
        told[at] = np.where(r.random(size) < share, "unknown", name)
        events += zip(at.tolist(), told[at].tolist(), ended[at].tolist(), known[at].tolist(), strict=True)

    def _court(self, day, at, status, offered, events) -> None:  # type: ignore[no-untyped-def]
        draw, stands = self.r.random(len(at)), status[at]
        near = 0.3 + np.exp(-self.plant[self.site[at]] / 120)
        offer = (stands == 0) & (draw < 0.05 * near * (1 + (self.contract[at] > 0)))
        book = (stands == 1) & (draw < 0.13)
        lapse = (stands == 1) & ~book & (day - offered[at] > 40)
        for name, chosen, after in (("offered", offer, 1), ("booked", book, 2), ("offer_lapsed", lapse, 0)):
            events += [(i, name, day + 1.0, day + 1.0) for i in at[chosen].tolist()]
            status[at[chosen]] = after
        offered[at[offer]] = day + 1

    def _review(  # type: ignore[no-untyped-def]
        self, week, told, known, status, offered, bid, home, pile, shipped, dispatches, visits
    ) -> Mapping[str, object]:
        day = FIRST + 7 * week
        at = np.flatnonzero((self.logged < day) & (known >= day))
        site, closed = self.site[at], known < day
        past = [
            np.bincount(self.holder[closed & mask], minlength=self.odd.holders)[self.holder[at]]
            for mask in (told != "unknown", told == "export", told == "pickup")
        ]
        return {
            "lot_id": [f"LOT{i:07d}" for i in at], "snapshot_date": [iso_date(day)] * len(at),
            "status": np.array(["logged", "offered", "booked"])[status[at]],
            "days_since_logged": day - self.logged[at],
            "days_in_stock": np.round(day - self.logged[at] + 7 * self.aged[at]),
            "weeks_since_offer": np.round((day - offered[at]) / 7, 1),
            "export_bid_gbp_kg": np.round(bid[at], 3), "domestic_price_gbp_kg": np.round(home[at], 3),
            "ndpr_gbp_kg": np.full(len(at), round(self.ndpr[week], 2)),
            "ndpr_change_4w": np.full(len(at), round(self.ndpr[week] / self.ndpr[week - 4] - 1, 4)),
            "site_pile_t": np.round(pile[site], 1), "site_load_t": self.load[site],
            "weeks_since_dispatch": np.round((day - shipped[site]) / 7, 1),
            "dispatches_13w": dispatches[max(0, week - 13) : week].sum(0)[site],
            "broker_visits_8w": visits[max(0, week - 8) : week].sum(0)[site],
            "recycler_backlog_wk": np.full(len(at), round(self.backlog[week].mean(), 1)),
            "dist_recycler_km": np.round(self.plant[site], 1), "dist_port_km": np.round(self.port[site], 1),
            "dist_bulk_dock_km": np.round(self.dock[site], 1), "hold_days_left": self.hold[at] - day,
            "holder_closed_n": past[0], "holder_export_n": past[1], "holder_pickup_n": past[2],
            "licence_in_force": np.full(len(at), int(self.rule[week])),
        }  # fmt: skip

    def _write(self, folder: Path, events, snapshots, dispatches, visits) -> None:  # type: ignore[no-untyped-def]
        folder.mkdir(parents=True, exist_ok=True)
        odd, r, n = self.odd, self.r, self.odd.lots
        said = np.array(["retain", "export", "", "undecided"])[self.meant]
        liar = (
            (self.holder_effect[self.holder] > 0.3)
            & (r.random(n) < odd.lying)
            & (self.logged > FIRST + 7 * 80)
        )
        lots = {
            "lot_id": [f"LOT{i:07d}" for i in range(n)], "site_id": [f"s{s}" for s in self.site],
            "holder_id": [f"h{h}" for h in self.holder], "holder_type": KINDS[self.kind],
            "region": np.where(self.port[self.site] < 90, "coast", "inland"), "form": SHAPES[self.shape],
            "chemistry": np.where(r.random(n) < 0.95, "NdFeB", "SmCo"),
            "logged_date": [iso_date(d) for d in self.logged], "weeks_in_stock_at_log": self.aged,
            "gross_kg": self.gross, "magnet_kg_est": np.round(self.magnet, 3), "re_kg_est": np.round(self.rare, 4),
            "dy_kg_est": np.round(self.dy, 5), "hazard_class": np.where(self.shape == 6, "HP3", ""),
            "contract": np.array(["none", "framework", "exclusive"])[self.contract],
            "public_owner": self.public.astype(int), "defence_owner": self.defence.astype(int),
            "hold_until": ["" if np.isnan(d) else iso_date(d) for d in self.hold],
            "declared_intent": np.where(liar, "retain", said),
            "compliance_band": np.array([*"ABCDEF", ""])[self.band],
        }  # fmt: skip
        for name in ("form", "gross_kg", "contract", "declared_intent", "dy_kg_est"):
            lots[name] = np.where(r.random(n) < odd.blank, "", np.asarray(lots[name]).astype(str))
        sites = {
            "site_id": [f"s{s}" for s in range(len(self.owner))], "holder_id": [f"h{h}" for h in self.owner],
            "holder_type": KINDS[self.site_kind], "dist_port_km": np.round(self.port, 1),
            "dist_bulk_dock_km": np.round(self.dock, 1), "dist_recycler_km": np.round(self.plant, 1),
            "usual_load_t": self.load,
        }  # fmt: skip
        market = {
            "week_start": [iso_date(FIRST + 7 * k) for k in range(WEEKS)], "ndpr_gbp_kg": np.round(self.ndpr, 2),
            **{f"backlog_R{k + 1}": np.round(self.backlog[:, k], 1) for k in range(4)},
            "R4_open": np.ones(WEEKS, int), "licence_in_force": self.rule.astype(int),
        }  # fmt: skip
        happened = [
            (f"s{s}", name, iso_date(FIRST + 7 * int(k) + 3))
            for name, grid in (("dispatch", dispatches), ("broker_visit", visits))
            for k, s in zip(*np.nonzero(grid), strict=True)
        ]
        tables: dict[str, tuple[Iterable[str], Iterable[Iterable[object]]]] = {
            "lots": (lots, zip(*lots.values(), strict=True)),
            "events": (
                ("lot_id", "event", "event_date", "recorded_date"),
                ((f"LOT{i:07d}", name, iso_date(d), iso_date(k)) for i, name, d, k in events),
            ),
            "sites": (sites, zip(*sites.values(), strict=True)),
            "market": (market, zip(*market.values(), strict=True)),
            "site_events": (("site_id", "event", "date"), happened),
        }
        if snapshots:
            tables["snapshots"] = (snapshots[0], _cells(snapshots))
        for name, (header, rows) in tables.items():
            if name in odd.without:
                continue
            with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as handle:
                writer = csv.writer(handle)
                writer.writerow(header)
                writer.writerows(rows)


def _cells(snapshots: Iterable[Mapping[str, object]]) -> Iterable[tuple[object, ...]]:
    for snapshot in snapshots:
        columns = []
        for values in snapshot.values():
            column = np.asarray(values)
            cells = column.tolist()
            if column.dtype.kind == "f":
                cells = ["" if cell != cell else cell for cell in cells]
            columns.append(cells)
        yield from zip(*columns, strict=True)


def day_of(week: int) -> date:
    return date.fromisoformat(iso_date(FIRST)) + timedelta(days=7 * week)
