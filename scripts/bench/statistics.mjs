export function median(list) {
  const sorted = [...list].sort((one, other) => one - other);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

export const quantile = (list, share) => [...list].sort((one, other) => one - other)[Math.min(list.length - 1, Math.floor(list.length * share))];

/** The median of the ratios of pairs that were measured one right after the other, so that both saw the same machine. */
export const ratio = (ours, theirs) => median(ours.map((time, round) => time / theirs[round]));

/** Prints whether a ratio keeps within its limit; one that does not makes the run end with 1. */
export function judge(value, limit) {
  verdict(value <= limit, (is) => `the median of the rounds' ratios, ${value.toFixed(3)}, ${is} at most ${limit}`);
}

/** The same for a time in this unit. */
export function judgeTime(what, value, limit, unit) {
  verdict(value <= limit, (is) => `${what}, ${value.toFixed(2)} ${unit}, ${is} at most ${limit} ${unit}`);
}

function verdict(good, text) {
  console.log(`${good ? "✓" : "✗"} ${text(good ? "is" : "is not")}`);
  if (!good) process.exitCode = 1;
}
