// Pages this phone keeps for when there is no signal: only those the register marks, only for the person they
// were drawn for, only until that person signs out or somebody else signs in.
import { currentSeat, keep, setCurrentSeat } from "./store.js";

const PAGES = "lodestone-pages";
const MARK = "X-Lodestone-Offline";
// Since when all the pages this person will need are here; 0 while they are not.
export const FRESH_SINCE = "fresh";

// Keep an answer that came over the network, if it is meant to be kept.
export async function keepAnswer(address, answer) {
  const seat = answer.headers.get(MARK);
  if (!answer.ok || !seat || answer.redirected) {
    return false;
  }
  await seatIs(seat);
  const pages = await caches.open(PAGES);
  await pages.put(withoutFragment(address), answer);
  return true;
}

export async function keepPage(address) {
  return keepAnswer(address, await fetch(address, { credentials: "same-origin", redirect: "manual" }));
}

export async function keptPage(address) {
  if (!(await currentSeat())) {
    return undefined;
  }
  const pages = await caches.open(PAGES);
  return pages.match(withoutFragment(address), { ignoreVary: true });
}

// Somebody is signed in on this phone. Pages of whoever was before go.
export async function seatIs(seat) {
  if ((await currentSeat()) !== seat) {
    await forgetPages();
    await setCurrentSeat(seat);
  }
}

export async function nobodyIsHere() {
  await setCurrentSeat("");
  await forgetPages();
}

async function forgetPages() {
  await keep(FRESH_SINCE, 0);
  await caches.delete(PAGES);
}

function withoutFragment(address) {
  const url = new URL(address, location.href);
  url.hash = "";
  return url.href;
}
