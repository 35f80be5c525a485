// What this phone keeps by itself: events that wait to be sent, their photos, and numbers for the next lots.
// Everything belongs to a seat, one person acting for one organisation; nobody else's is ever read.
//
// item: { id, seat, kind: "lot" | "driving" | "photo", state, order, typedAt, title, … } with state one of
//   "copy"      answers of a form that the register has too, in case the signal goes
//   "draft"     being answered on this phone
//   "waiting"   to be sent, in the order of `order`
//   "sending"   on its way; if the phone dies meanwhile it is sent again, and is still one
//   "attention" the register asks for something; `problems` say what
//   "done"      in the register; shown for a while
const DATABASE = "lodestone";
const KEEP_DONE = 12;
const KEEP_COPIES = 6;
const ENOUGH_REFERENCES = 10;

const changes = "BroadcastChannel" in globalThis ? new BroadcastChannel("lodestone-queue") : null;
let opening = null;

function answerOf(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function database() {
  opening ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => {
      const made = request.result;
      made.createObjectStore("items", { keyPath: "id" }).createIndex("seat", "seat");
      made.createObjectStore("photos", { keyPath: "id" }).createIndex("item", "item");
      made.createObjectStore("kept");
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  opening.catch(() => (opening = null));
  return opening;
}

// One transaction over the named stores; what `work` gives, once it is safely written.
async function within(names, mode, work) {
  const transaction = (await database()).transaction(names, mode, { durability: "strict" });
  const written = new Promise((resolve, reject) => {
    transaction.oncomplete = resolve;
    transaction.onabort = transaction.onerror = () => reject(transaction.error);
  });
  const result = await work(...names.map((name) => transaction.objectStore(name)));
  await written;
  return result;
}

const listeners = new Set();

// Tells this page; the other tabs and the worker hear it over the channel.
function changed() {
  changes?.postMessage("changed");
  listeners.forEach((listener) => listener());
}

export function onChange(listener) {
  listeners.add(listener);
  changes?.addEventListener("message", listener);
}

// --- Whose phone it is -------------------------------------------------------------------------------------

export const currentSeat = () => kept("seat");

export const setCurrentSeat = (seat) => keep("seat", seat);

export const kept = (name) => within(["kept"], "readonly", (store) => answerOf(store.get(name)));

export const keep = (name, value) => within(["kept"], "readwrite", (store) => answerOf(store.put(value, name)));

// --- The queue ---------------------------------------------------------------------------------------------

export async function itemsOf(seat) {
  const items = await within(["items"], "readonly", (store) => answerOf(store.index("seat").getAll(seat)));
  return items.sort((one, other) => one.order - other.order);
}

export async function itemOf(seat, id) {
  const item = await within(["items"], "readonly", (store) => answerOf(store.get(id)));
  return item?.seat === seat ? item : undefined;
}

// Change an item in one transaction; `change` gets it and alters it in place, or leaves everything as it was by
// answering `false`. With `orNew`, one that is not there yet is made.
export async function changeItem(seat, id, change, { orNew = false } = {}) {
  const item = await within(["items"], "readwrite", async (store) => {
    const found = (await answerOf(store.get(id))) ?? (orNew ? newItem(seat, id) : null);
    if (found?.seat !== seat || change(found) === false) {
      return undefined;
    }
    store.put(found);
    return found;
  });
  changed();
  return item;
}

function newItem(seat, id) {
  return { id, seat, kind: "lot", state: "copy", order: Date.now(), typedAt: Date.now(), pages: {}, title: "" };
}

// Put an item at the end of the queue, or back where it was before somebody mended it.
export function queueItem(seat, id, change = () => {}) {
  return changeItem(
    seat,
    id,
    (item) => {
      change(item);
      if (!item.queuedAt) {
        item.order = item.typedAt = item.queuedAt = Date.now();
      }
      Object.assign(item, { state: "waiting", problems: [], alike: [] });
    },
    { orNew: true },
  );
}

export async function removeItem(seat, id) {
  await within(["items", "photos"], "readwrite", async (items, photos) => {
    const item = await answerOf(items.get(id));
    if (item?.seat === seat) {
      items.delete(id);
      for (const key of await answerOf(photos.index("item").getAllKeys(id))) {
        photos.delete(key);
      }
    }
  });
  changed();
}

// Of what is in the register already, and of copies never needed, only the newest are kept.
export async function tidy(seat) {
  const items = (await itemsOf(seat)).reverse();
  const old = [
    ...items.filter((item) => item.state === "done").slice(KEEP_DONE),
    ...items.filter((item) => item.state === "copy").slice(KEEP_COPIES),
  ];
  for (const item of old) {
    await removeItem(seat, item.id);
  }
}

// --- Photos ------------------------------------------------------------------------------------------------

export async function addPhoto(item, blob, name, field = "photo") {
  const photo = { id: crypto.randomUUID(), item, blob, name, field, order: performance.now() + Date.now() };
  await within(["photos"], "readwrite", (store) => answerOf(store.put(photo)));
  changed();
}

export async function photosOf(item) {
  const photos = await within(["photos"], "readonly", (store) => answerOf(store.index("item").getAll(item)));
  return photos.sort((one, other) => one.order - other.order);
}

export async function removePhoto(id) {
  await within(["photos"], "readwrite", (store) => answerOf(store.delete(id)));
  changed();
}

// --- Numbers for the next lots -----------------------------------------------------------------------------

// { device, free: [{ reference, expires }], spent: [reference] } of one seat on this phone.
async function pouch(seat) {
  return (await kept(`references ${seat}`)) ?? { device: crypto.randomUUID(), free: [], spent: [] };
}

const isGood = ({ expires }) => expires > Date.now();

// Asks `issue(device, spent)` for more where few are left; quietly does without where it gives none.
export async function fillReferences(seat, issue) {
  const held = await pouch(seat);
  if (held.free.filter(isGood).length >= ENOUGH_REFERENCES) {
    return;
  }
  await keep(`references ${seat}`, held);
  const given = await issue(held.device, held.spent);
  await within(["kept"], "readwrite", async (store) => {
    const now = (await answerOf(store.get(`references ${seat}`))) ?? held;
    now.free = given.filter(({ reference }) => !now.spent.includes(reference));
    store.put(now, `references ${seat}`);
  });
}

// The next number, given to this item for good; undefined where the phone holds none.
export function takeReference(seat, id) {
  return within(["kept", "items"], "readwrite", async (store, items) => {
    const item = await answerOf(items.get(id));
    if (!item || item.seat !== seat || item.reference) {
      return item?.reference;
    }
    const held = await answerOf(store.get(`references ${seat}`));
    const good = held?.free.filter(isGood) ?? [];
    if (good.length === 0) {
      return undefined;
    }
    item.reference = good[0].reference;
    store.put({ ...held, free: good.slice(1), spent: [...held.spent, item.reference].slice(-1000) }, `references ${seat}`);
    items.put(item);
    return item.reference;
  });
}
