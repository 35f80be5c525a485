// A second press of a button within a few seconds is a slip, not a wish. The server is safe either way:
// it recognises the same submission. This only spares people a puzzling second page load.
const QUIET_MILLISECONDS = 4000;

export function guardForms(root) {
  for (const form of root.querySelectorAll("form[data-guard]")) {
    let sentAt = -Infinity;
    form.addEventListener("submit", (event) => {
      const now = performance.now();
      if (now - sentAt < QUIET_MILLISECONDS) {
        event.preventDefault();
        return;
      }
      sentAt = now;
      form.setAttribute("aria-busy", "true");
    });
    // The browser's back button may bring the page back as it was left.
    window.addEventListener("pageshow", () => {
      sentAt = -Infinity;
      form.removeAttribute("aria-busy");
    });
  }
}
