// The page of what waits on this phone: each event with its state, to be changed, removed or sent now.
import { LOG_OFFLINE } from "./carry.js";
import { keptPage } from "./pages.js";
import { sendQueue, STOPPED } from "./sender.js";
import { changeItem, currentSeat, itemsOf, kept, onChange, photosOf, queueItem, removeItem } from "./store.js";

const root = document.querySelector("[data-queue]");
const lists = Object.fromEntries([...root.querySelectorAll("[data-list]")].map((list) => [list.dataset.list, list]));
const LIST_OF = { waiting: "waiting", sending: "waiting", attention: "waiting", draft: "draft", done: "done" };
const STATES = { waiting: "Waiting", sending: "Sending", attention: "Needs you", draft: "Unfinished", done: "Sent" };
const TONES = { waiting: "neutral", sending: "brand", attention: "bad", draft: "neutral", done: "good" };

const SIGNAL = {
  "": "Everything is sent as soon as it is finished.",
  [STOPPED.noSignal]: "There is no signal. What you record is kept here and sent when it returns.",
  [STOPPED.signedOut]: "Your sign-in has run out. Sign in again and everything here is sent.",
  [STOPPED.otherSeat]: "Another person or organisation is signed in. Sign in as yourself to send what waits here.",
  [STOPPED.busy]: "The register is busy. We try again by ourselves.",
  [STOPPED.refused]: "The register does not let you send at the moment. Ask whoever manages your organisation; nothing here is lost.",
};

let seat = "";

async function start() {
  seat = await currentSeat();
  document.querySelector("[data-nobody]").hidden = Boolean(seat);
  if (!seat) {
    return;
  }
  root.querySelector("[data-send]").addEventListener("click", send);
  // A question that is being asked is not drawn over.
  onChange(() => root.querySelector(".lode-queue__ask") || show());
  window.addEventListener("online", show);
  window.addEventListener("offline", show);
  await show();
  root.hidden = false;
  await send();
}

async function send() {
  await sendQueue(seat).catch(() => {});
  await show();
}

let drawing = Promise.resolve();

// One after the other, so that a slower, older picture never lands on a newer one.
function show() {
  drawing = drawing.then(draw, draw);
  return drawing;
}

async function draw() {
  const items = (await itemsOf(seat)).filter(({ state }) => state in LIST_OF);
  const { why = "" } = (await kept(`last run ${seat}`)) ?? {};
  const state = navigator.onLine ? why : STOPPED.noSignal;
  root.querySelector("[data-signal]").textContent = SIGNAL[state];
  const ways = root.querySelector("[data-ways]");
  ways.hidden = false;
  for (const way of ways.querySelectorAll("[data-way]")) {
    way.hidden = !(await keptPage(way.href));
  }
  ways.querySelector("[data-sign-in]").hidden = ![STOPPED.signedOut, STOPPED.otherSeat].includes(state);
  for (const [name, list] of Object.entries(lists)) {
    const mine = items.filter((item) => LIST_OF[item.state] === name);
    const lines = await Promise.all((name === "done" ? mine.reverse() : mine).map(lineOf));
    list.replaceChildren(...lines);
    if (name !== "waiting") {
      list.closest("section").hidden = mine.length === 0;
    } else {
      root.querySelector("[data-none]").hidden = mine.length > 0;
      root.querySelector("[data-send]").hidden = !mine.some(({ state: of }) => of === "waiting");
    }
  }
}

// --- One line -----------------------------------------------------------------------------------------------

async function lineOf(item) {
  const line = document.querySelector("template[data-item]").content.cloneNode(true).firstElementChild;
  line.dataset.id = item.id;
  line.querySelector(".lode-queue__title").textContent = item.title || "A lot";
  const state = line.querySelector(".lode-queue__state");
  state.textContent = STATES[item.state];
  state.className = `govuk-tag lode-tag lode-tag--${TONES[item.state]} lode-queue__state`;
  line.querySelector("[data-line]").textContent = await detailOf(item);
  showProblems(line.querySelector("[data-problems]"), item);
  line.querySelector("[data-actions]").append(...actionsOf(item, line));
  return line;
}

async function detailOf(item) {
  const photos = (await photosOf(item.id)).length;
  const when = new Date(item.doneAt ?? item.typedAt).toLocaleString("en-GB", { day: "numeric", month: "long", hour: "2-digit", minute: "2-digit" });
  return [
    item.reference ?? (item.kind === "lot" && item.state !== "draft" ? "Its number comes when it is sent" : ""),
    photos ? `${photos} photo${photos === 1 ? "" : "s"} still to send` : "",
    when,
  ]
    .filter(Boolean)
    .join(" · ");
}

function showProblems(list, item) {
  const lines = (item.problems ?? []).map(({ message }) => textLine(message));
  lines.push(...(item.alike ?? []).map(({ reference, url, words }) => linkLine(url, reference, words)));
  if (item.state === "done") {
    lines.push(...(item.result?.warnings ?? []).map(textLine));
    if (item.isLate) {
      lines.push(textLine("The register had this already from an earlier try, as it was before you changed it. Open it to change it there."));
    }
  }
  list.hidden = lines.length === 0;
  list.replaceChildren(...lines);
}

function textLine(text) {
  const line = document.createElement("li");
  line.textContent = text;
  return line;
}

function linkLine(href, text, words) {
  const line = document.createElement("li");
  line.append(link(href, text), `: ${words}`);
  return line;
}

function link(href, text) {
  const made = document.createElement("a");
  made.className = "govuk-link lode-roomy";
  made.href = href;
  made.textContent = text;
  return made;
}

function button(text, press) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "govuk-button govuk-button--secondary";
  made.textContent = text;
  made.addEventListener("click", press);
  return made;
}

function actionsOf(item, line) {
  if (item.state === "sending") {
    return [];
  }
  if (item.state === "done") {
    return [link(item.result.url, item.reference ?? "Open")];
  }
  const actions = [];
  if (item.alike?.length) {
    actions.push(button("It is another lot: log it", () => sendAsDifferent(item)));
  }
  if (!item.result) {
    actions.push(link(item.kind === "lot" ? `${LOG_OFFLINE}#${item.id}` : item.page, item.state === "draft" ? "Go on" : "Change"));
  } else {
    actions.push(button("Send the photos again", () => sendAgain(item)));
  }
  actions.push(button(item.alike?.length ? "It is the same: remove it" : "Remove", () => askToRemove(item, line)));
  return actions;
}

async function sendAsDifferent(item) {
  await queueItem(seat, item.id, (found) => (found.isDifferent = true));
  await send();
}

async function sendAgain(item) {
  await changeItem(seat, item.id, (found) => (found.state = "waiting"));
  await send();
}

function askToRemove(item, line) {
  const ask = document.querySelector("template[data-ask]").content.cloneNode(true).firstElementChild;
  const what = item.title || "this lot";
  const question = ask.querySelector("[data-question]");
  question.textContent = item.result
    ? `${item.reference} is in the register. Remove its photos that were not sent?`
    : `Remove ${what}? It has not been sent and cannot be brought back.`;
  ask.querySelector("[data-yes]").textContent = "Remove it";
  ask.querySelector("[data-yes]").addEventListener("click", () => removeItem(seat, item.id).then(show));
  ask.querySelector("[data-no]").addEventListener("click", show);
  line.querySelector("[data-actions]").replaceChildren(ask);
  question.focus();
}

start();
