"""Synthetic worlds in the history layout, for tests and benchmarks: what leaves, what stays and what is recorded.

A world runs week by week. Lots arrive at sites; piles grow and ship as loads; bids, prices, backlog and rules move;
recyclers offer, book and collect. The register learns of ends late, and of some not at all. `truth` keeps the real
ends. None of this uses the risk engine, so a model's family can be right or wrong here.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np

START = date(2021, 1, 4)
TYPES = (
    "scrapyard",
    "shredder",
    "elv_atf",
    "weee_plant",
    "itad",
    "wind_decom",
    "defence",
    "manufacturer",
    "trader",
)
TYPE_SHARE = np.array([0.30, 0.09, 0.14, 0.12, 0.09, 0.03, 0.03, 0.06, 0.14])
FORMS = ("separated", "assembly", "rotor_motor", "hdd", "generator", "shredder_fines", "swarf", "mixed_weee")
FORM_POINTS = np.array([0.5, 0.25, 0.3, 0.0, -0.6, 0.45, 0.0, -0.15])
TYPE_POINTS = np.array([0.4, 0.6, 0.35, -0.2, 0.0, -0.4, -0.5, 0.0, 1.1])
REGIONS = ("North West", "Scotland", "Wales", "South East", "West Midlands", "Northern Ireland", "Yorkshire")


@dataclass(frozen=True)
class World:
    """What kind of world to run. Effects are in logits of the weekly chance."""

    name: str
    seed: int
    lots: int = 20_000
    weeks: int = 200
    sites: int = 400
    export_level: float = -4.6
    holder_spread: float = 0.6
    site_spread: float = 0.4
    gap_slope: float = 2.5
    load_jump: float = 2.2
    late_share: float = 0.15
    unknown_of_exports: float = 0.05
    shock_week: int = 0
    shock: float = 0.0
    rule_week: int = 0
    rule_effect: float = 0.0
    drifting: float = 0.0
    thresholds: bool = False
    gaming: float = 0.0
    gaming_from_week: int = 0
    quality: float = 1.0


SMOOTH = World("smooth", 11)
WRONG_FAMILY = World("wrong family", 12, thresholds=True, holder_spread=0.4, gap_slope=0.0, load_jump=2.8)
DRIFT = World(
    "shock and rule",
    13,
    shock_week=135,
    shock=0.35,
    rule_week=155,
    rule_effect=-0.7,
    drifting=0.6,
    late_share=0.25,
)
GAMING = World("gaming", 14, gaming=0.5, gaming_from_week=90, holder_spread=0.8, quality=0.8)
WORLDS = (SMOOTH, WRONG_FAMILY, DRIFT, GAMING)
CUT_WEEK = 116


def sized(world: World, lots: int, seed: int | None = None) -> World:
    return replace(world, lots=lots, sites=max(40, lots // 50), seed=world.seed if seed is None else seed)


def day_of(week: int) -> date:
    return START + timedelta(days=7 * week)


@dataclass
class Truth:
    """What really happened, by lot: kind of end ("" while open) and its day, beside the arrival day."""

    lot_id: np.ndarray
    kind: np.ndarray
    day: np.ndarray
    re_kg: np.ndarray


def build(world: World, folder: Path) -> Truth:
    """Run a world and write its history; the snapshots are monthly."""
    return _Run(world).run(folder)


class _Run:
    def __init__(self, world: World) -> None:
        self.world = world
        self.random = np.random.default_rng(world.seed)
        self._draw_sites()
        self._draw_lots()
        self._draw_market()

    def _draw_sites(self) -> None:
        w, r, n = self.world, self.random, self.world.sites
        self.site_type = r.choice(len(TYPES), n, p=TYPE_SHARE)
        holders = max(20, int(n * 0.7))
        self.site_holder = np.where(r.random(n) < 0.6, np.arange(n) % holders, r.integers(0, holders, n))
        kind_of_holder = r.choice(len(TYPES), holders, p=TYPE_SHARE)
        self.site_type = kind_of_holder[self.site_holder]
        self.holder_effect = r.normal(0, w.holder_spread, holders)
        self.site_effect = r.normal(0, w.site_spread, n)
        self.port = r.gamma(2.0, 45.0, n)
        self.dock = r.gamma(2.0, 40.0, n)
        self.plant = r.gamma(2.0, 80.0, n)
        self.plant_no = r.integers(0, 4, n)
        self.load = r.choice([12.0, 18.0, 20.0, 24.0, 28.0], n)
        self.inflow = self.load / r.gamma(4.0, 2.5, n).clip(2.5)
        self.popular = r.dirichlet(np.full(n, 0.6))
        self.exports_piles = r.random(n) < 1 / (
            1 + np.exp(-(self.site_effect * 2 + TYPE_POINTS[self.site_type]))
        )
        self.region = r.choice(len(REGIONS), n)

    def _draw_lots(self) -> None:
        w, r, n = self.world, self.random, self.world.lots
        self.site = r.choice(w.sites, n, p=self.popular)
        self.holder = self.site_holder[self.site]
        self.type = self.site_type[self.site]
        self.logged_week = np.sort(r.integers(0, w.weeks - 2, n))
        self.logged_day = self.logged_week * 7 + r.integers(0, 7, n)
        usual = r.dirichlet(np.full(len(FORMS), 0.8), len(TYPES))
        pick = r.random(n)[:, None] > usual[self.type].cumsum(axis=1)
        self.form = np.minimum(pick.sum(axis=1), len(FORMS) - 1)
        self.gross = np.exp(r.normal(5.6, 1.5, n))
        self.share = np.clip(r.beta(2, 6, n), 0.01, 0.9)
        self.magnet = self.gross * np.where(self.form == 0, 0.9, self.share * 0.5)
        self.re = self.magnet * 0.3
        self.dy = self.re * np.clip(r.gamma(1.5, 0.04, n), 0, 0.3)
        self.stock_weeks = r.exponential(5, n)
        self.contract = r.choice(3, n, p=[0.78, 0.15, 0.07])
        self.defence = (self.type == 6) & (r.random(n) < 0.7)
        self.public = r.random(n) < 0.1
        self.hold_until = np.where(r.random(n) < 0.06, self.logged_day + r.integers(20, 200, n), -1)
        self.true_intent = r.choice(3, n, p=[0.3, 0.2, 0.5])  # retain, export, none
        self.band = r.choice(6, n, p=[0.4, 0.25, 0.15, 0.1, 0.07, 0.03])
        self.lot_effect = r.normal(0, 0.35, n)
        self.bid_noise = r.normal(0, 0.12, n)

    def _draw_market(self) -> None:
        w, r = self.world, self.random
        steps = r.normal(0, 0.02, w.weeks)
        if w.shock_week:
            steps[w.shock_week] += w.shock
        self.ndpr = 60 * np.exp(np.cumsum(steps) - 0.01 * np.cumsum(np.cumsum(steps)) / 50)
        gap = np.zeros(w.weeks)
        for week in range(1, w.weeks):
            gap[week] = 0.95 * gap[week - 1] + r.normal(0, 0.025)
        self.gap = 0.05 + gap
        if w.shock_week:
            self.gap[w.shock_week :] += w.shock * 0.6 * np.exp(-np.arange(w.weeks - w.shock_week) / 30)
        self.scrap = 100 * np.exp(np.cumsum(r.normal(0, 0.01, w.weeks)))
        waits = np.zeros((w.weeks, 4))
        waits[0] = [4, 6, 8, 5]
        for week in range(1, w.weeks):
            waits[week] = np.clip(waits[week - 1] + r.normal(0, 0.7, 4) + 0.05 * (6 - waits[week - 1]), 0, 30)
        self.waits = waits
        self.rule = np.zeros(w.weeks, dtype=bool)
        if w.rule_week:
            self.rule[w.rule_week :] = True

    def _declared(self) -> np.ndarray:
        w, r = self.world, self.random
        names = np.array(["retain", "export", "", "undecided"])
        said = names[np.where((self.true_intent == 2) & (r.random(w.lots) < 0.5), 3, self.true_intent)]
        if w.gaming:
            liar = (self.holder_effect[self.holder] > 0.3) & (r.random(w.lots) < w.gaming)
            said = np.where(liar & (self.logged_week >= w.gaming_from_week), "retain", said)
        return said

    def _appeal(self, week: int, rows: np.ndarray, bid_gap: np.ndarray, fill: np.ndarray) -> np.ndarray:
        """The part of the export logit that does not come from the site's dispatches."""
        w = self.world
        intent = np.array([-0.3, 0.9, 0.0])[self.true_intent[rows]]
        contract = np.array([0.0, -0.6, -1.6])[self.contract[rows]]
        base = (
            TYPE_POINTS[self.type[rows]] * (1 + w.drifting * (week > CUT_WEEK) * -0.3)
            + FORM_POINTS[self.form[rows]]
            + self.holder_effect[self.holder[rows]]
            + self.lot_effect[rows]
            + contract
            + intent
            - 1.4 * self.defence[rows]
            + 0.4 * (self.port[self.site[rows]] < 60)
            + 0.3 * (self.plant[self.site[rows]] > 200)
            + 0.08 * (self.waits[week, self.plant_no[self.site[rows]]] - 5)
            - 0.5 * (self.gross[rows] < 150) * (self.type[rows] != 8)
            + 0.15 * (self.band[rows] >= 3)
            - 0.25 * (self.stock_weeks[rows] + week - self.logged_week[rows] < 2)
            - 2.0 * (self.hold_until[rows] > week * 7)
            + w.gap_slope * np.clip(bid_gap, -0.3, 0.6)
            + (w.rule_effect if self.rule[week] else 0.0)
        )
        if w.thresholds:
            routes = (
                (bid_gap > 0.08) & (self.dock[self.site[rows]] < 90) & np.isin(self.form[rows], (0, 2, 5))
            )
            stuck = (self.type[rows] == 0) & (fill < 0.4)
            base += 1.6 * routes - 0.9 * stuck + 1.1 * (bid_gap > 0.2) - 0.5 * (bid_gap < 0)
        return base

    def run(self, folder: Path) -> Truth:
        w, r, n = self.world, self.random, self.world.lots
        kind = np.full(n, "", dtype="U8")
        ended = np.full(n, np.inf)
        known = np.full(n, np.inf)
        recorded_kind = kind.copy()
        status = np.zeros(n, dtype=int)
        offered_on = np.full(n, -np.inf)
        pile = r.random(w.sites) * self.load
        last_dispatch = np.full(w.sites, -np.inf)
        dispatched = np.zeros((w.weeks, w.sites), dtype=bool)
        brokers = np.zeros((w.weeks, w.sites), dtype=bool)
        events: list[tuple[int, str, float, float]] = [
            (i, "logged", float(d), float(d)) for i, d in enumerate(self.logged_day)
        ]
        snapshots: list[list[object]] = []
        bids_seen = np.full(n, np.nan)
        for week in range(w.weeks):
            today = week * 7
            if week % 4 == 0 and week:
                snapshots += self._snapshot(
                    week,
                    status,
                    offered_on,
                    known,
                    recorded_kind,
                    pile,
                    last_dispatch,
                    dispatched,
                    brokers,
                    bids_seen,
                )
            rows = np.flatnonzero((self.logged_day <= today) & np.isinf(ended))
            pile += self.inflow * r.gamma(4, 0.25, w.sites)
            brokers[week] = r.random(w.sites) < 0.012 * np.exp(
                2 * np.maximum(self.gap[week], 0) + self.site_effect
            )
            ships = (pile > self.load * r.normal(1.0, 0.08, w.sites)) & (r.random(w.sites) < 0.8)
            dispatched[week] = ships
            if not len(rows):
                pile[ships] *= 0.08
                continue
            site = self.site[rows]
            bid_gap = self.gap[week] + self.bid_noise[rows]
            appeal = self._appeal(week, rows, bid_gap, pile[site] / self.load[site])
            broker = brokers[max(0, week - 7) : week + 1].any(axis=0)[site]
            goes_with_load = ships[site] & self.exports_piles[site] & (self.gross[rows] > 40)
            logit = w.export_level + appeal * w.quality + 0.8 * broker
            logit += np.where(goes_with_load, w.load_jump + 0.6 * r.normal(0, 1, w.sites)[site], -0.35)
            logit -= np.where(status[rows] == 2, 3.5, np.where(status[rows] == 1, 0.5, 0.0))
            leaves = r.random(len(rows)) < 1 / (1 + np.exp(-logit))
            wait = self.waits[week, self.plant_no[site]]
            collected = (status[rows] == 2) & (r.random(len(rows)) < 0.28 / (1 + 0.03 * wait))
            lost = r.random(len(rows)) < 0.0015 * (1 + (week - self.logged_week[rows]) / 26)
            for chosen, name in (
                (leaves, "export"),
                (collected & ~leaves, "pickup"),
                (lost & ~leaves & ~collected, "lost"),
            ):
                for i in rows[chosen]:
                    self._end(
                        i, name, today + int(r.integers(0, 7)), kind, ended, known, recorded_kind, events
                    )
            pile[ships] *= 0.08
            last_dispatch[ships] = today + 3
            still = rows[np.isinf(ended[rows])]
            self._court(week, still, status, offered_on, events)
        self._write(folder, events, snapshots, dispatched, brokers)
        ids = np.array([f"L{i:06d}" for i in range(n)])
        return Truth(ids, kind, ended, self.re)

    def _end(self, i, name, day, kind, ended, known, recorded_kind, events) -> None:  # type: ignore[no-untyped-def]
        r, w = self.random, self.world
        kind[i], ended[i] = name, day
        lag = 0 if name == "pickup" else r.exponential(80) if r.random() < w.late_share else r.exponential(9)
        unknown = w.unknown_of_exports if name == "export" else 0.2 if name == "lost" else 0.0
        recorded_kind[i] = "unknown" if r.random() < unknown else name
        known[i] = day + int(lag)
        events.append((i, recorded_kind[i], float(day), float(known[i])))

    def _court(self, week, rows, status, offered_on, events) -> None:  # type: ignore[no-untyped-def]
        """Recyclers offer, offers lapse, holders book."""
        r, today = self.random, week * 7
        near = np.exp(-self.plant[self.site[rows]] / 200) * (1.6 if week % 52 > 8 else 1.0)
        draw = r.random(len(rows))
        contract = self.contract[rows] > 0
        offer = (status[rows] == 0) & (
            draw < 0.05 * near * (1 + contract) / (1 + 0.05 * self.waits[week].mean())
        )
        book = (status[rows] == 1) & (draw < 0.14)
        lapse = (status[rows] == 1) & ~book & (today - offered_on[rows] > 42)
        for i in rows[offer]:
            events.append((i, "offered", today + 1.0, today + 1.0))
        for i in rows[book]:
            events.append((i, "booked", today + 1.0, today + 1.0))
        for i in rows[lapse]:
            events.append((i, "offer_lapsed", today + 1.0, today + 1.0))
        offered_on[rows[offer]] = today + 1
        status[rows[offer]], status[rows[book]], status[rows[lapse]] = 1, 2, 0

    def _snapshot(  # type: ignore[no-untyped-def]
        self, week, status, offered_on, known, recorded_kind, pile, last, dispatched, brokers, bids
    ) -> list[list[object]]:
        r, today = self.random, week * 7
        rows = np.flatnonzero((self.logged_day < today) & (known >= today))
        site = self.site[rows]
        renewed = r.random(len(rows)) < 0.5
        seen = self.gap[week] + self.bid_noise[rows] + r.normal(0, 0.04, len(rows))
        bids[rows] = np.where(renewed, seen, bids[rows])
        domestic = 0.12 * self.ndpr[week] * (self.magnet / self.gross)[rows]
        closed = known < today
        holders = len(self.holder_effect)
        counts = [
            np.bincount(self.holder[closed & chosen], minlength=holders)[self.holder[rows]]
            for chosen in (recorded_kind != "unknown", recorded_kind == "export", recorded_kind == "pickup")
        ]
        recent = dispatched[max(0, week - 13) : week].sum(axis=0)[site]
        visits = brokers[max(0, week - 8) : week].sum(axis=0)[site]
        change = self.ndpr[week] / self.ndpr[week - 4] - 1
        since = (today - last[site]) / 7
        offer_weeks = (today - offered_on[rows]) / 7
        hold = np.where(self.hold_until[rows] >= 0, self.hold_until[rows] - today, np.nan)
        columns = {
            "lot_id": [f"L{i:06d}" for i in rows],
            "snapshot_date": [day_of(week).isoformat()] * len(rows),
            "status": np.array(["logged", "offered", "booked"])[status[rows]],
            "days_since_logged": today - self.logged_day[rows],
            "days_in_stock": np.round(today - self.logged_day[rows] + 7 * self.stock_weeks[rows]),
            "weeks_since_offer": np.round(offer_weeks, 1),
            "export_bid_gbp_kg": np.round(domestic * (1 + bids[rows]), 4),
            "domestic_price_gbp_kg": np.round(domestic, 4),
            "ndpr_gbp_kg": np.full(len(rows), round(self.ndpr[week], 2)),
            "scrap_index": np.full(len(rows), round(self.scrap[week], 2)),
            "ndpr_change_4w": np.full(len(rows), round(change, 4)),
            "site_pile_t": np.round(pile[site] * np.exp(r.normal(0, 0.1, len(rows))), 2),
            "site_load_t": self.load[site],
            "weeks_since_dispatch": np.round(since, 1),
            "dispatches_13w": recent,
            "broker_visits_8w": visits,
            "recycler_backlog_wk": np.round(self.waits[week, self.plant_no[site]], 1),
            "dist_recycler_km": np.round(self.plant[site], 1),
            "dist_port_km": np.round(self.port[site], 1),
            "dist_bulk_dock_km": np.round(self.dock[site], 1),
            "hold_days_left": hold,
            "holder_closed_n": counts[0],
            "holder_export_n": counts[1],
            "holder_pickup_n": counts[2],
            "licence_in_force": np.full(len(rows), int(self.rule[week])),
        }
        self.snapshot_header = list(columns)
        return [list(row) for row in zip(*(_cells(values) for values in columns.values()), strict=True)]

    def _write(self, folder: Path, events, snapshots, dispatched, brokers) -> None:  # type: ignore[no-untyped-def]
        folder.mkdir(parents=True, exist_ok=True)
        n = self.world.lots
        said = self._declared()
        _save(
            folder / "lots.csv",
            "lot_id site_id holder_id holder_type region form chemistry logged_date weeks_in_stock_at_log gross_kg "
            "magnet_kg_est re_kg_est dy_kg_est contract public_owner defence_owner hold_until declared_intent "
            "compliance_band colour_of_the_gate",
            [
                [
                    f"L{i:06d}", f"S{self.site[i]:04d}", f"H{self.holder[i]:04d}", TYPES[self.type[i]],
                    REGIONS[self.region[self.site[i]]], FORMS[self.form[i]], "NdFeB", _iso(self.logged_day[i]),
                    round(self.stock_weeks[i], 1), round(self.gross[i], 2), round(self.magnet[i], 3),
                    round(self.re[i], 4), round(self.dy[i], 5), ("none", "framework", "exclusive")[self.contract[i]],
                    int(self.public[i]), int(self.defence[i]),
                    _iso(self.hold_until[i]) if self.hold_until[i] >= 0 else "", said[i], "ABCDEF"[self.band[i]],
                    "green",
                ]
                for i in range(n)
            ],
        )  # fmt: skip
        _save(
            folder / "events.csv", "lot_id event event_date recorded_date",
            [[f"L{i:06d}", name, _iso(day), _iso(seen)] for i, name, day, seen in events],
        )  # fmt: skip
        _save(
            folder / "sites.csv",
            "site_id holder_id holder_type dist_port_km dist_bulk_dock_km dist_recycler_km usual_load_t",
            [
                [f"S{s:04d}", f"H{self.site_holder[s]:04d}", TYPES[self.site_type[s]], round(self.port[s], 1),
                 round(self.dock[s], 1), round(self.plant[s], 1), self.load[s]]
                for s in range(self.world.sites)
            ],
        )  # fmt: skip
        _save(
            folder / "market.csv",
            "week_start ndpr_gbp_kg scrap_index backlog_R1 backlog_R2 backlog_R3 backlog_R4 R4_open licence_in_force",
            [
                [day_of(k).isoformat(), round(self.ndpr[k], 2), round(self.scrap[k], 2),
                 *(round(v, 1) for v in self.waits[k]), 1, int(self.rule[k])]
                for k in range(self.world.weeks)
            ],
        )  # fmt: skip
        rows = [
            [f"S{s:04d}", name, _iso(7 * k + 3)]
            for name, grid in (("dispatch", dispatched), ("broker_visit", brokers))
            for k, s in zip(*np.nonzero(grid), strict=True)
        ]
        _save(folder / "site_events.csv", "site_id event date", rows)
        if snapshots:
            _save(folder / "snapshots.csv", " ".join(self.snapshot_header), snapshots)


def _iso(day: float) -> str:
    return (START + timedelta(days=int(day))).isoformat()


def _cells(values: object) -> list[object]:
    column = np.asarray(values)
    if column.dtype.kind != "f":
        return list(column.tolist())
    return ["" if not np.isfinite(value) else value for value in column.tolist()]


def _save(path: Path, header: str, rows: Sequence[Sequence[object]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(header.split())
        writer.writerows(rows)
