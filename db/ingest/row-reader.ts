import type { Call } from "../clickhouse/call";
import { type Cell, cellText, Fault, isBlank } from "./fault";
import type { CallField } from "./inspection";
import { IMPORT_LIMITS, type ImportOptions } from "./options";
import {
  countsFromOne,
  type FieldColumn,
  leavesCacheOut,
  leavesReasoningOut,
  type Plan,
} from "./plan";
import { ProviderNames } from "./provider-of-model";
import { addTags, readBlocks } from "./read-list";
import { readCount, readDuration, readQuality } from "./read-number";
import { readErrorCode, readStatus, readText } from "./read-text";
import { readTime, type TimeMode } from "./read-time";

const TOKENS = IMPORT_LIMITS.tokensPerCall;

/** Turns the values of a row into a call, or names the first thing wrong with it. */
export class RowReader {
  private readonly names = new ProviderNames();
  private readonly timeMode: TimeMode;
  private row: readonly Cell[] = [];

  constructor(
    private readonly plan: Plan,
    private readonly options: Pick<ImportOptions, "importId" | "assignedModel" | "startTime">,
    private readonly latestTime: number,
  ) {
    this.timeMode =
      plan.timeMode.kind === "relative"
        ? { ...plan.timeMode, startTime: options.startTime ?? null }
        : plan.timeMode;
  }

  /** `rowNumber` counts data rows from 1 and makes the call's id; padded, so that ids sort as the file does. */
  read(row: readonly Cell[], rowNumber: number): Call | Fault {
    this.row = row;
    const time = this.time();
    if (time instanceof Fault) return time;
    const outcome = this.outcome();
    if (outcome instanceof Fault) return outcome;
    const tokens = this.tokens(outcome.status);
    if (tokens instanceof Fault) return tokens;
    const latencyMs = this.duration("latencyMs") ?? this.since(time, "endTime");
    if (latencyMs instanceof Fault) return latencyMs;
    const ttftMs = this.duration("ttftMs") ?? this.since(time, "firstTokenTime");
    if (ttftMs instanceof Fault) return ttftMs;
    const model = this.model();
    if (model instanceof Fault) return model;
    const feature = this.text("feature");
    if (feature instanceof Fault) return feature;
    const user = this.text("user");
    if (user instanceof Fault) return user;
    const session = this.text("session");
    if (session instanceof Fault) return session;
    const promptHash = this.text("promptHash");
    if (promptHash instanceof Fault) return promptHash;
    const blocks = this.blocks();
    if (blocks instanceof Fault) return blocks;
    const quality = this.quality();
    if (quality instanceof Fault) return quality;
    return {
      id: `${this.options.importId}-${String(rowNumber).padStart(10, "0")}`,
      time,
      ...model,
      ...tokens,
      latencyMs,
      ttftMs,
      ...outcome,
      feature,
      user,
      session,
      promptHash,
      ...blocks,
      quality,
      tags: this.tags(),
    };
  }

  /** The first of the field's columns that has a value in this row. */
  private column(field: CallField): FieldColumn | undefined {
    const columns = this.plan.fields[field];
    if (columns === undefined) return undefined;
    for (const column of columns) if (!isBlank(this.row[column.index])) return column;
    return undefined;
  }

  private time(): number | Fault {
    const column = this.column("time");
    if (column === undefined) return this.missing("time", "no time");
    const cell = this.row[column.index];
    const time = readTime(cell, column.name, this.timeMode);
    if (time instanceof Fault) return time;
    if (time >= IMPORT_LIMITS.earliestTime && time <= this.latestTime) return time;
    const wanted = "not between the year 2000 and tomorrow";
    return new Fault("date-out-of-range", wanted, cellText(cell), column.name);
  }

  private count(field: CallField, limit: number = TOKENS): number | null | Fault {
    const column = this.column(field);
    if (column === undefined) return null;
    return readCount(this.row[column.index], column.name, limit);
  }

  private tokens(status: Call["status"]): TokenCounts | Fault {
    const input = this.count("inputTokens");
    if (input instanceof Fault) return input;
    const output = this.count("outputTokens");
    if (output instanceof Fault) return output;
    const cacheRead = this.count("cacheReadTokens") ?? 0;
    if (cacheRead instanceof Fault) return cacheRead;
    const cacheWrite = this.count("cacheWriteTokens") ?? 0;
    if (cacheWrite instanceof Fault) return cacheWrite;
    const reasoning = this.count("reasoningTokens") ?? 0;
    if (reasoning instanceof Fault) return reasoning;
    const total = input === null || output === null ? this.count("totalTokens") : null;
    if (total instanceof Fault) return total;
    // A failed call used nothing that anyone counted; a successful one without a count is not known well enough to keep.
    const unknown = status === "error" ? 0 : null;
    const ownInput = input ?? (total !== null && output !== null ? total - output : unknown);
    const ownOutput = output ?? (total !== null && ownInput !== null ? total - ownInput : unknown);
    if (ownInput === null) return this.missing("inputTokens", "no input tokens");
    if (ownOutput === null) return this.missing("outputTokens", "no output tokens");
    const inputTokens =
      ownInput +
      this.leftOut("inputTokens", "cacheReadTokens", cacheRead, leavesCacheOut) +
      this.leftOut("inputTokens", "cacheWriteTokens", cacheWrite, leavesCacheOut);
    const outputTokens =
      ownOutput + this.leftOut("outputTokens", "reasoningTokens", reasoning, leavesReasoningOut);
    const wrong =
      ownInput < 0 || ownOutput < 0
        ? "total tokens are less than their parts"
        : cacheRead + cacheWrite > inputTokens
          ? "more cached tokens than input tokens"
          : reasoning > outputTokens
            ? "more reasoning tokens than output tokens"
            : inputTokens > TOKENS || outputTokens > TOKENS
              ? `more than ${TOKENS.toLocaleString("en-US")} tokens together`
              : null;
    if (wrong !== null) {
      const shown = `input ${inputTokens}, cached ${cacheRead} + ${cacheWrite}, output ${outputTokens}, reasoning ${reasoning}`;
      const field = reasoning > outputTokens ? "reasoningTokens" : "cacheReadTokens";
      const column = (this.column(field) ?? this.column("totalTokens"))?.name ?? null;
      return new Fault("inconsistent-tokens", wrong, shown, column);
    }
    return {
      inputTokens,
      cacheReadTokens: cacheRead,
      cacheWriteTokens: cacheWrite,
      outputTokens,
      reasoningTokens: reasoning,
    };
  }

  private leftOut(
    whole: CallField,
    part: CallField,
    value: number,
    rule: (whole: FieldColumn, part: FieldColumn) => boolean,
  ): number {
    if (value === 0) return 0;
    const [wholeColumn, partColumn] = [this.column(whole), this.column(part)];
    return wholeColumn && partColumn && rule(wholeColumn, partColumn) ? value : 0;
  }

  private duration(field: "latencyMs" | "ttftMs"): number | null | Fault {
    const column = this.column(field);
    if (column === undefined) return null;
    return readDuration(this.row[column.index], column.name, column.unit ?? "ms");
  }

  private since(time: number, field: "endTime" | "firstTokenTime"): number | null | Fault {
    const column = this.column(field);
    if (column === undefined) return null;
    const cell = this.row[column.index];
    const end = readTime(cell, column.name, this.timeMode);
    if (end instanceof Fault) return end;
    return end >= time
      ? readDuration(end - time, column.name, "ms")
      : new Fault("out-of-range", "before the start of the call", cellText(cell), column.name);
  }

  private outcome(): Pick<Call, "status" | "errorCode" | "retry"> | Fault {
    const retryColumn = this.column("retry");
    const counted = this.count("retry", 1000) ?? 0;
    if (counted instanceof Fault) return counted;
    const retry = retryColumn && countsFromOne(retryColumn) ? Math.max(0, counted - 1) : counted;
    const errorColumn = this.column("errorCode");
    const errorCode = errorColumn ? readErrorCode(this.row[errorColumn.index]) : "";
    const column = this.column("status");
    if (column === undefined)
      return { status: errorCode === "" ? "ok" : "error", errorCode, retry };
    const cell = this.row[column.index];
    const status = readStatus(cell, column.name);
    if (status instanceof Fault) return status;
    if (status === "ok") return { status, errorCode: "", retry };
    return { status, errorCode: errorCode || readErrorCode(cell), retry };
  }

  private model(): Pick<Call, "provider" | "model"> | Fault {
    const model = this.text("model");
    if (model instanceof Fault) return model;
    const provider = this.text("provider");
    if (provider instanceof Fault) return provider;
    const assigned = this.options.assignedModel;
    if (model === "" && assigned) return { provider: assigned.provider, model: assigned.model };
    return this.names.resolve(provider, model);
  }

  private text(field: CallField): string | Fault {
    const column = this.column(field);
    return column === undefined ? "" : readText(this.row[column.index], column.name);
  }

  private blocks(): Pick<Call, "prefixBlocks" | "blockTokens"> | Fault {
    const column = this.column("prefixBlocks");
    if (column === undefined) return { prefixBlocks: [], blockTokens: 0 };
    const prefixBlocks = readBlocks(this.row[column.index], column.name);
    if (prefixBlocks instanceof Fault) return prefixBlocks;
    const blockTokens = this.count("blockTokens", 1_000_000) ?? this.plan.defaultBlockTokens;
    if (blockTokens instanceof Fault) return blockTokens;
    return { prefixBlocks, blockTokens: prefixBlocks.length === 0 ? 0 : blockTokens };
  }

  private quality(): number | null | Fault {
    const column = this.column("quality");
    return column === undefined ? null : readQuality(this.row[column.index], column.name);
  }

  private tags(): Record<string, string> {
    const columns = this.plan.fields.tags;
    if (columns === undefined) return {};
    const tags: Array<[string, string]> = [];
    for (const column of columns) addTags(this.row[column.index], column.tag, tags);
    // fromEntries defines own keys, so that a tag named __proto__ is only a tag.
    return Object.fromEntries(tags);
  }

  private missing(field: CallField, text: string): Fault {
    return new Fault("missing-value", text, "", this.plan.fields[field]?.[0]?.name ?? null);
  }
}

type TokenCounts = Pick<
  Call,
  "inputTokens" | "cacheReadTokens" | "cacheWriteTokens" | "outputTokens" | "reasoningTokens"
>;
