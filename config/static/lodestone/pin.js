// On the map of a place the pin can be dragged, and the phone can say where it is. Without this script every press
// of the map is sent to the server, which draws it anew.
const KM_PER_DEGREE = 111.32;
const SIDE = 320;
const SLIP_PIXELS = 4;

export function enhancePinMaps(root) {
  for (const form of root.querySelectorAll("form[data-pin-map]")) {
    new PinMap(form);
  }
}

class PinMap {
  constructor(form) {
    this.form = form;
    this.image = form.querySelector("input[type=image]");
    this.words = form.querySelector("[data-pin-words]");
    const { span, lat, lon } = form.dataset;
    this.centre = { lat: Number(lat), lon: Number(lon) };
    this.degrees = Number(span) / (KM_PER_DEGREE * Math.cos((this.centre.lat * Math.PI) / 180));
    this.addPin();
    this.addHere();
  }

  addPin() {
    const { lat, lon } = this.form.elements;
    this.pin = document.createElement("span");
    this.pin.className = "lode-pin__pin";
    this.pin.setAttribute("aria-hidden", "true");
    this.image.after(this.pin);
    if (!lat.value) {
      this.pin.hidden = true;
      return;
    }
    this.show(this.pixelOf(Number(lat.value), Number(lon.value)));
    // From here on the pin is this one, not the one drawn into the image.
    const source = new URL(this.image.src);
    source.searchParams.delete("lat");
    source.searchParams.delete("lon");
    this.image.src = source;
    let from = null;
    this.pin.addEventListener("pointerdown", (event) => {
      from = { x: event.clientX - this.at.x, y: event.clientY - this.at.y, startX: event.clientX, startY: event.clientY };
      this.pin.setPointerCapture(event.pointerId);
      event.preventDefault();
    });
    this.pin.addEventListener("pointermove", (event) => {
      if (from && Math.hypot(event.clientX - from.startX, event.clientY - from.startY) > SLIP_PIXELS) {
        this.show({ x: event.clientX - from.x, y: event.clientY - from.y });
        this.keep(this.pointAt(this.at));
      }
    });
    this.pin.addEventListener("pointerup", (event) => {
      if (from && Math.hypot(event.clientX - from.startX, event.clientY - from.startY) <= SLIP_PIXELS) {
        this.press(event);
      }
      from = null;
    });
    this.pin.addEventListener("pointercancel", () => {
      from = null;
    });
  }

  // A press on the pin is a press on the map beneath it: look closer here.
  press(event) {
    const box = this.image.getBoundingClientRect();
    for (const [name, value] of [
      ["at.x", event.clientX - box.left],
      ["at.y", event.clientY - box.top],
    ]) {
      const hidden = document.createElement("input");
      hidden.type = "hidden";
      hidden.name = name;
      hidden.value = Math.round(value);
      this.form.append(hidden);
    }
    HTMLFormElement.prototype.submit.call(this.form);
  }

  // The server's map is Mercator's, so a degree of latitude is taller than one of longitude.
  pixelOf(lat, lon) {
    const scale = SIDE / this.degrees;
    return {
      x: SIDE / 2 + (lon - this.centre.lon) * scale,
      y: SIDE / 2 - (mercator(lat) - mercator(this.centre.lat)) * scale,
    };
  }

  pointAt({ x, y }) {
    const scale = SIDE / this.degrees;
    const north = mercator(this.centre.lat) - (y - SIDE / 2) / scale;
    return {
      lat: (2 * Math.atan(Math.exp((north * Math.PI) / 180)) - Math.PI / 2) * (180 / Math.PI),
      lon: this.centre.lon + (x - SIDE / 2) / scale,
    };
  }

  show(at) {
    this.at = { x: Math.min(Math.max(at.x, 0), SIDE), y: Math.min(Math.max(at.y, 0), SIDE) };
    this.pin.style.left = `${this.at.x}px`;
    this.pin.style.top = `${this.at.y}px`;
  }

  keep({ lat, lon }) {
    this.form.elements.lat.value = lat.toFixed(6);
    this.form.elements.lon.value = lon.toFixed(6);
    this.words.textContent = `Pin at ${lat.toFixed(4)}, ${lon.toFixed(4)}.`;
  }

  addHere() {
    if (!("geolocation" in navigator)) {
      return;
    }
    const button = document.createElement("button");
    button.type = "button";
    button.className = "govuk-button govuk-button--secondary";
    button.textContent = "Use where I am now";
    button.addEventListener("click", () => {
      button.disabled = true;
      this.words.textContent = "Finding where you are";
      navigator.geolocation.getCurrentPosition(
        ({ coords }) => {
          this.keep({ lat: coords.latitude, lon: coords.longitude });
          this.form.elements.c_lat.value = coords.latitude.toFixed(6);
          this.form.elements.c_lon.value = coords.longitude.toFixed(6);
          this.form.elements.step.value = "4";
          HTMLFormElement.prototype.submit.call(this.form);
        },
        () => {
          button.disabled = false;
          this.words.textContent = "This phone did not say where it is. Press the map instead.";
        },
        { enableHighAccuracy: true, timeout: 15000 },
      );
    });
    this.form.querySelector(".lode-pin__buttons").append(button);
  }
}

function mercator(lat) {
  return (Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360)) * 180) / Math.PI;
}
