// What `GET /auth/session` is measured against: a Worker that does the same by hand with npm `jose`.

import { createLocalJWKSet, jwtVerify } from "jose";

const headers = { "cache-control": "no-store", "x-content-type-options": "nosniff", "referrer-policy": "no-referrer" };
const ACCESS_COOKIE = /(?:^|; )countersign=([^;]*)/;

let keys;

export default {
  async fetch(request, { AUTH, ORIGIN }) {
    if (request.method !== "GET" || new URL(request.url).pathname !== "/auth/session") return new Response(null, { status: 404 });
    keys ??= createLocalJWKSet(await (await AUTH.fetch(`${ORIGIN}/auth/jwks.json`)).json());
    const token = request.headers.get("cookie")?.match(ACCESS_COOKIE)?.[1];
    if (!token) return Response.json({ session: null }, { headers });
    const rules = { issuer: ORIGIN, audience: ORIGIN, typ: "at+jwt", algorithms: ["ES256", "EdDSA"] };
    try {
      const { payload } = await jwtVerify(token, keys, rules);
      return Response.json({ session: session(payload) }, { headers });
    } catch ({ code }) {
      return Response.json({ code }, { status: 401, headers });
    }
  },
};

const CONFIRMATION = 600;

const confirmedUntil = (at) => (Date.now() / 1000 < at + CONFIRMATION ? at + CONFIRMATION : null);

const session = ({ sub, sid, iat, exp, auth_time, amr, acr, ver, tags, email_verified = false }) => ({
  account: sub,
  sid,
  issued_at: iat,
  expires_at: exp,
  auth_time,
  confirmed_until: confirmedUntil(auth_time),
  amr,
  acr,
  version: ver,
  tags,
  email_verified,
});
