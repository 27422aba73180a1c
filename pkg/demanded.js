/** What a guard demands, as one policy. What is given without a value got lost on its way, and is never met; nor is nothing at all. */
export function demanded(demand) {
  const parts = [];
  if ("tag" in demand) parts.push({ has_tag: demand.tag });
  if ("policy" in demand) parts.push(demand.policy);
  return parts.length > 1 ? { and: parts } : parts[0];
}
