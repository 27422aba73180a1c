import { createClient } from "./countersign/index.js";
import { setClient } from "./countersign/elements/index.js";

/** The one client of this page, and of all elements in it. */
export const client = createClient();

setClient(client);
