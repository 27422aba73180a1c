import { createGuard } from "countersign/edge";
import { serve } from "./worker.mjs";

export default serve(({ issuer, jwks, question }) => {
  const guard = createGuard({ issuer, fetch: async () => Response.json(jwks) });
  return async (token) => guard.has(await guard.verify(token), question);
});
