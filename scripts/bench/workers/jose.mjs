import { createRemoteJWKSet, customFetch, jwtVerify } from "jose";
import { serve } from "./worker.mjs";

// What the guard demands of a token as well. It also holds the type of each against what it must be, and makes a session of them.
const requiredClaims = ["sub", "exp", "iat", "jti", "sid", "auth_time", "amr", "acr", "ver", "tags"];

export default serve(({ issuer, jwks, question }) => {
  // As the documentation of jose verifies the tokens of an issuer that publishes its keys: once read, they are kept.
  const keys = createRemoteJWKSet(new URL("/.well-known/jwks.json", issuer), { [customFetch]: async () => Response.json(jwks) });
  const rules = { issuer, audience: issuer, typ: "at+jwt", algorithms: ["ES256", "EdDSA"], requiredClaims };
  const [, set, tag] = /^(.*?):(.*)$/.exec(question);
  const covers = (carried) => carried === tag || carried.startsWith(`${tag}/`);
  return async (token) => {
    const { payload } = await jwtVerify(token, keys, rules);
    return payload.tags[set].some(covers);
  };
});
