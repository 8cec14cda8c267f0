import { expect, signIn, test } from "./product";
import { tags } from "./share";

test("a person signs in through OpenID Connect and out again", { tag: tags.core }, async ({
  page,
  person,
  baseURL,
}) => {
  await page.goto("/threads");
  await expect(page).toHaveURL(/\/login\?next=%2Fthreads/);
  await signIn(page, person);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();

  const session = await page.request.get("/auth/session");
  expect(session.status()).toBe(200);
  const cookies = await page.context().cookies();
  const cookie = cookies.find(({ name }) => name === "netra_session");
  expect(cookie).toMatchObject({ httpOnly: true, sameSite: "Lax" });

  await page.request.post("/logout", { headers: { Origin: baseURL } });
  // The cookie as it was, sent again after the sign-out, opens nothing.
  const replayed = await page.request.get("/auth/session", {
    headers: { Cookie: `netra_session=${cookie?.value}` },
  });
  expect(replayed.status()).toBe(401);
});

test("GET /auth/config names every way to sign in and offers no development sign-in", async ({
  request,
  baseURL,
}) => {
  const config = await (await request.get("/auth/config")).json();
  expect(config.strategies.map(({ name }: { name: string }) => name)).toEqual(["oidc"]);
  expect(config.login).toBe(`${baseURL}/login`);
  expect(config.rooms.ticket).toContain("/threads/:threadId/ticket");
  await request.get("/auth/development");
  expect((await request.get("/auth/session")).status()).toBe(401);
});

test("a form posted from another site is refused", async ({ signedIn }) => {
  const answer = await signedIn.request.post("/threads?index", {
    headers: { Origin: "https://elsewhere.example" },
    form: { text: "hello" },
  });
  expect(answer.status()).toBe(403);
});
