// Files sent one by one, each with its progress, its answer and a way to try again.
// <input type="file" data-one-by-one="now"> sends a file as soon as it is chosen; "on sending" when the form is.
// Without this script the form sends all of them at once and the server answers with a page.
import { smaller } from "./pictures.js";

export function enhanceUploads(root) {
  for (const input of root.querySelectorAll("input[type=file][data-one-by-one]")) {
    new Uploads(input);
  }
}

class Uploads {
  constructor(input) {
    this.input = input;
    this.form = input.form;
    this.sendsAtOnce = input.dataset.oneByOne === "now";
    this.takesOnlyPictures = input.accept.split(",").every((type) => type.trim().startsWith("image/"));
    this.waiting = [];
    this.isSending = false;
    this.afterwards = null;
    this.next = "";
    this.addList();
    input.addEventListener("change", () => this.take(input.files));
    this.form.addEventListener("submit", (event) => this.onSubmit(event));
    window.addEventListener("beforeunload", (event) => {
      if (this.isSending) {
        event.preventDefault();
      }
    });
  }

  addList() {
    this.list = document.createElement("ul");
    this.list.className = "lode-uploads";
    this.status = document.createElement("p");
    this.status.className = "govuk-visually-hidden";
    this.status.setAttribute("role", "status");
    this.input.after(this.list, this.status);
  }

  take(files) {
    for (const file of files) {
      this.waiting.push(new Upload(file, this));
    }
    // The files are ours now: the form must not send them a second time.
    this.input.value = "";
    if (this.sendsAtOnce) {
      this.sendAll();
    }
  }

  get open() {
    return this.waiting.filter((upload) => !upload.isDone);
  }

  onSubmit(event) {
    if (!this.open.length || this.isSurrendered) {
      return;
    }
    event.preventDefault();
    this.afterwards = event.submitter;
    if (this.sendsAtOnce && this.open.every((upload) => upload.hasFailed)) {
      // Going on is the person's choice; what failed stays on this page's list until then.
      this.waiting = [];
      this.goOn();
      return;
    }
    this.sendAll();
  }

  async sendAll() {
    if (this.isSending) {
      return;
    }
    this.isSending = true;
    this.form.setAttribute("aria-busy", "true");
    let upload;
    while ((upload = this.waiting.find((one) => !one.isDone && !one.hasFailed))) {
      await upload.send();
      if (upload.isElsewhere) {
        break;
      }
    }
    this.isSending = false;
    this.form.removeAttribute("aria-busy");
    const failed = this.waiting.filter((one) => one.hasFailed).length;
    const sent = this.waiting.length - failed;
    this.status.textContent = failed ? `${sent} sent, ${failed} not sent` : `${sent} sent`;
    if (this.waiting.some((one) => one.isElsewhere)) {
      this.surrender();
    } else if (!failed && (this.afterwards || !this.sendsAtOnce)) {
      this.goOn();
    }
  }

  // Another field is wrong: the whole page must say so, so the form goes as it would without this script.
  surrender() {
    const transfer = new DataTransfer();
    for (const upload of this.open) {
      transfer.items.add(upload.file);
    }
    this.isSurrendered = true;
    this.input.files = transfer.files;
    this.form.submit();
  }

  goOn() {
    if (this.next) {
      location.assign(this.next);
      return;
    }
    this.isSurrendered = true;
    if (this.afterwards?.name) {
      const hidden = document.createElement("input");
      hidden.type = "hidden";
      hidden.name = this.afterwards.name;
      hidden.value = this.afterwards.value;
      this.form.append(hidden);
    }
    this.form.submit();
  }
}

class Upload {
  constructor(file, owner) {
    this.file = file;
    this.owner = owner;
    this.isDone = this.hasFailed = this.isElsewhere = false;
    this.row = document.createElement("li");
    this.row.className = "lode-upload";
    this.name = document.createElement("span");
    this.name.className = "lode-upload__name";
    this.name.textContent = file.name;
    this.bar = document.createElement("progress");
    this.bar.className = "lode-upload__bar";
    this.bar.max = 100;
    this.bar.value = 0;
    this.bar.setAttribute("aria-label", `Sending ${file.name}`);
    this.words = document.createElement("span");
    this.words.className = "lode-upload__words";
    this.words.textContent = "Waiting";
    this.row.append(this.name, this.bar, this.words);
    owner.list.append(this.row);
  }

  async send() {
    const { owner } = this;
    // The very bytes a phone keeps when the signal goes: if only the answer was lost, the register knows them.
    this.sent ??= owner.takesOnlyPictures ? await smaller(this.file) : this.file;
    const body = new FormData(owner.form);
    body.set(owner.input.name, this.sent, this.file.name);
    return new Promise((resolve) => {
      const request = new XMLHttpRequest();
      request.open("POST", owner.form.getAttribute("action") || location.href);
      request.setRequestHeader("X-Upload", "one");
      request.setRequestHeader("Accept", "application/json");
      request.responseType = "json";
      request.upload.addEventListener("progress", (event) => this.show(event));
      request.addEventListener("load", () => {
        this.finish(request);
        resolve();
      });
      for (const name of ["error", "abort", "timeout"]) {
        request.addEventListener(name, () => resolve(this.lose()));
      }
      request.send(body);
    });
  }

  show(event) {
    if (event.lengthComputable) {
      const share = Math.floor((100 * event.loaded) / event.total);
      this.bar.value = share;
      this.words.textContent = share < 100 ? `${share} %` : "Being checked";
    }
  }

  finish(request) {
    const answer = request.response;
    if (request.status === 200 && answer && "html" in answer) {
      this.isDone = true;
      this.bar.remove();
      this.words.textContent = "Sent";
      this.owner.next = answer.next || this.owner.next;
      if (answer.html) {
        // Our own template, rendered by our own server.
        this.row.innerHTML = answer.html;
        this.row.classList.add("lode-upload--shown");
      }
    } else if (answer?.elsewhere) {
      this.isElsewhere = true;
    } else {
      this.fail(answer?.error || "Not sent: the server could not take it.", !answer?.error);
    }
  }

  // No connection. Whoever sets `keeping` takes the file over, as a phone's queue does, once that promise holds.
  async lose() {
    const detail = { file: this.sent, name: this.file.name, keeping: null };
    this.owner.form.dispatchEvent(new CustomEvent("upload:unsent", { bubbles: true, detail }));
    if (!detail.keeping || !(await detail.keeping)) {
      this.fail("Not sent: no connection.", true);
      return;
    }
    this.isDone = true;
    this.bar.remove();
    this.words.textContent = "Kept on this phone; sent when there is signal";
  }

  fail(sentence, mayTryAgain) {
    this.hasFailed = true;
    this.bar.remove();
    this.words.textContent = sentence;
    this.row.classList.add("lode-upload--failed");
    this.row.querySelector("button")?.remove();
    const button = document.createElement("button");
    button.type = "button";
    button.className = "lode-linkbutton";
    button.textContent = mayTryAgain ? "Try again" : "Leave it out";
    button.setAttribute("aria-label", `${button.textContent}: ${this.file.name}`);
    button.addEventListener("click", () => (mayTryAgain ? this.again() : this.forget()));
    this.row.append(button);
  }

  again() {
    this.hasFailed = false;
    this.row.classList.remove("lode-upload--failed");
    this.row.querySelector("button").remove();
    this.bar.value = 0;
    this.words.before(this.bar);
    this.words.textContent = "Waiting";
    this.owner.sendAll();
  }

  forget() {
    this.owner.waiting = this.owner.waiting.filter((upload) => upload !== this);
    this.row.remove();
  }
}
