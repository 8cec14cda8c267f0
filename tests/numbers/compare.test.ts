import { describe, expect, it } from "vitest";
import { checkNumbers } from "../../party/analysis/numbers";
import { value } from "./evidence";

const evidence = [
  {
    label: "E1",
    values: [
      value("cost", "USD", "8.00", "search"),
      value("cost", "USD", "4.00", "chat"),
      value("cost", "USD", "1.00", "summary"),
      value("p95", "ms", "900", "search"),
      value("p95", "ms", "1800", "chat"),
      value("p95", "ms", "300", "summary"),
    ],
  },
  {
    label: "E2",
    values: [
      value("cost_previous", "USD", "10.00"),
      value("cost_current", "USD", "13.00"),
      value("cost_delta", "USD", "3.00"),
      value("calls_previous", "calls", "500"),
      value("calls_current", "calls", "400"),
    ],
  },
];
const wrong = (text: string) => checkNumbers(text, evidence).unmatched;

describe("comparisons that the evidence bears out", () => {
  it.each([
    "Spend rose from $10.00 to $13.00.",
    "Spend rose to $13.00.",
    "Calls fell from 500 calls to 400 calls, while spend rose to $13.00.",
    "Calls dropped to 400 calls.",
    "search costs the most, $8.00; chat follows with $4.00.",
    "search is the largest with $8.00.",
    "The cheapest is summary with $1.00.",
    "chat is the slowest: its p95 is 1.8 s.",
    "summary is the fastest with a p95 of 300 ms.",
    "search cost $8.00, more than chat with $4.00.",
    "summary cost $1.00, less than chat with $4.00.",
    "search cost $8.00, twice the $4.00 of chat.",
    "summary cost $1.00, a quarter of the $4.00 of chat.",
    "chat cost $4.00, half of the $8.00 of search.",
    "chat cost at most $4.00.",
    "Most calls of chat are small; it cost $4.00, and search $8.00.",
    "The most recent figure of chat is $4.00.",
  ])("%s", (text) => expect(wrong(text)).toEqual([]));
});

describe("comparisons that the evidence denies", () => {
  it.each([
    ["Spend fell from $10.00 to $13.00.", "fell"],
    ["Spend fell to $13.00.", "fell"],
    ["Calls rose from 500 calls to 400 calls.", "rose"],
    ["Calls grew to 400 calls.", "grew"],
    ["chat costs the most: $4.00.", "the most"],
    ["With $4.00 chat is the largest.", "the largest"],
    ["The cheapest is chat with $4.00.", "The cheapest"],
    ["search is the slowest: its p95 is 900 ms.", "the slowest"],
    ["chat cost $4.00, more than search with $8.00.", "more than"],
    ["search cost $8.00, less than chat with $4.00.", "less than"],
    ["search cost $8.00, three quarters of the $4.00 of chat.", "three quarters"],
    ["summary cost $1.00, half of the $4.00 of chat.", "half"],
    ["Spend doubled from $10.00 to $13.00.", "doubled"],
    ["search cost $8.00, tripled.", "tripled"],
  ])("%s", (text, said) => expect(wrong(text)).toContain(said));
});
