import { afterEach, expect, it, vi } from "vitest";
import { SignInError } from "../../app/auth/sign-in-error";
import { signInFailedResponse } from "../../app/auth/sign-in-response.server";
import { PostgresUnreachableError } from "../../db/postgres";

afterEach(() => vi.restoreAllMocks());

it.each([
  {
    error: new SignInError("refused", "access_denied\r\nweb: listening\u2028elsewhere", {
      cause: new Error("deeper"),
    }),
    line: "web: Sign-in failed (refused): access_denied web: listening elsewhere",
    leadsTo: "/login?error=refused",
  },
  {
    error: new PostgresUnreachableError(3, new Error("refused")),
    line: expect.stringMatching(/^web: Sign-in failed \(internal\): [^\n]+$/),
    leadsTo: "/login?error=internal",
  },
])(
  "a failed sign-in is one line in the log, without a stack: $leadsTo",
  ({ error, line, leadsTo }) => {
    const warned = vi.spyOn(console, "warn").mockImplementation(() => {});
    const response = signInFailedResponse(error);
    expect(warned.mock.calls).toEqual([[line]]);
    expect(response.headers.get("Location")).toBe(leadsTo);
  },
);
