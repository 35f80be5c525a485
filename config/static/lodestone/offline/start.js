// On every page of somebody whose work takes them where there is no signal: keeps what they will need, shows
// what waits on this phone, and sends it when there is signal.
import { ON_THIS_PHONE } from "./carry.js";
import { startDriving } from "./driving.js";
import { FRESH_SINCE, keepPage, keptPage, seatIs } from "./pages.js";
import { sendQueue } from "./sender.js";
import { addPhoto, changeItem, currentSeat, itemsOf, keep, kept, onChange, queueItem } from "./store.js";

const WAITS = new Set(["waiting", "sending", "attention"]);
const FRESH_FOR = 10 * 60_000;
const TRY_AGAIN = 60_000;
const MOST_LINKED = 40;
const ROUND = /^\/driving\/[\w-]+\/$/;

export async function startOffline(body) {
  if (!("serviceWorker" in navigator) || !("indexedDB" in window)) {
    return;
  }
  const { seat, keeps } = body.dataset;
  if (seat && keeps) {
    // Before anything is waited for: an upload may break off while this phone is still being looked into.
    keepUnsentPhotos(seat);
  }
  try {
    if (seat) {
      await seatIs(seat);
    }
    if (seat && keeps) {
      await keepCopyOfDraft(seat);
    }
    if (keeps) {
      await navigator.serviceWorker.register("/service-worker.js", { type: "module", updateViaCache: "none" });
    }
  } catch {
    // A browser that keeps nothing: everything works as long as there is signal.
    return;
  }
  const here = seat || (await currentSeat());
  if (!here) {
    return;
  }
  const show = () => showWaiting(here);
  onChange(show);
  await show();
  if (keeps) {
    await startDriving(here);
    keepSending(here);
    await keepFresh(here, keeps.split(" "));
  }
}

// A line at the top of every page while something waits.
async function showWaiting(seat) {
  const line = document.querySelector("[data-waiting]");
  const count = (await itemsOf(seat)).filter(({ state }) => WAITS.has(state)).length;
  if (line && location.pathname !== ON_THIS_PHONE) {
    line.hidden = count === 0;
    line.querySelector("a").textContent = count === 1 ? "1 record waits on this phone" : `${count} records wait on this phone`;
  }
}

// A lot being logged with signal: the phone has its answers too, should the signal go before the next page.
async function keepCopyOfDraft(seat) {
  const answers = document.getElementById("answers-for-phone");
  if (answers) {
    const { id, pages } = JSON.parse(answers.textContent);
    // What was typed on this phone since is newer than what the register has.
    const copy = (item) => item.state === "copy" && Boolean(Object.assign(item, { pages }));
    await changeItem(seat, id, copy, { orNew: true });
  }
}

// A photo of a lot being logged with signal, whose upload broke off: it waits here like everything else.
function keepUnsentPhotos(seat) {
  const [, lot] = /^\/log\/([0-9a-f-]{36})\/photos\/$/.exec(location.pathname) ?? [];
  if (!lot) {
    return;
  }
  document.addEventListener("upload:unsent", (event) => {
    const { file, name } = event.detail;
    event.detail.keeping = keepPhoto(seat, lot, file, name).then(
      () => true,
      () => false,
    );
  });
}

async function keepPhoto(seat, lot, file, name) {
  const id = crypto.randomUUID();
  await addPhoto(id, file, name);
  await queueItem(seat, id, (item) => {
    const page = `/log/${lot}/check/`;
    const own = { kind: "photo", title: `Photo ${name}`, address: `/queue/lots/${lot}/`, page };
    // There is no event of its own to send, only the photo.
    Object.assign(item, own, { result: { url: page } });
  });
}

function keepSending(seat) {
  const send = () => sendQueue(seat).catch(() => {});
  const sendIfSeen = () => document.visibilityState === "visible" && sendWaiting();
  const sendWaiting = async () => {
    if ((await itemsOf(seat)).some(({ state }) => state === "waiting" || state === "sending")) {
      await send();
    }
  };
  window.addEventListener("online", sendWaiting);
  document.addEventListener("visibilitychange", sendIfSeen);
  setInterval(sendIfSeen, TRY_AGAIN);
  sendWaiting();
}

// The pages that must be there when the signal is not, as they are now; and those they lead to, down to each
// stop of a driver's rounds.
async function keepFresh(seat, addresses) {
  const last = (await kept(FRESH_SINCE)) ?? 0;
  const isRound = ROUND.test(location.pathname);
  if ((Date.now() - last < FRESH_FOR && !isRound) || !navigator.onLine) {
    return;
  }
  await navigator.serviceWorker.ready;
  const pages = isRound ? [location.pathname] : addresses;
  // A run of the sender also brings numbers for the next lots.
  const [why, ...all] = await Promise.all([sendQueue(seat).catch(() => "failed"), ...pages.map(keepWithStops)]);
  await keep(FRESH_SINCE, !why && all.every(Boolean) ? Date.now() : 0);
}

async function keepWithStops(address) {
  const isKept = await keepPage(address).catch(() => false);
  if (isKept && address.startsWith("/driving/")) {
    const text = await (await keptPage(address)).text();
    const linked = [...text.matchAll(/href="(\/driving\/[^"]+)"/g)].map(([, href]) => href);
    // Coming back is linked to only when every stop is recorded, which may happen without signal.
    const deeper = ROUND.test(address) ? [...linked, `${address}back/`] : linked;
    const next = [...new Set(deeper)].filter((href) => href.startsWith(address) && href !== address);
    await Promise.all(next.slice(0, MOST_LINKED).map(keepWithStops));
  }
  return isKept;
}
