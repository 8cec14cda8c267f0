import { describe, expect, it } from "vitest";
import { ForeignRoomStorageError, stampKey } from "../../party/room/stamp";
import { Scene } from "./scene";

describe("RM32: the stamp of room storage", () => {
  it.each([
    ["another environment", { environment: "production", installation: "this one" }],
    ["another installation", { environment: "test", installation: "another" }],
  ])("of %s keeps the room shut, and the storage as it was", async (_, stamp) => {
    const scene = new Scene();
    await (await scene.openRoom()).open(scene.workspaceId);
    const before = await scene.storage.list({ from: "", to: "~" });
    scene.stamp = stamp;
    await expect(scene.openRoom()).rejects.toThrow(ForeignRoomStorageError);
    expect(await scene.storage.list({ from: "", to: "~" })).toEqual(before);
  });

  it("is written with the first write, and completed when the installation was not known then", async () => {
    const scene = new Scene();
    scene.stamp = { environment: "test", installation: null };
    const room = await scene.openRoom();
    expect(await scene.storage.get(stampKey)).toBeUndefined();
    await room.open(scene.workspaceId);
    expect(await scene.storage.get(stampKey)).toEqual(scene.stamp);
    scene.stamp = { environment: "test", installation: "this one" };
    await scene.openRoom();
    expect(await scene.storage.get(stampKey)).toEqual(scene.stamp);
  });
});
