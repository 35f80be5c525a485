"""Celery's door: read the clock, one query, one action. Every task is safe to run twice."""

from collection.tasks import assessment, heartbeat, notifications, places, plans, rounds, watched

__all__ = ["assessment", "heartbeat", "notifications", "places", "plans", "rounds", "watched"]
