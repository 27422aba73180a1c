// Servers of test files on ports that are the same for every file of a run.

import { setTimeout as sleep } from "node:timers/promises";

const PATIENCE_MS = 60_000;

/** Listens on a port of loopback. One that another test file still uses is waited for. */
export async function listen(server, port) {
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    const error = await new Promise((done) => {
      server.once("error", done);
      server.listen(port, "127.0.0.1", () => (server.off("error", done), done()));
    });
    if (!error) return;
    if (error.code !== "EADDRINUSE" || Date.now() > end) throw error;
    await sleep(200);
  }
}

/** Closes a server and whatever is still connected to it. */
export const close = (server) => new Promise((done) => (server.close(done), server.closeAllConnections()));
