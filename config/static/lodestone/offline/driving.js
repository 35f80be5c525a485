// A driver's pages: what was recorded on this phone and waits to be sent is shown as recorded, and a stop is
// looked over before it is kept, while whoever must sign still stands there.
import { leftEmpty, fillIn, showProblems } from "./questions.js";
import { offerLabels } from "./labels.js";
import { itemsOf } from "./store.js";

const OPEN = new Set(["waiting", "sending", "attention"]);

export async function startDriving(seat) {
  if (!location.pathname.startsWith("/driving/")) {
    return;
  }
  const queued = (await itemsOf(seat)).filter(({ kind, state }) => kind === "driving" && OPEN.has(state));
  for (const item of queued) {
    showRecorded(item);
  }
  showNext(new Set(queued.map(({ page }) => page)));
  const form = document.querySelector("form[data-stop]");
  if (form) {
    startStop(form, queued.find(({ page }) => page === location.pathname));
  }
}

// On the list of stops, and in place of a button that was pressed already.
function showRecorded(item) {
  for (const link of document.querySelectorAll(`a[href="${CSS.escape(item.page)}"].lode-stops__link`)) {
    const needs = item.state === "attention";
    const stop = link.closest("li");
    stop.querySelectorAll(".govuk-tag").forEach((old) => old.remove());
    if (!needs && "open" in stop.dataset) {
      // The register does not know of it yet; the driver has done it.
      delete stop.dataset.open;
      const done = document.querySelector("[data-done]");
      done.textContent = Number(done.textContent) + 1;
    }
    stop.append(tag(needs ? "Needs you" : "On this phone", needs ? "bad" : "good"));
  }
  for (const form of document.querySelectorAll("form[action]")) {
    if (new URL(form.action).pathname === item.page && !form.dataset.stop) {
      const time = new Date(item.typedAt).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
      form.replaceWith(inset(`${item.title}, ${time}. Kept on this phone; it is sent when there is signal.`));
    }
  }
}

// The next stop of a kept round is the first that nobody recorded, here or in the register.
function showNext(recorded) {
  const next = document.querySelector(".lode-aside--next");
  const links = [...document.querySelectorAll(".lode-stops__link")];
  const shown = links.find((link) => next?.querySelector(`a[href="${CSS.escape(link.getAttribute("href"))}"]`));
  if (!shown || !recorded.has(shown.getAttribute("href"))) {
    return;
  }
  const following = links.slice(links.indexOf(shown)).find((link) => !recorded.has(link.getAttribute("href")));
  if (!following) {
    const done = inset("Every stop is recorded. What is still on this phone is sent when there is signal.");
    next.replaceWith(done, bigLink(`${location.pathname}back/`, "I am back at the plant"));
    return;
  }
  const heading = document.createElement("h2");
  heading.className = "govuk-heading-m";
  heading.textContent = `Next: ${following.textContent}`;
  next.replaceChildren(heading, bigLink(following.href, "Open this stop"));
}

function startStop(form, item) {
  const errors = document.createElement("div");
  form.before(errors);
  if (item) {
    fillIn(form, Object.fromEntries(item.fields));
    form.before(inset("Recorded on this phone and not sent yet. You can still change it."));
    showProblems(errors, form, item.problems ?? []);
  }
  offerLabels(form);
  // Before the form's own listeners, so that a refused press does not count as one.
  document.addEventListener(
    "submit",
    (event) => {
      const found = event.target === form ? missing(form) : [];
      if (found.length) {
        event.preventDefault();
        event.stopImmediatePropagation();
      }
      if (event.target === form) {
        showProblems(errors, form, found);
      }
    },
    true,
  );
}

function missing(form) {
  const found = leftEmpty(form, {});
  const loaded = [...form.querySelectorAll("[name$=_outcome]:checked")].some(({ value }) => value !== "left");
  const signer = form.elements.signed_by;
  if (loaded && !signer.value.trim()) {
    found.push({ target: signer.id, message: "Enter who signed for what you loaded" });
  }
  return found;
}

function bigLink(href, text) {
  const made = document.createElement("a");
  made.className = "govuk-button lode-button--main lode-button--wide";
  made.href = href;
  made.textContent = text;
  return made;
}

function inset(text) {
  const made = document.createElement("div");
  made.className = "govuk-inset-text";
  made.textContent = text;
  return made;
}

function tag(text, tone) {
  const made = document.createElement("strong");
  made.className = `govuk-tag lode-tag lode-tag--${tone}`;
  made.textContent = text;
  return made;
}
