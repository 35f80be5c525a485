// Logging a lot without signal: the pages of the journey, drawn by the register when there was signal, one at a
// time. Every answer is on the phone before the next page is shown. `#<id>/<page>` says which lot and page.
import { createAll, Radios, Checkboxes } from "../../vendor/govuk-frontend-6.6.0/govuk-frontend.js";
import { enhanceLookups } from "../lookup.js";
import { smaller } from "../pictures.js";
import { ON_THIS_PHONE, titleOf } from "./carry.js";
import { fillIn, leftEmpty, showProblems, typedIn, wordsOf } from "./questions.js";
import { searchIn } from "./search.js";
import { sendQueue } from "./sender.js";
import { addPhoto, changeItem, itemOf, photosOf, queueItem, removeItem, removePhoto, takeReference } from "./store.js";

const CHECK = "check";
const PHOTOS = "photos";
const book = JSON.parse(document.getElementById("book").textContent);
const place = document.querySelector("[data-log]");
const errors = place.querySelector("[data-errors]");
const stage = place.querySelector("[data-stage]");
const back = place.querySelector("[data-back]");
const search = searchIn(book.products);
const productOf = (pages) => book.products.find(({ value }) => value === pages.product?.["product-picked"]);

// --- Which page ---------------------------------------------------------------------------------------------

// The facts that decide how a page is asked, from the answers so far.
function factsOf(pages) {
  const facts = { ...productOf(pages)?.facts };
  for (const [name, [page, field]] of Object.entries(book.facts)) {
    facts[name] = pages[page]?.[field] ?? "";
  }
  facts.nation = book.nations[pages.place?.place] ?? "";
  return facts;
}

// The shape in which a page is asked now; undefined where it is not asked at all.
function shapeOf(slug, pages) {
  const facts = factsOf(pages);
  const fits = ({ when }) => Object.entries(when).every(([name, value]) => facts[name] === value);
  const index = book.shapes.findIndex((shape) => shape.page === slug && fits(shape));
  return index < 0 ? undefined : { ...book.shapes[index], template: `template[data-shape="${index}"]` };
}

const askedOf = (pages) => book.order.filter((slug) => slug === PHOTOS || shapeOf(slug, pages));
// Pages that may be left as they are, and are opened from the last page.
const offeredOf = (pages) => book.offered.filter((slug) => shapeOf(slug, pages));

// Words for which a product on the phone could be chosen. Which one it is decides how the amount is asked, and the
// amount is known where the lot is. Words that fit none are left to the register's own search.
function isUnclear(slug, pages) {
  const typed = pages[slug];
  return slug === "product" && Boolean(typed?.product) && !typed["product-picked"] && search(typed.product).length > 0;
}

// The first page still to be answered, or with something on it to be mended.
function nextOf(item) {
  const wrong = new Set((item.problems ?? []).map(({ page }) => page));
  const isOpen = (slug) => !(slug in item.pages) || wrong.has(slug) || isUnclear(slug, item.pages);
  return (
    askedOf(item.pages).find(isOpen) ??
    offeredOf(item.pages).find((slug) => wrong.has(slug)) ??
    CHECK
  );
}

function here() {
  const [id, slug] = location.hash.slice(1).split("/");
  return { id, slug };
}

const go = (id, slug) => {
  const hash = `#${id}/${slug}`;
  if (location.hash === hash) {
    show();
  } else {
    location.hash = hash;
  }
};

// --- Showing ------------------------------------------------------------------------------------------------

async function show() {
  let { id, slug } = here();
  if (!id) {
    history.replaceState(null, "", `#${crypto.randomUUID()}`);
    ({ id, slug } = here());
  }
  const item = (await itemOf(book.seat, id)) ?? { id, pages: {} };
  if (item.state === "sending" || item.state === "done") {
    location.assign(ON_THIS_PHONE);
    return;
  }
  if (await answerFromUsual(item)) {
    return;
  }
  if (!slug) {
    history.replaceState(null, "", `#${id}/${nextOf(item)}`);
    ({ slug } = here());
  }
  errors.replaceChildren();
  const asked = [...askedOf(item.pages), CHECK];
  const before = book.offered.includes(slug) ? CHECK : asked[asked.indexOf(slug) - 1];
  back.href = before ? `#${id}/${before}` : ON_THIS_PHONE;
  document.title = document.title.replace(/^.*? – /, `${slug === CHECK ? "Check your answers" : book.titles[slug]} – `);
  await (slug === CHECK ? showCheck(item) : slug === PHOTOS ? showPhotos(item) : showQuestion(item, slug));
  place.hidden = false;
  window.scrollTo(0, 0);
}

function clone(selector) {
  stage.replaceChildren(document.querySelector(selector).content.cloneNode(true));
  return stage.querySelector("form");
}

async function showQuestion(item, slug) {
  const shape = shapeOf(slug, item.pages);
  if (!shape) {
    go(item.id, nextOf(item));
    return;
  }
  const form = clone(shape.template);
  fillIn(form, item.pages[slug] ?? productOf(item.pages)?.initial?.[slug] ?? {});
  createAll(Radios, {}, stage);
  createAll(Checkboxes, {}, stage);
  enhanceLookups(stage, { search: (address, words) => (address.startsWith("/log/products/") ? search(words) : []) });
  offerUsual(item, slug, form);
  const wrong = (item.problems ?? []).filter(({ page }) => page === slug);
  if (!wrong.length && isUnclear(slug, item.pages)) {
    wrong.push({ target: form.elements.product.id, message: "Choose from the list which product it is" });
  }
  showProblems(errors, form, wrong);
  if (!wrong.length) {
    (form.querySelector("[autofocus]") ?? form.querySelector("h1"))?.focus();
  }
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const found = leftEmpty(form, shape.required);
    showProblems(errors, form, found);
    if (!found.length) {
      const kept = await keepAnswers(item.id, slug, typedIn(new FormData(form, event.submitter)));
      go(item.id, nextOf(kept));
    }
  });
}

// What was typed is on the phone before anything else happens. The answers to be mended on this page are.
function keepAnswers(id, slug, typed) {
  return changeItem(
    book.seat,
    id,
    (item) => {
      item.pages[slug] = typed;
      item.problems = (item.problems ?? []).filter(({ page }) => page !== slug);
      item.wasChanged ||= Boolean(item.wasTried);
      item.state = item.queuedAt ? "attention" : "draft";
      item.title = titleOf(item.pages);
    },
    { orNew: true },
  );
}

// "What you log most": all of the last lot of it but the amount is taken over.
function offerUsual(item, slug, form) {
  const list = form.parentElement.querySelector("[data-usual]");
  if (slug !== "product" || !list || book.usual.length === 0) {
    list?.remove();
    return;
  }
  list.hidden = false;
  for (const usual of book.usual) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "lode-choice";
    button.textContent = usual.name;
    button.addEventListener("click", () => startLike(item.id, usual.code));
    list.append(button);
  }
}

async function startLike(id, code) {
  const usual = book.usual.find((one) => one.code === code);
  let kept;
  for (const [slug, typed] of Object.entries(usual.pages)) {
    kept = await keepAnswers(id, slug, typed);
  }
  go(id, nextOf(kept));
}

// A usual product chosen on the page with signal just as the signal went.
async function answerFromUsual(item) {
  const often = item.pages.product?.often;
  if (!often) {
    return false;
  }
  if (book.usual.some(({ code }) => code === often)) {
    await startLike(item.id, often);
  } else {
    const found = book.products.find(({ value }) => value === often);
    await keepAnswers(item.id, "product", found ? { product: found.label, "product-picked": often } : {});
    go(item.id, "product");
  }
  return true;
}

async function showPhotos(item) {
  const form = clone("template[data-photos]");
  const list = form.querySelector("[data-list]");
  for (const photo of await photosOf(item.id)) {
    list.append(photoLine(photo, () => show()));
  }
  const input = form.querySelector("input[type=file]");
  const keepChosen = async () => {
    for (const file of input.files) {
      await addPhoto(item.id, await smaller(file), file.name);
    }
    input.value = "";
  };
  input.addEventListener("change", async () => {
    await keepAnswers(item.id, PHOTOS, {});
    await keepChosen();
    await show();
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const kept = await keepAnswers(item.id, PHOTOS, {});
    go(item.id, nextOf(kept));
  });
}

function photoLine(photo, after) {
  const line = document.createElement("li");
  line.className = "lode-photo";
  const image = document.createElement("img");
  image.className = "lode-photo__image";
  image.alt = photo.name;
  image.src = URL.createObjectURL(photo.blob);
  const remove = document.createElement("button");
  remove.type = "button";
  remove.className = "govuk-button govuk-button--secondary lode-photo__remove";
  remove.textContent = "Remove";
  remove.setAttribute("aria-label", `Remove ${photo.name}`);
  remove.addEventListener("click", async () => {
    await removePhoto(photo.id);
    after();
  });
  line.append(image, remove);
  return line;
}

async function showCheck(item) {
  if (nextOf(item) !== CHECK) {
    go(item.id, nextOf(item));
    return;
  }
  const form = clone("template[data-check]");
  const reference = await takeReference(book.seat, item.id);
  const number = form.parentElement.querySelector("[data-reference]");
  number.textContent = reference ?? "";
  number.closest("[data-number]").hidden = !reference;
  const photos = await photosOf(item.id);
  const list = form.parentElement.querySelector("dl");
  for (const slug of [...askedOf(item.pages), ...offeredOf(item.pages)]) {
    const count = `${photos.length} photo${photos.length === 1 ? "" : "s"}`;
    list.append(rowOf(item, slug, slug === PHOTOS ? [photos.length ? count : "None"] : answersOf(item, slug)));
  }
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    finish(item.id);
  });
  form.parentElement.querySelector("[data-discard]").addEventListener("click", async () => {
    await removeItem(book.seat, item.id);
    location.assign(ON_THIS_PHONE);
  });
}

function answersOf(item, slug) {
  if (!(slug in item.pages)) {
    return [];
  }
  const form = document.querySelector(shapeOf(slug, item.pages).template).content.cloneNode(true).querySelector("form");
  fillIn(form, item.pages[slug]);
  return wordsOf(form);
}

function rowOf(item, slug, words) {
  const row = document.createElement("div");
  row.className = "govuk-summary-list__row";
  const key = document.createElement("dt");
  key.className = "govuk-summary-list__key";
  key.textContent = book.titles[slug];
  const value = document.createElement("dd");
  value.className = "govuk-summary-list__value";
  value.append(...(words.length ? words : ["Not given"]).flatMap((line, index) => (index ? [document.createElement("br"), line] : [line])));
  const action = document.createElement("dd");
  action.className = "govuk-summary-list__actions";
  const link = document.createElement("a");
  link.className = "govuk-link";
  link.href = `#${item.id}/${slug}`;
  link.textContent = words.length ? "Change" : "Add";
  link.setAttribute("aria-label", `${link.textContent}: ${book.titles[slug]}`);
  action.append(link);
  row.append(key, value, action);
  return row;
}

async function finish(id) {
  await navigator.storage?.persist?.();
  await queueItem(book.seat, id, (item) => (item.title = titleOf(item.pages)));
  (await navigator.serviceWorker.getRegistration())?.sync?.register("queue").catch(() => {});
  await Promise.race([sendQueue(book.seat), new Promise((resolve) => setTimeout(resolve, 4000))]).catch(() => {});
  const item = await itemOf(book.seat, id);
  location.assign(item?.state === "done" ? `${item.result.url}?logged=yes` : ON_THIS_PHONE);
}

window.addEventListener("hashchange", show);
show();
