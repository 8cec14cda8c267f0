import { expect, it } from "vitest";
import { DOOR_WAIT_MAX_MS, DoorPace } from "../../party/room/door-pace";

const NOW = Date.UTC(2026, 0, 5);

it("RM29: 20 come in at once, then one each 5 ms in the order in which they came", () => {
  const door = new DoorPace();
  const waits = Array.from({ length: 23 }, () => door.arrive("a", NOW).waitMs);
  expect(waits.slice(0, 20)).toEqual(Array(20).fill(0));
  expect(waits.slice(20)).toEqual([5, 10, 15]);
});

it("RM29: a crowd at one door keeps nobody from another, and is forgotten when it is gone", () => {
  const door = new DoorPace();
  for (let person = 0; person < 500; person++) door.arrive("a", NOW);
  expect(door.arrive("b", NOW)).toEqual({ comesIn: true, waitMs: 0 });
  expect(door.arrive("a", NOW).waitMs).toBe(2_405);
  expect(door.arrive("a", NOW + 10_000)).toEqual({ comesIn: true, waitMs: 0 });
});

it("RM29: who would wait longer than 5 s is turned away then, and holds up nobody", () => {
  const door = new DoorPace();
  const turns = Array.from({ length: 3_000 }, () => door.arrive("a", NOW));
  expect(turns.filter(({ comesIn }) => comesIn)).toHaveLength(20 + DOOR_WAIT_MAX_MS / 5);
  expect(turns.at(-1)).toEqual({ comesIn: false, waitMs: DOOR_WAIT_MAX_MS });
  expect(door.arrive("a", NOW + 1_000)).toEqual({ comesIn: true, waitMs: 4_005 });
});
