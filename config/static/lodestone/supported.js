// Runs before the first paint, so that what scripts will hide never flashes into view.
if ("noModule" in HTMLScriptElement.prototype) {
  document.documentElement.classList.add("govuk-frontend-supported", "js-enabled");
}
