import type { ReactNode } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it, vi } from "vitest";
import { EvidenceProvider } from "../../app/insights/evidence-context";
import { EvidenceView } from "../../app/insights/evidence-view";
import { ReportView } from "../../app/insights/report-view";
import { evidenceSchema, reportSchema } from "../../party/protocol";
import { HOSTILE_NAME, report, spend, swap } from "./report-fixture";

// Outside a router a link is an anchor: what a reader without script gets.
vi.mock("@remix-run/react", () => ({
  Link: ({ to, children, ...rest }: { to: string; children: ReactNode }) => (
    <a href={to} {...rest}>
      {children}
    </a>
  ),
}));

const THREAD = "01900000-0000-7000-8000-000000000201";
const escaped = HOSTILE_NAME.replaceAll("<", "&lt;")
  .replaceAll(">", "&gt;")
  .replaceAll('"', "&quot;");

function page(children: ReactNode, evidence = { E1: spend, E2: swap }): string {
  return renderToStaticMarkup(
    <EvidenceProvider base={`/threads/${THREAD}`} evidence={evidence} open={null}>
      {children}
    </EvidenceProvider>,
  );
}

/** The links of a page with what a screen reader says of each. */
function links(html: string): Map<string, string> {
  return new Map(
    [...html.matchAll(/<a href="([^"]+)" aria-label="([^"]+)"/g)].map(
      ([, href = "", label = ""]) => [label, href.replaceAll("&amp;", "&")],
    ),
  );
}

describe("a report on the server", () => {
  const html = page(<ReportView report={reportSchema.parse(report)} />);

  it("links every figure of its texts to the value that it shows", () => {
    expect(links(html).get("$61.20, evidence E2")).toBe(
      `/threads/${THREAD}/evidence/E2?key=saving`,
    );
    expect(links(html).get("19,366, evidence E1")).toBe(`/threads/${THREAD}/evidence/E1?key=calls`);
  });

  it("draws its table and bars from the evidence, each value with its receipt", () => {
    expect(links(html).get("$90.50, evidence E1")).toBe(
      `/threads/${THREAD}/evidence/E1?segment=gpt-4o&key=cost`,
    );
    expect(html).toContain("1 more in E1.");
    expect(html.match(/<rect /g)).toHaveLength(2);
  });

  it("says unpriced, and draws no bar, where no price is known", () => {
    expect(links(html).get("unpriced, evidence E1")).toBe(
      `/threads/${THREAD}/evidence/E1?segment=house-model&key=cost`,
    );
    expect(html).not.toContain("$0");
  });

  it("shows a hostile name as text", () => {
    expect(html).not.toContain("<img");
    expect(html).toContain(escaped);
  });

  it("shows an action with its saving, range, ground, risk, check and way back", () => {
    for (const part of [
      "$40.50",
      "$84.10",
      "simulated",
      "high risk",
      "Label 200 answers",
      "Set the model name back.",
    ]) {
      expect(html).toContain(part);
    }
  });

  it("says which part cannot be drawn when its evidence is missing, instead of an empty chart", () => {
    const without = page(
      <ReportView report={report} />,
      {} as { E1: typeof spend; E2: typeof swap },
    );
    expect(without).toContain("evidence E1 did not arrive");
    expect(without).not.toContain("<rect ");
  });
});

describe("an evidence on the server", () => {
  const html = page(
    <EvidenceView
      evidence={evidenceSchema.parse(spend)}
      citation={{ evidence: "E1", segment: HOSTILE_NAME, key: "cost" }}
      check={null}
    />,
  );

  it("shows what, how, over what and by which prices", () => {
    for (const part of [
      spend.what,
      "measured",
      "sum(cost_usd) by model",
      "FROM calls_v1 FINAL",
      "19,366",
      "34 ms",
      "azure.csv, version 1",
      "@pydantic/genai-prices 0.1.8",
      "List prices;",
    ]) {
      expect(html).toContain(part);
    }
  });

  it("marks the cited value and no other", () => {
    const cited = [...html.matchAll(/aria-current="true"[^>]*>(.*?)<\/td>/g)].map(
      ([, cell]) => cell,
    );
    expect(cited).toHaveLength(1);
    expect(cited[0]).toContain("$6.29");
    expect(cited[0]).toContain("6.291325 USD");
  });
});
