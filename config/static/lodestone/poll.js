// <div data-poll="/plans/7/progress/" data-poll-seconds="2">: fetches the address and swaps its content.
// The server ends the polling by sending a fragment without data-poll (header X-Poll: stop), or moves the
// page on with header X-Poll-Location. A hidden tab waits; a failing server is asked less and less often.
const LONGEST_WAIT_SECONDS = 30;

export function startPolling(root) {
  for (const region of root.querySelectorAll("[data-poll]")) {
    poll(region);
  }
}

function poll(region) {
  const seconds = Number(region.dataset.pollSeconds) || 2;
  let wait = seconds;

  async function once() {
    if (document.hidden) {
      document.addEventListener("visibilitychange", once, { once: true });
      return;
    }
    try {
      const response = await fetch(region.dataset.poll, {
        credentials: "same-origin",
        headers: { Accept: "text/html", "X-Requested-With": "poll" },
      });
      if (!response.ok) {
        throw new Error(`The server answered ${response.status}`);
      }
      const moved = response.headers.get("X-Poll-Location");
      if (moved && new URL(moved, location.href).origin === location.origin) {
        location.assign(moved);
        return;
      }
      swap(region, await response.text());
      if (response.headers.get("X-Poll") === "stop") {
        region.removeAttribute("data-poll");
        region.setAttribute("aria-busy", "false");
        return;
      }
      wait = seconds;
    } catch {
      wait = Math.min(wait * 2, LONGEST_WAIT_SECONDS);
    }
    setTimeout(once, wait * 1000);
  }

  region.setAttribute("aria-busy", "true");
  setTimeout(once, wait * 1000);
}

function swap(region, html) {
  const focusedId = region.contains(document.activeElement) ? document.activeElement.id : "";
  const open = [...region.querySelectorAll("details[open][id]")].map((details) => details.id);
  region.innerHTML = html;
  for (const id of open) {
    document.getElementById(id)?.setAttribute("open", "");
  }
  if (focusedId) {
    document.getElementById(focusedId)?.focus();
  }
}
