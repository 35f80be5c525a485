"""A third kind of synthetic history, in which nothing is a logit: holders follow habits and ship by the container.

Each holder is a hoarder (sells when the gap stands high for its own last half-year), a shipper by the calendar, an
opportunist (sells to the broker who calls) or loyal (sells at home, abroad only when the plant is full). When a site
ships, every lot of the kinds its buyer takes goes with it, unless something binds it. A price shock and a licensing
rule fall after the cut; the rule makes half of the shippers stop for good.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.odd_worlds import CUT, FIRST, KINDS, SHAPES, WEEKS, End, day_of
from collection.rules.risk.columnar import iso_date
from collection.rules.risk.features import Floats

__all__ = ["CUT", "Choice", "build", "day_of"]
HABITS = ("hoarder", "calendar", "opportunist", "loyal")
LEANS = np.array([0.3, 0.6, 0.3, -0.3, 0.0, -0.5, -0.9, 0.0, 1.0])


@dataclass(frozen=True)
class Choice:
    """Sizes, and when the shock and the rule come."""

    name: str = "habits and containers"
    seed: int = 1
    lots: int = 20_000
    holders: int = 300
    shock_week: int = 130
    shock: float = 0.35
    rule_week: int = 150
    stop: float = 0.5


def build(choice: Choice, folder: Path) -> End:
    return _Run(choice).run(folder)


class _Run:
    def __init__(self, choice: Choice) -> None:
        self.choice, self.r = choice, np.random.default_rng([choice.seed, 301])
        r, n, sites = self.r, choice.lots, round(choice.holders * 1.3)
        self.owner = np.concatenate(
            [np.arange(choice.holders), r.integers(0, choice.holders, sites - choice.holders)]
        )
        self.kind = r.choice(
            len(KINDS), choice.holders, p=[0.28, 0.1, 0.14, 0.12, 0.1, 0.04, 0.03, 0.06, 0.13]
        )
        lean = LEANS[self.kind] + r.normal(0, 0.5, choice.holders)
        self.habit = np.select([lean > 0.6, lean > 0.1, lean > -0.3], [1, 0, 2], 3)
        self.stops = r.random(choice.holders) < choice.stop
        self.every, self.phase = r.integers(5, 20, sites), r.integers(0, 20, sites)
        self.takes = r.random((sites, len(SHAPES))) < np.array([0.9, 0.7, 0.7, 0.4, 0.2, 0.9, 0.5, 0.4])
        self.port, self.dock, self.plant = (r.gamma(1.6, scale, sites) for scale in (60, 45, 90))
        self.load = r.choice([10.0, 18.0, 24.0], sites)
        self.site = r.choice(sites, n, p=r.dirichlet(np.full(sites, 0.7)))
        self.holder = self.owner[self.site]
        self.shape = np.minimum(
            (r.random(n)[:, None] > r.dirichlet(np.full(8, 0.5), sites)[self.site].cumsum(1)).sum(1), 7
        )
        self.logged = FIRST + np.sort(r.uniform(0, 7 * (WEEKS - 2), n)).astype(int)
        self.gross = np.round(np.exp(r.normal(5.2, 1.4, n)), 1)
        self.magnet = self.gross * np.where(self.shape == 0, 0.95, r.beta(2, 12, n) + 0.005)
        self.aged = np.round(r.exponential(3, n), 1)
        self.contract, self.meant = (
            r.choice(3, n, p=[0.8, 0.14, 0.06]),
            r.choice(4, n, p=[0.3, 0.15, 0.35, 0.2]),
        )
        self.meant = np.where((self.habit[self.holder] == 1) & (r.random(n) < 0.3), 1, self.meant)
        self.defence = (self.kind[self.holder] == 6) & (r.random(n) < 0.6)
        self.hold = np.where(r.random(n) < 0.05, self.logged + r.integers(10, 150, n), np.nan)
        step = r.normal(0, 0.02, WEEKS)
        step[choice.shock_week] += choice.shock
        self.ndpr, gap = 55 * np.exp(step.cumsum()), np.zeros(WEEKS)
        for week in range(1, WEEKS):
            gap[week] = 0.93 * gap[week - 1] + r.normal(0, 0.04)
        gap[choice.shock_week :] += 0.6 * choice.shock * 0.95 ** np.arange(WEEKS - choice.shock_week)
        self.gap = 0.05 + gap
        self.backlog = 5 + np.clip(r.normal(0, 0.7, WEEKS).cumsum(), -4, 10)
        self.rule = np.arange(WEEKS) >= choice.rule_week

    def _ships(self, week: int, pile: Floats, visit: np.ndarray) -> np.ndarray:
        """Which sites send a container abroad this week."""
        habit, r = self.habit[self.owner], self.r
        recent = self.gap[max(0, week - 26) : week + 1]
        dear = self.gap[week] >= np.quantile(recent, 0.85)
        ready = pile > 0.5 * self.load
        wants = np.select(
            [habit == 0, habit == 1, habit == 2],
            [
                ready & dear & (r.random(len(pile)) < 0.35),
                (week + self.phase) % self.every == 0,
                visit & (r.random(len(pile)) < 0.7),
            ],
            (self.backlog[week] > 9) & ready & (r.random(len(pile)) < 0.05),
        )
        return wants & ~(self.rule[week] & self.stops[self.owner])

    def run(self, folder: Path) -> End:
        r, n, sites = self.r, self.choice.lots, len(self.owner)
        kind, ended = np.full(n, "", dtype="U8"), np.full(n, np.inf)
        told, known = np.full(n, "", dtype="U8"), np.full(n, np.inf)
        status, offered = np.zeros(n, dtype=int), np.full(n, np.nan)
        pile, shipped = self.load * r.random(sites), np.full(sites, np.nan)
        sent, visits = np.zeros((WEEKS, sites), bool), np.zeros((WEEKS, sites), bool)
        events = [(i, "logged", float(d), float(d)) for i, d in enumerate(self.logged.tolist())]
        reviews: list[dict[str, np.ndarray]] = []
        for week in range(WEEKS):
            day = FIRST + 7 * week
            if week and week % 4 == 0:
                reviews.append(self._review(week, told, known, status, offered, pile, shipped, sent, visits))
            pile += self.load / 9 * r.gamma(3, 1 / 3, sites)
            visits[week] = r.random(sites) < 0.03 * (1 + 3 * max(self.gap[week], 0))
            goes = self._ships(week, pile, visits[week])
            sent[week] = goes
            at = np.flatnonzero((self.logged <= day) & np.isinf(ended))
            site = self.site[at]
            bound = self.defence[at] | (self.hold[at] > day) | (self.contract[at] == 2) | (status[at] == 2)
            bound |= (self.contract[at] == 1) & (r.random(len(at)) < 0.6)
            takes = self.takes[site, self.shape[at]] | (self.meant[at] == 1)
            left = goes[site] & takes & ~bound & (r.random(len(at)) < np.where(self.meant[at] == 0, 0.5, 0.9))
            fetched = ~left & (status[at] == 2) & (r.random(len(at)) < 0.25)
            gone = ~left & ~fetched & (r.random(len(at)) < 0.003)
            for name, chosen in (("export", left), ("pickup", fetched), ("lost", gone)):
                rows = at[chosen]
                kind[rows], ended[rows] = name, day + r.integers(0, 7, len(rows))
                late = np.where(
                    r.random(len(rows)) < 0.2, r.exponential(70, len(rows)), r.exponential(8, len(rows))
                )
                known[rows] = ended[rows] + (0 if name == "pickup" else np.floor(late))
                unseen = r.random(len(rows)) < {"export": 0.06, "lost": 0.25}.get(name, 0.0)
                told[rows] = np.where(unseen, "unknown", name)
                events += zip(
                    rows.tolist(),
                    told[rows].tolist(),
                    ended[rows].tolist(),
                    known[rows].tolist(),
                    strict=True,
                )
            pile[goes] *= 0.1
            shipped[goes] = day
            at = at[np.isinf(ended[at])]
            draw, stands = r.random(len(at)), status[at]
            loyal = 1 + 2 * (self.habit[self.holder[at]] == 3)
            offer = (stands == 0) & (draw < 0.04 * loyal * (0.4 + np.exp(-self.plant[self.site[at]] / 120)))
            book = (stands == 1) & (draw < 0.1 * loyal)
            lapse = (stands == 1) & ~book & (day - offered[at] > 40)
            for name, chosen, after in (
                ("offered", offer, 1),
                ("booked", book, 2),
                ("offer_lapsed", lapse, 0),
            ):
                events += [(i, name, day + 1.0, day + 1.0) for i in at[chosen].tolist()]
                status[at[chosen]] = after
            offered[at[offer]] = day + 1
        self._write(folder, events, reviews, sent, visits)
        return End(np.array([f"C{i:07d}" for i in range(n)]), kind, ended)

    def _review(self, week, told, known, status, offered, pile, shipped, sent, visits):  # type: ignore[no-untyped-def]
        day = FIRST + 7 * week
        at = np.flatnonzero((self.logged < day) & (known >= day))
        site, closed = self.site[at], known < day
        count = [
            np.bincount(self.holder[closed & mask], minlength=self.choice.holders)[self.holder[at]]
            for mask in (told != "unknown", told == "export", told == "pickup")
        ]
        home = 0.1 * self.ndpr[week] * np.exp(self.r.normal(0, 0.05, len(at)))
        abroad = home * (1 + self.gap[week] + self.r.normal(0, 0.06, len(at)))
        return {
            "lot_id": np.array([f"C{i:07d}" for i in at]), "snapshot_date": np.full(len(at), iso_date(day)),
            "status": np.array(["logged", "offered", "booked"])[status[at]],
            "days_since_logged": day - self.logged[at],
            "days_in_stock": np.round(day - self.logged[at] + 7 * self.aged[at]),
            "weeks_since_offer": np.round((day - offered[at]) / 7, 1),
            "export_bid_gbp_kg": np.where(self.r.random(len(at)) < 0.6, np.round(abroad, 3), np.nan),
            "domestic_price_gbp_kg": np.round(home, 3),
            "ndpr_change_4w": np.full(len(at), round(self.ndpr[week] / self.ndpr[week - 4] - 1, 4)),
            "site_pile_t": np.round(pile[site], 1), "site_load_t": self.load[site],
            "weeks_since_dispatch": np.round((day - shipped[site]) / 7, 1),
            "dispatches_13w": sent[max(0, week - 13) : week].sum(0)[site],
            "broker_visits_8w": visits[max(0, week - 8) : week].sum(0)[site],
            "recycler_backlog_wk": np.full(len(at), round(self.backlog[week], 1)),
            "dist_recycler_km": np.round(self.plant[site], 1), "dist_port_km": np.round(self.port[site], 1),
            "dist_bulk_dock_km": np.round(self.dock[site], 1), "hold_days_left": self.hold[at] - day,
            "holder_closed_n": count[0], "holder_export_n": count[1], "holder_pickup_n": count[2],
            "licence_in_force": np.full(len(at), int(self.rule[week])),
        }  # fmt: skip

    def _write(self, folder, events, reviews, sent, visits) -> None:  # type: ignore[no-untyped-def]
        folder.mkdir(parents=True, exist_ok=True)
        ids = [f"C{i:07d}" for i in range(self.choice.lots)]
        lots = {
            "lot_id": ids, "site_id": [f"s{s}" for s in self.site], "holder_id": [f"h{h}" for h in self.holder],
            "holder_type": KINDS[self.kind[self.holder]], "form": SHAPES[self.shape],
            "logged_date": [iso_date(d) for d in self.logged], "weeks_in_stock_at_log": self.aged,
            "gross_kg": self.gross, "magnet_kg_est": np.round(self.magnet, 3),
            "re_kg_est": np.round(0.3 * self.magnet, 4),
            "contract": np.array(["none", "framework", "exclusive"])[self.contract],
            "defence_owner": self.defence.astype(int),
            "hold_until": ["" if np.isnan(d) else iso_date(d) for d in self.hold],
            "declared_intent": np.array(["retain", "export", "", "undecided"])[self.meant],
        }  # fmt: skip
        happened = [
            (f"s{s}", name, iso_date(FIRST + 7 * int(k) + 3))
            for name, grid in (("dispatch", sent), ("broker_visit", visits))
            for k, s in zip(*np.nonzero(grid), strict=True)
        ]
        _save(folder / "lots.csv", lots, zip(*lots.values(), strict=True))
        rows = ((ids[i], name, iso_date(day), iso_date(told)) for i, name, day, told in events)
        _save(folder / "events.csv", ("lot_id", "event", "event_date", "recorded_date"), rows)
        _save(folder / "site_events.csv", ("site_id", "event", "date"), happened)
        cells = (
            row
            for review in reviews
            for row in zip(*(_cells(values) for values in review.values()), strict=True)
        )
        _save(folder / "snapshots.csv", reviews[0], cells)


def _cells(values: np.ndarray) -> list[object]:
    return ["" if cell != cell else cell for cell in values.tolist()]


def _save(path: Path, header, rows) -> None:  # type: ignore[no-untyped-def]
    with path.open("w", newline="", encoding="utf-8") as handle:
        writer = csv.writer(handle)
        writer.writerow(header)
        writer.writerows(rows)
