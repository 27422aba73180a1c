// The service that knows passwords from breaches ("Have I Been Pwned", range API), as a server of the tests.

import { createHash } from "node:crypto";
import { createServer } from "node:http";

/** Starts the service on its port of the runtime: `known` are the breached passwords, `requests` what was asked. */
export async function startBreaches(port) {
  const breaches = { known: new Set(), requests: [], isDown: false };
  const server = createServer(({ url, headers }, response) => {
    breaches.requests.push({ url, headers });
    if (breaches.isDown) return response.writeHead(503).end("try again later");
    response.writeHead(200, { "content-type": "text/plain" }).end(range(breaches.known, url.split("/").at(-1)));
  });
  await new Promise((resolve, reject) => server.once("error", reject).listen(port, "127.0.0.1", resolve));
  breaches.close = () => new Promise((done) => (server.close(done), server.closeAllConnections()));
  return breaches;
}

/** The lines of a range: what is known, beside a stranger's and the padding that was asked for. */
function range(known, prefix) {
  const suffixes = [...known].map(digest).filter((hash) => hash.startsWith(prefix)).map((hash) => `${hash.slice(5)}:42`);
  return [...suffixes, `${"0".repeat(34)}1:3`, `${"F".repeat(35)}:0`].join("\r\n");
}

const digest = (password) => createHash("sha1").update(password).digest("hex").toUpperCase();
