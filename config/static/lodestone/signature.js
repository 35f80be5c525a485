// A place to sign with a finger. The strokes go into a hidden field as whole numbers from 0 to 1000; without
// this script the name alone signs.
const SIDE = 1000;

export function enhanceSignatures(root) {
  for (const pad of root.querySelectorAll("[data-signature-pad]")) {
    const field = document.getElementById(pad.dataset.signaturePad);
    if (field) {
      pad.hidden = false;
      new SignaturePad(pad, field);
    }
  }
}

class SignaturePad {
  constructor(pad, field) {
    this.canvas = pad.querySelector("canvas");
    this.field = field;
    this.strokes = this.kept();
    this.canvas.width = this.canvas.clientWidth * devicePixelRatio;
    this.canvas.height = this.canvas.clientHeight * devicePixelRatio;
    this.draw();
    let stroke = null;
    this.canvas.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      this.canvas.setPointerCapture(event.pointerId);
      stroke = [this.point(event)];
      this.strokes.push(stroke);
      this.draw();
    });
    this.canvas.addEventListener("pointermove", (event) => {
      if (stroke) {
        stroke.push(this.point(event));
        this.draw();
      }
    });
    for (const name of ["pointerup", "pointercancel"]) {
      this.canvas.addEventListener(name, () => {
        stroke = null;
        this.field.value = JSON.stringify(this.strokes);
      });
    }
    pad.querySelector("button").addEventListener("click", () => {
      this.strokes = [];
      this.field.value = "";
      this.draw();
    });
  }

  kept() {
    try {
      return JSON.parse(this.field.value || "[]");
    } catch {
      return [];
    }
  }

  point(event) {
    const box = this.canvas.getBoundingClientRect();
    const within = (share) => Math.min(SIDE, Math.max(0, Math.round(share * SIDE)));
    return [within((event.clientX - box.left) / box.width), within((event.clientY - box.top) / box.height)];
  }

  draw() {
    const pen = this.canvas.getContext("2d");
    const { width, height } = this.canvas;
    pen.clearRect(0, 0, width, height);
    pen.lineWidth = 2.5 * devicePixelRatio;
    pen.lineCap = "round";
    pen.lineJoin = "round";
    pen.strokeStyle = "#131a2c";
    for (const stroke of this.strokes) {
      pen.beginPath();
      for (const [x, y] of stroke.length > 1 ? stroke : [stroke[0], [stroke[0][0] + 1, stroke[0][1]]]) {
        pen.lineTo((x / SIDE) * width, (y / SIDE) * height);
      }
      pen.stroke();
    }
  }
}
