/** What a tab remembers from one page to the next; undefined where a browser keeps nothing. */
export function storage() {
  try {
    return sessionStorage;
  } catch {
    return undefined;
  }
}
