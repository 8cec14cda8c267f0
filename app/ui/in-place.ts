/** Items without an identity that never move, each with its place as its key. */
export function inPlace<Item>(items: readonly Item[]): Array<{ place: string; item: Item }> {
  return items.map((item, index) => ({ place: String(index), item }));
}
