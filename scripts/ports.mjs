// Ports that are free now and that the system does not hand out by itself: below the range for outgoing connections.

import { randomInt } from "node:crypto";
import { createServer } from "node:net";

const [LOWEST, HIGHEST] = [20_000, 32_000];

export async function freePorts(count) {
  const ports = new Set();
  while (ports.size < count) {
    const port = randomInt(LOWEST, HIGHEST);
    if (await isFree(port)) ports.add(port);
  }
  return [...ports];
}

/** Whether nothing listens on that port of loopback. */
export function isFree(port) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "localhost", () => server.close(() => resolve(true)));
  });
}
