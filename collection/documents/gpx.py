"""A round as a GPX 1.1 file (topografix.com/GPX/1/1): the plant, the stops as way points, the order as a route."""

from xml.etree import ElementTree as Xml

from collection.models import Pickup, PickupState, Round
from collection.queries.unloadings import steps_of

NAMESPACE = "http://www.topografix.com/GPX/1/1"


def round_gpx(chosen: Round) -> bytes:
    """`chosen` with its stops fetched; those called off are left out. UTF-8 with declaration."""
    Xml.register_namespace("", NAMESPACE)
    root = Xml.Element(f"{{{NAMESPACE}}}gpx", version="1.1", creator="Lodestone")
    stops = [stop for stop in chosen.pickups.all() if stop.state != PickupState.CANCELLED]
    for stop in stops:
        _point(root, "wpt", stop)
    route = Xml.SubElement(root, f"{{{NAMESPACE}}}rte")
    Xml.SubElement(route, f"{{{NAMESPACE}}}name").text = f"{chosen.reference}, {chosen.on.isoformat()}"
    _plant(route, chosen)
    for step in steps_of(chosen):
        if step.unloading:
            _plant(route, chosen)
        if step.stop in stops:
            _point(route, "rtept", step.stop)
    _plant(route, chosen)
    written: bytes = Xml.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _point(parent: Xml.Element, tag: str, stop: Pickup) -> None:
    point = Xml.SubElement(parent, f"{{{NAMESPACE}}}{tag}", lat=f"{stop.lat:.6f}", lon=f"{stop.lon:.6f}")
    Xml.SubElement(point, f"{{{NAMESPACE}}}name").text = f"{stop.sequence}. {stop.place_name}"
    Xml.SubElement(point, f"{{{NAMESPACE}}}desc").text = f"{stop.reference}, {stop.holder.name}"


def _plant(parent: Xml.Element, chosen: Round) -> None:
    plant = chosen.facility
    point = Xml.SubElement(parent, f"{{{NAMESPACE}}}rtept", lat=f"{plant.lat:.6f}", lon=f"{plant.lon:.6f}")
    Xml.SubElement(point, f"{{{NAMESPACE}}}name").text = plant.name
