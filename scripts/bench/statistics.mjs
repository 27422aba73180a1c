export function median(list) {
  const sorted = [...list].sort((one, other) => one - other);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The median of the ratios of pairs that were measured one right after the other, so that both saw the same machine. */
export const ratio = (ours, theirs) => median(ours.map((time, round) => time / theirs[round]));

/** Prints whether a ratio keeps within its limit; one that does not makes the run end with 1. */
export function judge(value, limit) {
  const good = value <= limit;
  console.log(`${good ? "✓" : "✗"} the median of the rounds' ratios, ${value.toFixed(3)}, is ${good ? "" : "not "}at most ${limit}`);
  if (!good) process.exitCode = 1;
}
