// A form sent while there was no signal: what was typed goes into this phone's queue, not into nothing.
import { typedIn } from "./questions.js";
import { addPhoto, changeItem, currentSeat, itemOf, queueItem } from "./store.js";

const LOG = /^\/log\/(?:([0-9a-f-]{36})\/([a-z-]+)\/)?$/;
const DRIVING = /^\/driving\/([\w-]+)\/(?:(\d+)\/)?(leave\/|arrive\/|unload\/\d+\/|back\/)?$/;
const NOT_TYPED = new Set(["csrfmiddlewaretoken"]);

export const ON_THIS_PHONE = "/on-this-phone/";
export const LOG_OFFLINE = "/log/offline/";

export function mayBeCarried(path) {
  const [, , slug] = LOG.exec(path) ?? [];
  return (LOG.test(path) && slug !== "discard") || DRIVING.test(path);
}

// "Hard disk drive: 120", from what was typed so far.
export function titleOf(pages) {
  const product = pages.product?.product ?? "A lot";
  return pages.amount?.quantity ? `${product}: ${pages.amount.quantity}` : product;
}

export const isLogPage = (path) => LOG.test(path);

// Keep what a request carries. Where to go on; undefined when it cannot be kept.
export async function carry(request) {
  const seat = await currentSeat();
  if (!seat) {
    return undefined;
  }
  const { pathname } = new URL(request.url);
  const form = await request.formData();
  const fields = [...form].filter(([name, value]) => typeof value === "string" && !NOT_TYPED.has(name));
  const files = [...form].filter(([, value]) => typeof value !== "string" && value.size > 0);
  return DRIVING.test(pathname)
    ? carryDriving(seat, pathname, fields, files)
    : carryLogPage(seat, pathname, fields, files);
}

// A step of a driver's day: leaving, arriving, what was loaded at a stop, unloading on the way, coming back. Each goes to the same
// address as with signal, with /queue before it.
async function carryDriving(seat, pathname, fields, files) {
  const [, round, sequence, step] = DRIVING.exec(pathname);
  const id = Object.fromEntries(fields).submission_id ?? crypto.randomUUID();
  const stop = sequence ? `stop ${sequence} of ${round}` : round;
  const titles = { "leave/": `Left the plant: ${round}`, "arrive/": `Arrived: ${stop}`, "back/": `Back at the plant: ${round}` };
  await queueItem(seat, id, (item) => {
    const unloaded = step?.startsWith("unload/") ? `Unloaded at the plant: ${round}` : undefined;
    const title = titles[step] ?? unloaded ?? `Recorded: ${stop}`;
    Object.assign(item, { kind: "driving", title, fields, address: `/queue${pathname}`, page: pathname });
    item.wasChanged ||= Boolean(item.wasTried);
  });
  for (const [field, file] of files) {
    await addPhoto(id, file, file.name, field);
  }
  return { "arrive/": `/driving/${round}/${sequence}/`, "back/": "/driving/" }[step] ?? `/driving/${round}/`;
}

async function carryLogPage(seat, pathname, fields, files) {
  const [, given, page] = LOG.exec(pathname);
  const id = given ?? crypto.randomUUID();
  const typed = typedIn(fields);
  if (page === "check") {
    const item = await itemOf(seat, id);
    if (!item) {
      return undefined;
    }
    // The register may have it already, under a number of its own, if only the answer was lost.
    await queueItem(seat, id, (found) => {
      Object.assign(found, { isDifferent: "different" in typed, title: titleOf(found.pages), wasTried: true });
    });
    return ON_THIS_PHONE;
  }
  const slug = page ?? ("source_kind" in typed ? "source" : "product");
  await changeItem(
    seat,
    id,
    (item) => {
      item.pages[slug] = slug === "photos" ? {} : typed;
      Object.assign(item, { state: "draft", title: titleOf(item.pages) });
    },
    { orNew: true },
  );
  for (const [, file] of files) {
    await addPhoto(id, file, file.name);
  }
  return `${LOG_OFFLINE}#${id}`;
}
