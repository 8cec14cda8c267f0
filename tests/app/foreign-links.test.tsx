import type { ReactNode } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it, vi } from "vitest";
import { foreignAddress, partsOf } from "../../app/insights/foreign-links";
import { RichTextView } from "../../app/insights/rich-text";
import { loader } from "../../app/routes/leave";
import { markdownOf } from "../../party/protocol/markdown";

// Outside a router a link is an anchor: what a reader without script gets.
vi.mock("@remix-run/react", () => ({
  Link: ({ to, children, ...rest }: { to: string; children: ReactNode }) => (
    <a href={to} {...rest}>
      {children}
    </a>
  ),
}));

const shown = (text: string) => renderToStaticMarkup(<RichTextView text={[text]} />);
const hrefs = (html: string) => [...html.matchAll(/href="([^"]*)"/g)].map(([, href]) => href);

describe("an address in a text that a model or a log wrote", () => {
  it("leads to the warning, never to the place itself", () => {
    const html = shown("See https://evil.example/a?b=c. Then go on.");
    expect(hrefs(html)).toEqual(["/leave?to=https%3A%2F%2Fevil.example%2Fa%3Fb%3Dc"]);
    expect(html).toContain("</a>. Then go on.");
  });

  it.each([
    "![x](https://evil.example/steal.png?d=spend)",
    "<img src=https://evil.example/x.png>",
    "[click](javascript:alert(1))",
    "<a href='https://evil.example'>gpt-4o</a>",
    "javascript:alert(1) data:text/html,x file:///etc/passwd //evil.example ftp://evil.example",
    "HTTPS://EVIL.EXAMPLE https://user:pass@evil.example/ https://",
    `https://evil.example/${"a".repeat(3_000)}`,
  ])("draws nothing and leads nowhere else: %j", (text) => {
    const html = shown(text);
    expect(html).not.toMatch(/<(?:img|script|iframe|form)/i);
    for (const href of hrefs(html)) expect(href).toMatch(/^\/leave\?to=/);
    expect(
      partsOf(text)
        .map((part) => part.text)
        .join(""),
    ).toBe(text);
  });

  it.each([
    "javascript:alert(1)",
    "data:text/html,x",
    "/threads",
    "//evil.example",
    "",
    "https://",
  ])("the warning leads to no %j", (to) => {
    expect(foreignAddress(to)).toBeNull();
  });

  it("the warning names the host that would be opened, whatever the address makes of it", async () => {
    const ask = async (to: string) => {
      const request = new Request(`http://127.0.0.1/leave?${new URLSearchParams({ to })}`);
      return (await loader({ request, params: {}, context: {} })).json();
    };
    expect(await ask("https://bank.example@evil.example/login")).toMatchObject({
      host: "evil.example",
    });
    expect(await ask("http://bаnk.example")).toMatchObject({
      host: "xn--bnk-6cd.example",
      isPlain: true,
    });
    await expect(ask("javascript:alert(1)")).rejects.toMatchObject({ status: 400 });
  });

  it("is no link in an export either", () => {
    expect(markdownOf("at https://evil.example and www.evil.example")).toBe(
      "at https\\://evil.example and www\\.evil.example",
    );
  });
});
