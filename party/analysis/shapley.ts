/** What each of several players adds to what all of them reach together. */
export interface Attribution {
  /** `exact`: over every order; `sampled`: over some orders drawn at random, with an interval. */
  method: "exact" | "sampled";
  /** How many orders the shares stand on: n! when exact. */
  orders: number;
  /** In the order of the players. They add up to the value of all, to the last unit. */
  shares: Array<{
    share: bigint;
    /** 90 % interval of a sampled share, from the spread over the orders; null when exact. */
    interval: { low: bigint; high: bigint } | null;
  }>;
}

export interface AttributionLimits {
  /** Most players for which every subset is valued. */
  exactUpTo: number;
  /** Orders drawn for more than that. */
  samples: number;
  seed: number;
}

/**
 * Shapley's value (L. S. Shapley, "A value for n-person games", 1953): a player's share is what it adds
 * to the players before it, averaged over all n! orders,
 *   φᵢ = Σ over S without i of |S|! (n − |S| − 1)! / n! · (v(S ∪ i) − v(S)).
 * It is the only split that adds up to v(all), treats equal players alike, gives nothing to one that adds nothing, and is
 * additive over calls.
 *
 * `value` takes a set of players as bits and answers in parts of which `parts` make a unit. All sums are
 * exact integers. Units are handed out by largest remainder: every share is rounded down, and what is then
 * missing goes, one unit each, to the largest fractions, the earlier player first among equals.
 */
export function attribute(
  players: number,
  parts: bigint,
  value: (set: number) => bigint,
  { exactUpTo, samples, seed }: AttributionLimits,
): Attribution {
  const known = new Map<number, bigint>();
  const worthOf = (set: number): bigint => {
    const found = known.get(set) ?? value(set);
    known.set(set, found);
    return found;
  };
  const all = 2 ** players - 1;
  const total = floorDivide(worthOf(all) - worthOf(0), parts);
  if (players <= exactUpTo) {
    const sums = everyOrder(players, worthOf);
    const orders = factorial(players);
    const shares = handOut(sums, orders * parts, total);
    return {
      method: "exact",
      orders: Number(orders),
      shares: shares.map((share) => ({ share, interval: null })),
    };
  }
  const drawn = someOrders(players, samples, seed, worthOf);
  const sums = drawn.map((added) => added.reduce((sum, amount) => sum + amount, 0n));
  const shares = handOut(sums, BigInt(samples) * parts, total);
  return {
    method: "sampled",
    orders: samples,
    shares: shares.map((share, player) => ({
      share,
      interval: intervalOf(drawn[player] ?? [], parts),
    })),
  };
}

/** Per player, what it adds summed over all n! orders. */
function everyOrder(players: number, worthOf: (set: number) => bigint): bigint[] {
  const weights = Array.from(
    { length: players },
    (_, size) => factorial(size) * factorial(players - size - 1),
  );
  const sums = new Array<bigint>(players).fill(0n);
  for (let set = 0; set < 2 ** players; set++) {
    const weight = weights[sizeOf(set)];
    if (weight === undefined) continue;
    for (let player = 0; player < players; player++) {
      if (set & (1 << player)) continue;
      sums[player] = (sums[player] ?? 0n) + weight * (worthOf(set | (1 << player)) - worthOf(set));
    }
  }
  return sums;
}

/** Per player, what it adds in each of the drawn orders. */
function someOrders(
  players: number,
  samples: number,
  seed: number,
  worthOf: (set: number) => bigint,
): bigint[][] {
  const random = mulberry32(seed);
  const added = Array.from({ length: players }, (): bigint[] => []);
  for (let sample = 0; sample < samples; sample++) {
    let set = 0;
    for (const player of shuffled(players, random)) {
      const grown = set | (1 << player);
      added[player]?.push(worthOf(grown) - worthOf(set));
      set = grown;
    }
  }
  return added;
}

function shuffled(players: number, random: () => number): number[] {
  const order = Array.from({ length: players }, (_, player) => player);
  for (let last = players - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [order[last], order[other]] = [order[other] ?? 0, order[last] ?? 0];
  }
  return order;
}

/** Splits `total` by sums ÷ divisor: rounded down, the rest by largest remainder. */
function handOut(sums: readonly bigint[], divisor: bigint, total: bigint): bigint[] {
  const shares = sums.map((sum) => floorDivide(sum, divisor));
  let missing = total - shares.reduce((sum, share) => sum + share, 0n);
  const byRemainder = sums
    .map((sum, player) => ({ player, rest: sum - (shares[player] ?? 0n) * divisor }))
    .sort((a, b) => (b.rest > a.rest ? 1 : b.rest < a.rest ? -1 : a.player - b.player));
  for (const { player } of byRemainder) {
    if (missing <= 0n) break;
    shares[player] = (shares[player] ?? 0n) + 1n;
    missing--;
  }
  return shares;
}

/** Mean ± 1.645 standard errors: the normal approximation, good for a few hundred orders. */
function intervalOf(added: readonly bigint[], parts: bigint): { low: bigint; high: bigint } {
  const values = added.map((amount) => Number(amount / parts));
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance =
    values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, values.length - 1);
  const half = 1.645 * Math.sqrt(variance / values.length);
  return { low: BigInt(Math.floor(mean - half)), high: BigInt(Math.ceil(mean + half)) };
}

export function floorDivide(amount: bigint, divisor: bigint): bigint {
  const quotient = amount / divisor;
  return amount % divisor < 0n ? quotient - 1n : quotient;
}

function factorial(count: number): bigint {
  let product = 1n;
  for (let factor = 2n; factor <= BigInt(count); factor++) product *= factor;
  return product;
}

function sizeOf(set: number): number {
  let size = 0;
  for (let rest = set; rest > 0; rest >>= 1) size += rest & 1;
  return size;
}

/** A small generator with a seed: a sampled plan must come out the same when it is checked again. */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
