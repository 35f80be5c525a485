// Search as you type: the ARIA combobox pattern with a listbox, over a JSON address.
// Without this script the words are sent with the form and the server offers what it found.
const PAUSE_MILLISECONDS = 150;
const SHORTEST_SEARCH = 2;

// `search(address, words)` may answer instead of the address, as where there is no signal.
export function enhanceLookups(root, { search } = {}) {
  for (const box of root.querySelectorAll("[data-lookup]")) {
    new Lookup(box, search);
  }
}

class Lookup {
  constructor(box, search) {
    this.address = box.dataset.lookup;
    this.ownSearch = search;
    this.input = box.querySelector("input[type=text]");
    this.picked = this.hiddenInput(box);
    this.list = this.addList(box);
    this.status = this.addStatus(box);
    this.active = -1;
    this.pickedLabel = this.picked.value ? this.input.value : "";
    this.request = null;
    this.timer = 0;

    this.input.setAttribute("role", "combobox");
    this.input.setAttribute("aria-autocomplete", "list");
    this.input.setAttribute("aria-expanded", "false");
    this.input.setAttribute("aria-controls", this.list.id);
    this.input.addEventListener("input", () => this.onInput());
    this.input.addEventListener("focus", () => this.onReturn());
    this.input.addEventListener("keydown", (event) => this.onKey(event));
    this.input.addEventListener("blur", () => this.close());
    // mousedown comes before blur; keeping focus lets the click land on the option.
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => this.onClick(event));
    // On a slow phone the words may be there before this script is.
    if (document.activeElement === this.input) {
      this.onReturn();
    }
  }

  // The server's radios, shown after an unclear answer, hold the pick themselves.
  hiddenInput(box) {
    const name = `${this.input.name}-picked`;
    const existing = box.querySelector(`input[type=hidden][name="${CSS.escape(name)}"]`);
    if (existing) {
      return existing;
    }
    const hidden = document.createElement("input");
    hidden.type = "hidden";
    this.radioName = name;
    this.box = box;
    box.append(hidden);
    return hidden;
  }

  addList(box) {
    const list = document.createElement("ul");
    list.id = `${this.input.id}-matches`;
    list.className = "lode-lookup__list";
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", "Matches");
    list.hidden = true;
    this.input.after(list);
    return list;
  }

  addStatus(box) {
    const status = document.createElement("div");
    status.className = "govuk-visually-hidden";
    status.setAttribute("role", "status");
    box.append(status);
    return status;
  }

  // Words with nothing chosen for them, as after an answer that never came, are looked up again.
  onReturn() {
    if (this.list.hidden && this.input.value !== this.pickedLabel) {
      this.onInput();
    }
  }

  onInput() {
    if (this.input.value !== this.pickedLabel) {
      this.picked.value = "";
      this.pickedLabel = "";
    }
    clearTimeout(this.timer);
    const words = this.input.value.trim();
    if (words.length < SHORTEST_SEARCH) {
      this.close();
      return;
    }
    this.timer = setTimeout(() => this.search(words), PAUSE_MILLISECONDS);
  }

  async search(words) {
    if (this.ownSearch) {
      this.show(this.ownSearch(this.address, words));
      return;
    }
    this.request?.abort();
    this.request = new AbortController();
    const address = new URL(this.address, location.href);
    address.searchParams.set("q", words);
    try {
      const response = await fetch(address, {
        credentials: "same-origin",
        headers: { Accept: "application/json" },
        signal: this.request.signal,
      });
      if (response.ok) {
        this.show((await response.json()).results);
      }
    } catch (error) {
      // With no answer the plain form still works; say nothing and let it.
      if (error.name !== "AbortError") {
        this.close();
      }
    }
  }

  show(matches) {
    this.active = -1;
    this.list.replaceChildren(...matches.map((match, index) => this.option(match, index)));
    this.input.removeAttribute("aria-activedescendant");
    const found = matches.length === 1 ? "1 match" : `${matches.length} matches`;
    this.status.textContent = matches.length ? `${found}. Use the up and down arrows.` : "No matches";
    this.list.hidden = matches.length === 0 || document.activeElement !== this.input;
    this.input.setAttribute("aria-expanded", String(!this.list.hidden));
  }

  option(match, index) {
    const option = document.createElement("li");
    option.id = `${this.list.id}-${index}`;
    option.className = "lode-lookup__option";
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    option.dataset.value = match.value;
    option.dataset.label = match.label;
    const label = document.createElement("span");
    label.textContent = match.label;
    option.append(label);
    if (match.hint) {
      const hint = document.createElement("span");
      hint.className = "lode-lookup__hint";
      hint.textContent = match.hint;
      option.append(" ", hint);
    }
    return option;
  }

  onKey(event) {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (!this.list.hidden) {
        event.preventDefault();
        this.move(event.key === "ArrowDown" ? 1 : -1);
      }
    } else if (event.key === "Enter" && !this.list.hidden && this.active >= 0) {
      event.preventDefault();
      this.pick(this.list.children[this.active]);
    } else if (event.key === "Escape" && !this.list.hidden) {
      event.preventDefault();
      this.close();
    }
  }

  move(step) {
    const options = this.list.children;
    options[this.active]?.setAttribute("aria-selected", "false");
    this.active = (this.active + step + options.length + (this.active < 0 && step < 0 ? 1 : 0)) % options.length;
    const option = options[this.active];
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", option.id);
  }

  onClick(event) {
    const option = event.target.closest("[role=option]");
    if (option) {
      this.pick(option);
    }
  }

  pick(option) {
    this.box?.querySelector(".lode-lookup__candidates")?.remove();
    if (this.radioName) {
      this.picked.name = this.radioName;
    }
    this.input.value = option.dataset.label;
    this.pickedLabel = option.dataset.label;
    this.picked.value = option.dataset.value;
    this.status.textContent = `${option.dataset.label} chosen`;
    this.close();
    this.input.dispatchEvent(new CustomEvent("lookup:picked", { bubbles: true, detail: { value: option.dataset.value } }));
  }

  close() {
    clearTimeout(this.timer);
    this.request?.abort();
    this.list.hidden = true;
    this.active = -1;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }
}
