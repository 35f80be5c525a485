"""Celery's door: read the clock, one query, one action. Every task is safe to run twice."""

from collection.tasks import assessment, endings, heartbeat, notifications, places, plans, rounds, watched

__all__ = ["assessment", "endings", "heartbeat", "notifications", "places", "plans", "rounds", "watched"]
