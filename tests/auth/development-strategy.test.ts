import { describe, expect, it } from "vitest";
import {
  DevelopmentStrategy,
  DevelopmentStrategyRefusedError,
} from "../../app/auth/development-strategy";

const verify = async () => ({ userId: "u", workspaceId: "w" });

describe("the development strategy", () => {
  it.each(["production", "test", "", "Development"])(
    "cannot be constructed in the environment %j",
    (environment) => {
      expect(() => new DevelopmentStrategy(environment, verify)).toThrow(
        DevelopmentStrategyRefusedError,
      );
    },
  );

  it("signs in the development user in development", async () => {
    const asked: unknown[] = [];
    const strategy = new DevelopmentStrategy("development", async (identity) => {
      asked.push(identity);
      return verify();
    });
    expect(await strategy.authenticate()).toEqual({ userId: "u", workspaceId: "w" });
    expect(asked).toEqual([
      {
        issuer: "development",
        subject: "developer",
        email: "developer@localhost",
        name: "Development user",
      },
    ]);
  });
});
