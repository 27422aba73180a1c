// `import "countersign/elements"` defines the elements. In a server there are none, and the import does nothing.

import { AuthElement } from "./auth/auth.js";
import { define } from "./base.js";

export { addLanguage } from "./language.js";
export { setClient } from "./shared.js";
export { AuthElement };

define("countersign-auth", AuthElement);
