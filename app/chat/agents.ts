import type { LucideIcon } from "lucide-react";
import {
  Compass,
  Database,
  FileText,
  ListChecks,
  SlidersHorizontal,
  Waypoints,
} from "lucide-react";
import type { AgentName } from "../../party/protocol";

/** How each agent is named and drawn, and what it does while it works. */
export const agentLooks: Record<AgentName, { name: string; icon: LucideIcon; doing: string }> = {
  supervisor: { name: "Supervisor", icon: Waypoints, doing: "Deciding who works next" },
  triage: { name: "Triage", icon: Compass, doing: "Reading the question" },
  data: { name: "Data", icon: Database, doing: "Measuring the calls" },
  optimization: {
    name: "Optimization",
    icon: SlidersHorizontal,
    doing: "Simulating what would save",
  },
  actions: { name: "Actions", icon: ListChecks, doing: "Turning savings into actions" },
  reporting: { name: "Reporting", icon: FileText, doing: "Writing the report" },
};
