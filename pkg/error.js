/**
 * Every failure of this package. `code` is stable and meant for programs, `message` for people.
 * A problem document (RFC 9457) from the Worker becomes one with all its members;
 * `status` is 0 where no answer came.
 */
export class CountersignError extends Error {
  constructor({ code, title, status = 0, detail, ["__proto__"]: _, ...members }, options) {
    super(detail ? `${title}: ${detail}` : title, options);
    Object.assign(this, members, { code, title, status, detail });
  }

  // Not a member of its own, so that `{ ...error }` is the problem document and nothing else.
  get name() {
    return "CountersignError";
  }
}

/** The error for an answer that was not 2xx, whoever wrote it: the Worker, or a proxy before it. */
export async function failure(response) {
  const problem = await response.json().catch(() => null);
  return new CountersignError({
    title: response.statusText || "the request failed",
    ...(typeof problem?.code === "string" ? problem : { code: "response_invalid" }),
    status: response.status,
  });
}
