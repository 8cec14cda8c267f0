import type { AgentName } from "../protocol";
import { actions } from "./actions";
import type { AnyAgent } from "./core/agent";
import { data } from "./data";
import { optimization } from "./optimization";
import { reporting } from "./reporting";
import { supervisor } from "./supervisor";
import { triage } from "./triage";

/** The crew. An agent that is not here does not exist; one that is here runs only through the core loop. */
const all: readonly AnyAgent[] = [supervisor, triage, data, optimization, actions, reporting];

export const agents: ReadonlyMap<AgentName, AnyAgent> = new Map(
  all.map((agent) => [agent.name, agent]),
);
