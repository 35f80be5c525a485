// Sends what waits on this phone: in order, one sender at a time, each event until the register answers.
// The register knows an event by its id, so one whose answer was lost is sent again and is still one.
// Runs in pages and in the service worker.
import { changeItem, fillReferences, itemOf, itemsOf, keep, photosOf, removePhoto, tidy } from "./store.js";

const SOON = 30_000;
const PHOTO_SOON = 180_000;

// Why a run stopped before the end. Nothing is lost: it goes on at the next chance.
export const STOPPED = {
  noSignal: "no_signal",
  signedOut: "signed_out",
  otherSeat: "other_seat",
  busy: "busy",
  refused: "refused",
};

class Stopped extends Error {
  constructor(why) {
    super(why);
    this.why = why;
  }
}

let running = null;

// Send everything of this seat. One run at a time, over all tabs and the worker; asked for meanwhile, it is
// done once more after it.
export function sendQueue(seat) {
  running ??= alone(() => {
    running = null;
    return run(seat);
  });
  return running;
}

function alone(work) {
  return navigator.locks ? navigator.locks.request("lodestone-sender", work) : Promise.resolve().then(work);
}

async function run(seat) {
  try {
    const here = await whoIsHere(seat);
    if (here.logs_lots) {
      await fillReferences(seat, (device, spent) => issue(here, device, spent));
    }
    const tried = new Set();
    for (let item = await next(seat, tried); item; item = await next(seat, tried)) {
      tried.add(item.id);
      await sendItem(here, item);
    }
    await tidy(seat);
    await keep(`last run ${seat}`, { why: "", at: Date.now() });
    return "";
  } catch (error) {
    if (!(error instanceof Stopped)) {
      throw error;
    }
    await keep(`last run ${seat}`, { why: error.why, at: Date.now() });
    return error.why;
  }
}

async function next(seat, tried) {
  const items = await itemsOf(seat);
  return items.find(({ id, state }) => (state === "waiting" || state === "sending") && !tried.has(id));
}

// --- Talking to the register -------------------------------------------------------------------------------

async function ask(address, options = {}, limit = SOON) {
  try {
    const answer = await fetch(address, {
      credentials: "same-origin",
      redirect: "manual",
      cache: "no-store",
      signal: AbortSignal.timeout(limit),
      ...options,
    });
    const isJson = answer.headers.get("Content-Type")?.startsWith("application/json");
    return { status: answer.status, type: answer.type, body: isJson ? await answer.json() : {} };
  } catch {
    // No signal, or it went while the answer was on its way.
    throw new Stopped(STOPPED.noSignal);
  }
}

async function whoIsHere(seat) {
  const answer = await ask("/queue/here/");
  if (answer.type === "opaqueredirect" || answer.status === 401) {
    throw new Stopped(STOPPED.signedOut);
  }
  if (answer.status !== 200) {
    throw new Stopped(answer.status === 403 ? STOPPED.refused : STOPPED.busy);
  }
  if (answer.body.seat !== seat) {
    throw new Stopped(STOPPED.otherSeat);
  }
  return answer.body;
}

// An answer to the event itself: taken in (200) or to be mended (4xx with problems). All else stops the run.
async function send(here, address, body, headers = {}, limit = SOON) {
  const answer = await ask(
    address,
    { method: "POST", body, headers: { "X-CSRFToken": here.csrf, "X-Lodestone-Seat": here.seat, ...headers } },
    limit,
  );
  if (answer.type === "opaqueredirect" || answer.status === 401) {
    throw new Stopped(STOPPED.signedOut);
  }
  if (answer.status === 409) {
    throw new Stopped(STOPPED.otherSeat);
  }
  if (answer.status === 403) {
    throw new Stopped(STOPPED.refused);
  }
  if (answer.status === 429 || answer.status >= 500) {
    throw new Stopped(STOPPED.busy);
  }
  if (answer.status !== 200 && !answer.body.problems) {
    const message = answer.body.message ?? "The register cannot read this. Open it, look it over and send it again.";
    answer.body.problems = [{ message, page: "", target: "" }];
  }
  return answer;
}

function sendJson(here, address, fields) {
  return send(here, address, JSON.stringify(fields), { "Content-Type": "application/json" });
}

async function issue(here, device, spent) {
  const answer = await sendJson(here, "/queue/references/", { device, spent });
  return answer.status === 200 ? answer.body.references : [];
}

// --- One event ---------------------------------------------------------------------------------------------

async function sendItem(here, { id, seat }) {
  const item = await changeItem(seat, id, (found) => {
    if (found.state !== "waiting" && found.state !== "sending") {
      return false;
    }
    found.state = "sending";
    found.wasTried = true;
    return true;
  });
  if (!item) {
    return;
  }
  try {
    if (!item.result && !(await sendEvent(here, item))) {
      return;
    }
    await sendPhotos(here, await itemOf(seat, id));
  } catch (error) {
    // Where it was in the queue, for the next run.
    await changeItem(seat, id, (found) => found.state === "sending" && ((found.state = "waiting"), true));
    throw error;
  }
}

async function sendEvent(here, item) {
  const answer = await (item.kind === "lot" ? sendLot(here, item) : sendFields(here, item));
  const { problems, alike = [], ...result } = answer.body;
  const isIn = answer.status === 200;
  await changeItem(item.seat, item.id, (found) => {
    if (isIn) {
      found.result = result;
      found.reference = result.reference ?? found.reference;
      found.isLate = Boolean(item.wasChanged) && result.is_new === false;
    } else {
      Object.assign(found, { state: "attention", problems, alike });
      if (problems.some(({ field }) => field === "reference")) {
        found.reference = undefined;
      }
    }
  });
  return isIn;
}

const ageOf = (item) => Math.max(0, Math.round((Date.now() - item.typedAt) / 1000));

function sendLot(here, item) {
  return sendJson(here, "/queue/lots/", {
    submission_id: item.id,
    reference: item.reference ?? "",
    pages: item.pages,
    is_different: Boolean(item.isDifferent),
    age_seconds: ageOf(item),
  });
}

function sendFields(here, item) {
  const body = new URLSearchParams(item.fields);
  body.set("age_seconds", ageOf(item));
  return send(here, item.address, body);
}

async function sendPhotos(here, item) {
  const problems = [];
  for (const photo of await photosOf(item.id)) {
    const body = new FormData();
    body.set("photo", photo.blob, photo.name);
    const answer = await send(here, `${item.address ?? `/queue/lots/${item.id}/`}photos/`, body, {}, PHOTO_SOON);
    if (answer.status === 200) {
      await removePhoto(photo.id);
    } else {
      problems.push(...answer.body.problems);
    }
  }
  await changeItem(item.seat, item.id, (found) => {
    found.problems = problems;
    found.state = problems.length ? "attention" : "done";
    found.doneAt = Date.now();
  });
}
