/** Why a sign-in did not come about. The code travels in the URL, the text is for the person. */
export const signInProblems = {
  expired: "The sign-in took too long or was started in another browser. Please try again.",
  refused: "The identity provider refused the sign-in.",
  unreachable: "The identity provider cannot be reached right now. Please try again in a moment.",
  untrusted:
    "The identity provider's answer could not be verified, so you were not signed in. Please try again.",
  unavailable: "This way of signing in is not set up here.",
  internal: "The sign-in failed on our side. Please try again in a moment.",
} as const;
export type SignInProblem = keyof typeof signInProblems;

export function isSignInProblem(code: string | null): code is SignInProblem {
  return code !== null && Object.hasOwn(signInProblems, code);
}

/** A sign-in ended without a user. `cause` is for the log; it holds no token. */
export class SignInError extends Error {
  override readonly name = "SignInError";
  constructor(
    readonly problem: SignInProblem,
    reason: string,
    options?: ErrorOptions,
  ) {
    super(`Sign-in failed (${problem}): ${reason}`, options);
  }

  /** Whether the same person may succeed by trying again. */
  get retryable(): boolean {
    return this.problem !== "unavailable";
  }
}
