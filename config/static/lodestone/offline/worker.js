// The service worker: pages and forms keep working when the signal goes.
//
// Pages come from the network, and from this phone when there is none. Forms go to the register; one that
// does not arrive is carried in the queue. What has a name with its content's hash is kept for good.
import { carry, isLogPage, LOG_OFFLINE, mayBeCarried, ON_THIS_PHONE } from "./carry.js";
import { keepAnswer, keptPage, nobodyIsHere } from "./pages.js";
import { sendQueue } from "./sender.js";
import { currentSeat, itemsOf } from "./store.js";

const STATIC = "lodestone-static-";
// Pages kept before an update still ask for the files they were drawn with.
const VERSIONS_KEPT = 3;
// How long a weak signal may take before what is on the phone is used instead.
const PATIENCE = 6_000;
const PATIENCE_WITH_FORMS = 15_000;

// `version` names this set of files, `files` are their addresses, `hashed` whether those never change.
export function work({ version, files, prefix, hashed }) {
  const cacheName = STATIC + version;

  self.addEventListener("install", (event) => {
    self.skipWaiting();
    event.waitUntil(install(cacheName, files));
  });
  self.addEventListener("activate", (event) => event.waitUntil(takeOver()));
  self.addEventListener("sync", (event) => event.waitUntil(sendForWhoeverIsHere()));
  self.addEventListener("fetch", (event) => {
    const { request } = event;
    const url = new URL(request.url);
    if (url.origin !== location.origin) {
      return;
    }
    if (request.method === "GET" && url.pathname.startsWith(prefix)) {
      event.respondWith(file(request, cacheName, hashed));
    } else if (request.mode === "navigate") {
      event.respondWith(request.method === "GET" ? page(event) : form(event, url.pathname));
    }
  });
}

async function install(cacheName, files) {
  const cache = await caches.open(cacheName);
  await cache.addAll(files);
  // Drawn for nobody, so that anybody may be shown it.
  await cache.put(ON_THIS_PHONE, await fetch(ON_THIS_PHONE, { credentials: "omit" }));
}

async function takeOver() {
  const names = (await caches.keys()).filter((name) => name.startsWith(STATIC));
  await Promise.all(names.slice(0, -VERSIONS_KEPT).map((name) => caches.delete(name)));
  await self.clients.claim();
}

async function file(request, cacheName, hashed) {
  const kept = () => caches.match(request, { ignoreVary: true });
  if (hashed) {
    return (await kept()) ?? fetch(request);
  }
  return fetch(request).catch(async () => (await kept()) ?? Response.error());
}

async function page(event) {
  const { request } = event;
  const kept = await keptPage(request.url);
  try {
    const answer = await (kept ? within(PATIENCE, fetch(request)) : fetch(request));
    event.waitUntil(keepAnswer(request.url, answer.clone()));
    return answer;
  } catch {
    return kept ?? instead(new URL(request.url).pathname);
  }
}

// What there is to do without signal, where somebody wanted a page that this phone does not have.
async function instead(pathname) {
  const [, id = ""] = /^\/log\/([0-9a-f-]{36})\//.exec(pathname) ?? [];
  if (isLogPage(pathname) && (await keptPage(LOG_OFFLINE))) {
    return Response.redirect(`${LOG_OFFLINE}#${id}`);
  }
  return (await caches.match(ON_THIS_PHONE, { ignoreVary: true })) ?? Response.error();
}

async function form(event, pathname) {
  const { request } = event;
  if (pathname === "/sign-out/") {
    await nobodyIsHere();
  }
  const copy = mayBeCarried(pathname) ? request.clone() : null;
  const hasFiles = request.headers.get("Content-Type")?.startsWith("multipart/");
  try {
    return await (copy && !hasFiles ? within(PATIENCE_WITH_FORMS, fetch(request)) : fetch(request));
  } catch {
    const next = copy && (await carry(copy));
    if (!next) {
      return instead("");
    }
    await self.registration.sync?.register("queue").catch(() => {});
    return Response.redirect(next, 303);
  }
}

async function within(patience, answer) {
  const late = new Promise((_, reject) => setTimeout(() => reject(new Error("late")), patience));
  return Promise.race([answer, late]);
}

// Background Sync: the browser calls when the signal is back, even with no page open.
async function sendForWhoeverIsHere() {
  const seat = await currentSeat();
  if (seat && (await itemsOf(seat)).some(({ state }) => state === "waiting" || state === "sending")) {
    const why = await sendQueue(seat);
    if (why === "no_signal" || why === "busy") {
      throw new Error("Later again");
    }
  }
}
