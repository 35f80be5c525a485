"""Looking places up by their address, from rows that wait."""

import time

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from collection.actions.dispatch import LOOK_UP_PLACES
from collection.actions.lookups import look_up_next
from collection.integrations import geocoding

MOST_AT_ONCE = 50


@shared_task(name=LOOK_UP_PLACES)
def look_up_places() -> int:
    """Look up waiting places one after another, keeping the service's distance; the rest waits for the sweep."""
    if not geocoding.is_configured():
        return 0
    done = 0
    while done < MOST_AT_ONCE and look_up_next(
        geocoding.look_up, geocoding.GeocoderUnavailableError, at=timezone.now()
    ):
        done += 1
        time.sleep(settings.GEOCODER_SECONDS_APART)
    return done
