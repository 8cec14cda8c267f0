import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { Button } from "./button";

/** Copies a text and says so for two seconds; says it plainly when the browser refuses. */
export function CopyButton({ text, label }: { text: string; label: string }) {
  const [outcome, setOutcome] = useState<"copied" | "refused" | null>(null);
  useEffect(() => {
    if (outcome === null) return;
    const timer = setTimeout(() => setOutcome(null), 2_000);
    return () => clearTimeout(timer);
  }, [outcome]);

  async function copy() {
    try {
      await navigator.clipboard.writeText(text);
      setOutcome("copied");
    } catch {
      setOutcome("refused");
    }
  }

  const Icon = outcome === "copied" ? Check : Copy;
  return (
    <Button tone="ghost" size="small" onClick={copy} className="min-w-24">
      <Icon aria-hidden className="size-3.5" />
      <span aria-live="polite">
        {outcome === "copied" ? "Copied" : outcome === "refused" ? "Select to copy" : label}
      </span>
    </Button>
  );
}
