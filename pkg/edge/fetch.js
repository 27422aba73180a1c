const TIMEOUT = 5_000;
const MAX_BYTES = 65_536;

/** Asks the deployment and reads its JSON, both within bounds; `json` is undefined where the answer is none. */
export async function read(send, address, headers = {}) {
  const init = { headers: { accept: "application/json", ...headers }, redirect: "manual", signal: AbortSignal.timeout(TIMEOUT) };
  const response = await send(address, init);
  const text = await bounded(response);
  return { status: response.status, headers: response.headers, json: parsed(text) };
}

async function bounded(response) {
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for (const reader = response.body?.getReader(); reader; ) {
    const { done, value } = await reader.read();
    if (done) break;
    bytes += value.byteLength;
    if (bytes > MAX_BYTES) {
      await reader.cancel();
      throw new Error(`the answer has more than ${MAX_BYTES} bytes`);
    }
    text += decoder.decode(value, { stream: true });
  }
  return text + decoder.decode();
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
