// The Worker of the school: Countersign as it was built, and the school's own routes below /api, guarded by the same package
// that any other service would use.

import Countersign, { Account, Directory, Keyring, Replay } from "../../build/worker/index.js";
import { answer } from "./routes.js";
import { School } from "./school.js";

export { Account, Directory, Keyring, Replay, School };

export default class extends Countersign {
  fetch(request) {
    const { pathname } = new URL(request.url);
    return pathname === "/api" || pathname.startsWith("/api/") ? answer(request, this.env) : super.fetch(request);
  }
}
