"""The call at the plant between two trips of a vehicle's day."""

# Over the weighbridge, at the door, a van or lorry emptied by the plant's own forklift, weighed out empty. It does
# not depend on the load: pallets and cages come off as fast as two people bring them in.
UNLOADING_MINUTES = 30

# More trips than this a day leave no time to drive anywhere.
MOST_TRIPS = 4
