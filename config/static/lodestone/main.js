import { initAll } from "../vendor/govuk-frontend-6.6.0/govuk-frontend.js";
import { enhanceLookups } from "./lookup.js";
import { guardForms } from "./guard.js";
import { startPolling } from "./poll.js";
import { enhanceMaps } from "./map.js";
import { enhanceUploads } from "./uploads.js";
import { startOffline } from "./offline/start.js";

document.body.classList.add("govuk-frontend-supported", "js-enabled");
initAll();
guardForms(document);
enhanceLookups(document);
enhanceMaps(document);
enhanceUploads(document);
startPolling(document);
startOffline(document.body);
