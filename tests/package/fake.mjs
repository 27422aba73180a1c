// A Worker in a dozen lines: answers by method and path, and remembers what it was asked.

export const ORIGIN = "https://school.example";

const seconds = () => Math.floor(Date.now() / 1000);

export function aSession(members) {
  const now = seconds();
  return {
    account: "ada",
    sid: "s1",
    issued_at: now,
    expires_at: now + 300,
    auth_time: now,
    amr: ["pwd"],
    version: 1,
    email_verified: true,
    tags: { groups: ["teacher/high-school"] },
    ...members,
  };
}

export const json = (status, body, headers) =>
  new Response(body === undefined ? null : JSON.stringify(body), { status, headers });

export const problem = (status, code, members) => json(status, { title: "refused", status, code, ...members });

/**
 * A fetch over `routes`, such as `{ "GET /auth/session": () => json(200, …) }`; `asked` lists the requests in order.
 * Every answer comes a little later, as over a network.
 */
export function fakeFetch(routes) {
  const asked = [];
  const fetch = async (input, init) => {
    const request = new Request(input, init);
    const name = `${request.method} ${request.url.slice(ORIGIN.length)}`;
    asked.push(name);
    await new Promise((resolve) => setTimeout(resolve, 1));
    const answer = routes[name] ?? routes[name.replace(/\?.*/, "")] ?? (() => problem(404, "not_found"));
    return answer(request);
  };
  return { fetch, asked };
}
