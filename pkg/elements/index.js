// `import "countersign/elements"` defines the elements. In a server there are none, and the import does nothing.

import { GuardElement } from "./guard.js";
import { UserElement } from "./user.js";
import { AuthElement } from "./auth/auth.js";
import { AccountElement } from "./account/account.js";
import { define } from "./base.js";

export { addLanguage } from "./language.js";
export { prove } from "./prove.js";
export { setClient } from "./shared.js";
export { AccountElement, AuthElement, GuardElement, UserElement };

define("countersign-auth", AuthElement);
define("countersign-user", UserElement);
define("countersign-account", AccountElement);
define("countersign-guard", GuardElement);
