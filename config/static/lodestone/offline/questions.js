// Forms that the server drew, filled in and looked over by script: what was typed goes in and out as the very
// names and texts that the same form would send.

// What a form would send, as { name: text }. Boxes ticked under one name become one text with commas, as the
// register keeps them.
export function typedIn(data) {
  const typed = {};
  for (const [name, value] of data) {
    if (typeof value === "string") {
      typed[name] = name in typed ? `${typed[name]},${value}` : value;
    }
  }
  return typed;
}

// Put earlier answers back.
export function fillIn(form, typed) {
  for (const field of form.elements) {
    if (!field.name || !(field.name in typed) || field.type === "file") {
      continue;
    }
    if (field.type === "checkbox") {
      field.checked = typed[field.name].split(",").includes(field.value);
    } else if (field.type === "radio") {
      field.checked = field.value === typed[field.name];
    } else {
      field.value = typed[field.name];
    }
  }
}

const groupOf = (field) => field.closest(".govuk-form-group[id$='-group']") ?? field.closest(".govuk-form-group");

function isRevealed(field) {
  const place = field.closest(".govuk-radios__conditional, .govuk-checkboxes__conditional");
  if (!place) {
    return { asked: true, revealed: false };
  }
  const opener = field.form.querySelector(`[aria-controls="${place.id}"], [data-aria-controls="${place.id}"]`);
  return { asked: Boolean(opener?.checked), revealed: true };
}

// What was left empty though it is asked: [{ target, message }] in the order of the page. `required` gives the
// words for each field; a question that an answer revealed is asked too.
export function leftEmpty(form, required) {
  const found = [];
  const seen = new Set();
  for (const field of form.elements) {
    const name = field.name?.replace(/-(picked|day|month|year)$/, "");
    if (!name || seen.has(name) || field.type === "hidden" || field.type === "file") {
      continue;
    }
    seen.add(name);
    const { asked, revealed } = isRevealed(field);
    const message = required[name] ?? (revealed ? `Answer this: ${nameOf(field)}` : "");
    if (asked && message && isEmpty(form, field, name)) {
      found.push({ target: field.id, message });
    }
  }
  return found;
}

function isEmpty(form, field, name) {
  if (field.type === "radio") {
    return ![...form.querySelectorAll(`[name="${CSS.escape(field.name)}"]`)].some(({ checked }) => checked);
  }
  const parts = [...form.elements].filter((each) => each.name === name || each.name?.startsWith(`${name}-`));
  return parts.every(({ value }) => !value.trim());
}

function nameOf(field) {
  const label = groupOf(field)?.querySelector("label, legend");
  return label?.textContent.trim() ?? field.name;
}

// The answers as people read them: the words of what was chosen, and what was typed.
export function wordsOf(form) {
  const words = [];
  for (const field of form.elements) {
    if (!field.name || field.type === "hidden" || !isRevealed(field).asked) {
      continue;
    }
    if (field.type === "radio" || field.type === "checkbox") {
      if (field.checked && field.value) {
        words.push(form.querySelector(`label[for="${CSS.escape(field.id)}"]`)?.textContent.trim());
      }
    } else if (field.type === "select-one") {
      words.push(...(field.value ? [field.selectedOptions[0].textContent.trim()] : []));
    } else if (field.type !== "file" && field.type !== "submit" && field.value.trim()) {
      words.push(field.value.trim());
    }
  }
  return words;
}

// Problems beside their fields and in a summary above, as the server would show them.
export function showProblems(place, form, problems) {
  place.replaceChildren();
  for (const old of form.querySelectorAll("[data-shown-here]")) {
    old.remove();
  }
  for (const group of form.querySelectorAll(".govuk-form-group--error")) {
    group.classList.remove("govuk-form-group--error");
  }
  if (problems.length === 0) {
    return;
  }
  for (const { target, message } of problems) {
    markField(form, target, message);
  }
  place.append(summaryOf(problems));
  place.firstElementChild.focus();
}

function markField(form, target, message) {
  const field = target && form.querySelector(`#${CSS.escape(target)}`);
  const group = field && groupOf(field);
  if (!group) {
    return;
  }
  group.classList.add("govuk-form-group--error");
  const error = document.createElement("p");
  error.className = "govuk-error-message";
  error.dataset.shownHere = "";
  error.id = `${target}-problem`;
  error.append(hidden("Error: "), message);
  const before = group.querySelector(".govuk-radios, .govuk-checkboxes, .govuk-date-input, .govuk-input__wrapper, .lode-lookup, .govuk-input, .govuk-textarea, .govuk-select, .govuk-file-upload");
  before?.before(error);
  field.setAttribute("aria-describedby", `${error.id} ${field.getAttribute("aria-describedby") ?? ""}`.trim());
}

function summaryOf(problems) {
  const summary = document.createElement("div");
  summary.className = "govuk-error-summary";
  summary.tabIndex = -1;
  const alert = document.createElement("div");
  alert.setAttribute("role", "alert");
  const title = document.createElement("h2");
  title.className = "govuk-error-summary__title";
  title.textContent = "There is a problem";
  const list = document.createElement("ul");
  list.className = "govuk-list govuk-error-summary__list";
  list.append(...problems.map(lineOf));
  const body = document.createElement("div");
  body.className = "govuk-error-summary__body";
  body.append(list);
  alert.append(title, body);
  summary.append(alert);
  return summary;
}

function lineOf({ target, message }) {
  const line = document.createElement("li");
  if (!target) {
    line.textContent = message;
    return line;
  }
  const link = document.createElement("a");
  link.href = `#${target}`;
  link.textContent = message;
  // The address after # is the page's own business here.
  link.addEventListener("click", (event) => {
    event.preventDefault();
    document.getElementById(target)?.focus();
  });
  line.append(link);
  return line;
}

function hidden(text) {
  const span = document.createElement("span");
  span.className = "govuk-visually-hidden";
  span.textContent = text;
  return span;
}
