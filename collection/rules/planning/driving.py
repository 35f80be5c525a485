"""How long a driver may drive, and when the wheel must be left.

Assimilated Regulation (EC) 561/2006: nine hours' driving a day; 45 minutes' break after four and a half hours at
the wheel, here in one piece and when due. Thirteen hours from start to finish leave eleven of rest. The GB domestic
rules for vans ask for less, so keeping to these is lawful for every vehicle.
"""

from collection.rules.routing.problem import Breaks

MOST_DRIVING_S = 9 * 3600
MOST_DUTY_S = 13 * 3600
BREAKS = Breaks(after_s=4 * 3600 + 1800, lasting_s=45 * 60)
