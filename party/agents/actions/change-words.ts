import type { RichText } from "../../protocol";
import { cite, rich } from "../core/figures";
import type { KeptEvidence } from "../core/state";
import type { ChangeStanding } from "./result";

type Ended = Exclude<ChangeStanding, { state: "proposed" }>;

/** What became of a change that the message asked for. */
export function tellChange(standing: Ended, evidence: readonly KeptEvidence[]): RichText {
  switch (standing.state) {
    case "refused":
      return [
        `Nothing was changed. ${standing.refusal.field}: ${standing.refusal.problem}.`.replace(
          /([.:?])\.$/,
          "$1",
        ),
      ];
    case "rejected":
      return [`Nothing was changed: ${standing.by.name} rejected it.`];
    case "done": {
      const receipt = evidence.find(({ label }) => label === standing.evidence);
      return receipt ? tellDone(standing, receipt) : ["Done."];
    }
  }
}

function tellDone(
  { subject, change, by }: Extract<Ended, { state: "done" }>,
  receipt: KeptEvidence,
): RichText {
  const approved = rich`Approved by ${by.name}, done at ${cite(receipt, "at", null, "exact")}.`;
  switch (change.kind) {
    case "set-budget":
      return rich`${capital(subject)} is ${cite(receipt, "budget", null, "exact")}; everybody is told at ${cite(receipt, "alert", null, "exact")} of it and when it is used up. The budget page shows what is spent. ${approved}`;
    case "remove-budget":
      return rich`${capital(subject)} is removed. ${approved}`;
    case "set-retention":
      return change.days === null
        ? rich`${capital(subject)} are kept for good. ${approved}`
        : rich`${capital(subject)} are kept for ${cite(receipt, "days")} days; older ones go with the next housekeeping, and the data page shows what has gone. ${approved}`;
    case "delete-dataset":
      return rich`${capital(subject)} is deleted. The data page can restore it for a while. ${approved}`;
  }
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
