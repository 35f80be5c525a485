// Reading labels at a stop: with the camera where the browser can read codes, by typing the number anywhere. The
// lot whose label it is opens, and that its label was read is recorded with it. Works without signal: the page
// holds what may stand on the labels of its lots.
const LOOK_EVERY = 200;

export function offerLabels(form) {
  const data = document.getElementById("labels");
  const labels = data ? JSON.parse(data.textContent) : [];
  const first = form.querySelector("section");
  if (!labels.length || !first) {
    return;
  }
  const said = document.createElement("p");
  said.className = "govuk-body";
  said.setAttribute("role", "status");
  const say = (sentence) => (said.textContent = sentence);
  const read = (text) => say(take(form, labels, text));
  const box = document.createElement("div");
  box.className = "lode-labels";
  box.append(typing(read));
  box.append(said);
  first.before(box);
  offerCamera(box, read, say);
}

// What was read or typed → the sentence to show.
function take(form, labels, text) {
  const read = text.trim();
  const [, token = ""] = /\/q\/([\w-]+)\/?/.exec(read) ?? [];
  const figures = read.replace(/\D/g, "").slice(-6);
  const isTyped = !token && figures !== "";
  const found = labels.find(
    ({ reference, tokens }) =>
      tokens.includes(token) || (isTyped && Number(figures) === Number(reference.slice(-6))),
  );
  if (!found) {
    return `“${read.slice(0, 40)}” is not the label of a lot at this stop.`;
  }
  form.elements[`lot${found.lot}_scanned`].value = "on";
  const heading = [...form.querySelectorAll("section h2")].find((each) => each.textContent.includes(found.reference));
  if (heading && !heading.querySelector(".lode-tag")) {
    const tag = document.createElement("strong");
    tag.className = "govuk-tag lode-tag lode-tag--good";
    tag.textContent = "Label read";
    heading.append(" ", tag);
  }
  heading?.scrollIntoView({ block: "start", behavior: "auto" });
  return `Label of ${found.reference} read.`;
}

function typing(read) {
  const group = document.createElement("div");
  group.className = "govuk-form-group";
  group.innerHTML = `<label class="govuk-label govuk-label--s" for="label-number">Number on a label</label>
<div class="govuk-hint" id="label-number-hint">To be sure that you load the right lot. The last figures are enough.</div>
<div class="lode-labels__line"><input class="govuk-input govuk-input--width-10" id="label-number" inputmode="numeric" autocomplete="off" spellcheck="false" aria-describedby="label-number-hint"><button type="button" class="govuk-button govuk-button--secondary">Check</button></div>`;
  const input = group.querySelector("input");
  const check = () => {
    if (input.value.trim()) {
      read(input.value);
      input.value = "";
    }
  };
  group.querySelector("button").addEventListener("click", check);
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") {
      event.preventDefault();
      check();
    }
  });
  return group;
}

async function offerCamera(box, read, say) {
  const formats = (await globalThis.BarcodeDetector?.getSupportedFormats?.().catch(() => [])) ?? [];
  if (!formats.includes("qr_code") || !navigator.mediaDevices?.getUserMedia) {
    return;
  }
  const button = document.createElement("button");
  button.type = "button";
  button.className = "govuk-button govuk-button--secondary lode-button--wide";
  button.textContent = "Scan a label";
  button.addEventListener("click", () => look(button, read, say));
  box.prepend(button);
}

async function look(button, read, say) {
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  } catch {
    say("The camera may not be used. Type the number instead.");
    return;
  }
  const dialog = document.createElement("dialog");
  dialog.className = "lode-labels__camera";
  const video = document.createElement("video");
  Object.assign(video, { srcObject: stream, muted: true, playsInline: true });
  const close = document.createElement("button");
  close.type = "button";
  close.className = "govuk-button govuk-button--secondary";
  close.textContent = "Stop scanning";
  close.addEventListener("click", () => dialog.close());
  dialog.append(video, close);
  document.body.append(dialog);
  dialog.showModal();
  await video.play();
  const detector = new globalThis.BarcodeDetector({ formats: ["qr_code"] });
  const timer = setInterval(async () => {
    const [code] = await detector.detect(video).catch(() => []);
    if (code && dialog.open) {
      dialog.close();
      read(code.rawValue);
    }
  }, LOOK_EVERY);
  dialog.addEventListener("close", () => {
    clearInterval(timer);
    stream.getTracks().forEach((track) => track.stop());
    dialog.remove();
    button.focus();
  });
}
