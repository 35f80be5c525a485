// A refused form stands in the history as something that was sent. Going back to it would send it again, which the
// service worker, finding no answer, takes for a lost signal. The page is asked for instead; what was typed is kept.
export function askRefusedAgain(page) {
  if (page.querySelector(".govuk-error-summary")) {
    history.replaceState(history.state, "", location.href);
  }
}
