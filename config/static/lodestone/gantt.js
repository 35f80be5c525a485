// Dragging a stop of the drawn plan asks the server what that would do, and shows the answer under the drawing.
// Nothing changes until somebody presses its button; without this script the forms below ask the same.
export function enhanceGantts(root) {
  for (const figure of root.querySelectorAll("[data-gantt]")) {
    if (figure.dataset.ganttAsk) {
      new Gantt(figure);
    }
  }
}

class Gantt {
  constructor(figure) {
    this.figure = figure;
    this.drawing = figure.querySelector("svg");
    this.answer = figure.querySelector("[data-gantt-answer]");
    figure.querySelector("[data-gantt-hint]").hidden = false;
    figure.classList.add("lode-gantt--movable");
    this.asked = 0;
    for (const block of this.drawing.querySelectorAll("[data-stop]")) {
      block.addEventListener("pointerdown", (event) => this.take(event, block));
    }
  }

  take(event, block) {
    if (event.button) {
      return;
    }
    event.preventDefault();
    block.setPointerCapture(event.pointerId);
    const from = { x: event.clientX, y: event.clientY };
    const follow = (move) => {
      const scale = this.drawing.viewBox.baseVal.width / this.drawing.clientWidth;
      block.setAttribute(
        "transform",
        `translate(${(move.clientX - from.x) * scale} ${(move.clientY - from.y) * scale})`,
      );
      this.mark(this.rowAt(move));
    };
    const leave = () => {
      block.removeEventListener("pointermove", follow);
      block.removeAttribute("transform");
      block.classList.remove("lode-gantt__block--taken");
      this.mark(null);
    };
    block.classList.add("lode-gantt__block--taken");
    block.addEventListener("pointermove", follow);
    block.addEventListener("pointercancel", leave, { once: true });
    block.addEventListener(
      "pointerup",
      (up) => {
        const row = this.rowAt(up);
        leave();
        if (Math.hypot(up.clientX - from.x, up.clientY - from.y) <= 4) {
          this.read(block);
        } else if (row && row.dataset.row) {
          this.ask(block, row, this.unitsAt(up).x);
        }
      },
      { once: true },
    );
  }

  // A stop that is pressed and not dragged shows its line in the list, whatever tab or round is open.
  read(block) {
    const line = document.getElementById(block.dataset.rowOfStop);
    if (!line) {
      return;
    }
    const tab = document.querySelector(`[href="#${line.closest(".govuk-tabs__panel")?.id}"]`);
    tab?.click();
    line.closest("details").open = true;
    for (const each of document.querySelectorAll(".lode-pointed")) {
      each.classList.remove("lode-pointed");
    }
    line.classList.add("lode-pointed");
    line.scrollIntoView({ block: "center" });
  }

  unitsAt(event) {
    const point = new DOMPoint(event.clientX, event.clientY);
    return point.matrixTransform(this.drawing.getScreenCTM().inverse());
  }

  rowAt(event) {
    const { y } = this.unitsAt(event);
    return [...this.drawing.querySelectorAll("[data-row]")].find((row) => {
      const floor = row.querySelector("rect");
      const top = Number(floor.getAttribute("y"));
      return y >= top && y < top + Number(floor.getAttribute("height"));
    });
  }

  mark(row) {
    for (const each of this.drawing.querySelectorAll("[data-row]")) {
      each.classList.toggle("lode-gantt__row--aimed", each === row);
    }
  }

  async ask(block, row, x) {
    const others = [...row.querySelectorAll("[data-stop]")].filter((each) => each !== block);
    const position = others.filter((each) => Number(each.dataset.x) < x).length;
    const query = new URLSearchParams({
      kind: "arrange",
      stop: block.dataset.stop,
      vehicle_day: row.dataset.row,
      position,
    });
    this.asked += 1;
    const mine = this.asked;
    this.answer.setAttribute("aria-busy", "true");
    let html;
    try {
      const response = await fetch(`${this.figure.dataset.ganttAsk}?${query}`, {
        credentials: "same-origin",
        headers: { Accept: "text/html", "X-Requested-With": "fragment" },
      });
      html = await response.text();
    } catch {
      html = "<p class=\"govuk-body\">The answer did not arrive. Check the connection and drag again.</p>";
    }
    // A later question overtakes an earlier answer.
    if (mine === this.asked) {
      this.answer.innerHTML = html;
      this.answer.removeAttribute("aria-busy");
      // The drawing may fill the screen, and the answer stands under it.
      this.answer.scrollIntoView({ block: "nearest" });
    }
  }
}
