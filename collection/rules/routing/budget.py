"""How much work is left: wall time, or counted work when the answer must not depend on the clock."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic


class Budget:
    """The budget of one solve.

    One unit of counted work is one iteration of local search; other kinds of work are converted. With
    `iterations` None only time counts. `finishing` is a guess at how long what must be done after the search
    takes, until that is measured.
    """

    def __init__(
        self,
        seconds: float,
        iterations: int | None,
        should_stop: Callable[[], bool] | None,
        finishing: float = 0.0,
    ) -> None:
        self.began = monotonic()
        self.seconds = seconds
        self._iterations = iterations
        self._done = 0
        self._should_stop = should_stop
        self._stopped = False
        self._deadline = self.began + seconds - 0.05 - finishing
        self._measure_after = 0.0

    @property
    def is_timed(self) -> bool:
        return self._iterations is None

    def should_measure(self) -> bool:
        """Is it time, again, to see how long what must be done after the search takes?"""
        return self.is_timed and self.spent() >= self._measure_after and not self.is_over()

    def reserve(self, seconds: float) -> None:
        """Keep this much of the time for what must be done after the search; measuring it anew takes time too."""
        self._measure_after = self.spent() + max(self.seconds / 5, 5 * seconds)
        self._deadline = self.began + self.seconds - 0.05 - seconds

    def is_late(self) -> bool:
        """Is even the time over that was kept for what must be done after the search?"""
        return self.is_timed and self.spent() > self.seconds

    def spent(self) -> float:
        """Seconds since the beginning."""
        return monotonic() - self.began

    def used(self) -> float:
        """The share of the budget that is gone: of the counted work, else of the time."""
        return self.spent() / self.seconds if self._iterations is None else self._done / self._iterations

    def left(self) -> float:
        """Seconds until the deadline, 0 when it has passed."""
        return max(self._deadline - monotonic(), 0.0)

    def work(self, units: int) -> None:
        self._done += units

    def is_over(self) -> bool:
        if self._iterations is not None and self._done >= self._iterations:
            return True
        if not self._stopped and self._should_stop is not None:
            self._stopped = self._should_stop()
        return self._stopped or monotonic() >= self._deadline

    def seconds_for(self, most: float) -> float | None:
        """A time limit for one step, None when work is counted; a little even when time is up."""
        if not self.is_timed:
            return None
        least = 0.2 + min(self.seconds / 100, 0.5)
        return least if self.is_over() else max(min(most, self.left()), least)

    def slice(self, seconds: float, iterations: int) -> Callable[[], bool]:
        """A stopping rule for one stretch of local search: time, or counted iterations; asked once each."""
        until = monotonic() + seconds
        last = self._done + iterations

        def is_done() -> bool:
            if self._iterations is None:
                return monotonic() >= until or self.is_over()
            self._done += 1
            return self._done > last or self.is_over()

        return is_done
