// Zoom for the drawn maps: buttons and dragging change the viewBox; the page needs none of it to be read.
const CLOSEST = 8;

export function enhanceMaps(root) {
  for (const figure of root.querySelectorAll("[data-map]")) {
    const drawing = figure.querySelector("svg");
    if (drawing) {
      new ZoomingMap(figure, drawing);
    }
  }
}

class ZoomingMap {
  constructor(figure, drawing) {
    this.drawing = drawing;
    const { x, y, width, height } = drawing.viewBox.baseVal;
    this.whole = { x, y, width, height };
    this.view = { ...this.whole };
    this.addButtons(figure);
    this.followPointer();
  }

  addButtons(figure) {
    const bar = document.createElement("div");
    bar.className = "lode-map__buttons";
    for (const [label, text, act] of [
      ["Zoom in", "+", () => this.zoom(2)],
      ["Zoom out", "−", () => this.zoom(0.5)],
      ["Show the whole map", "All", () => this.reset()],
    ]) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "lode-map__button";
      button.setAttribute("aria-label", label);
      button.textContent = text;
      button.addEventListener("click", act);
      bar.append(button);
    }
    figure.querySelector("[data-map-buttons]").replaceWith(bar);
  }

  zoom(factor) {
    const { x, y, width, height } = this.view;
    const scale = Math.min(Math.max(this.whole.width / (width / factor), 1), CLOSEST);
    const next = { width: this.whole.width / scale, height: this.whole.height / scale };
    this.show({ x: x + (width - next.width) / 2, y: y + (height - next.height) / 2, ...next });
  }

  reset() {
    this.show({ ...this.whole });
  }

  show(view) {
    const { whole } = this;
    view.x = Math.min(Math.max(view.x, whole.x), whole.x + whole.width - view.width);
    view.y = Math.min(Math.max(view.y, whole.y), whole.y + whole.height - view.height);
    this.view = view;
    this.drawing.setAttribute("viewBox", `${view.x} ${view.y} ${view.width} ${view.height}`);
    const scale = whole.width / view.width;
    for (const marker of this.drawing.querySelectorAll("[data-at]")) {
      marker.setAttribute("transform", `translate(${marker.dataset.at}) scale(${1 / scale})`);
    }
    this.drawing.classList.toggle("lode-map__drawing--near", scale > 1);
  }

  followPointer() {
    let from = null;
    this.drawing.addEventListener("pointerdown", (event) => {
      if (this.view.width < this.whole.width && !event.target.closest("a")) {
        from = { x: event.clientX, y: event.clientY, view: { ...this.view } };
        this.drawing.setPointerCapture(event.pointerId);
      }
    });
    this.drawing.addEventListener("pointermove", (event) => {
      if (from) {
        const perPixel = from.view.width / this.drawing.clientWidth;
        this.show({
          ...from.view,
          x: from.view.x - (event.clientX - from.x) * perPixel,
          y: from.view.y - (event.clientY - from.y) * perPixel,
        });
      }
    });
    for (const name of ["pointerup", "pointercancel"]) {
      this.drawing.addEventListener(name, () => {
        from = null;
      });
    }
  }
}
