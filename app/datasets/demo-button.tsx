import { Form, useNavigation } from "@remix-run/react";
import { Sparkles } from "lucide-react";
import { Button } from "../ui/button";

/** Generates the demo's calls; takes some seconds, in which the button says so. */
export function DemoButton({ prominent = false }: { prominent?: boolean }) {
  const navigation = useNavigation();
  const loading = navigation.formAction === "/data/demo";
  return (
    <Form method="post" action="/data/demo">
      <Button
        type="submit"
        tone={prominent ? "primary" : "secondary"}
        size={prominent ? "medium" : "small"}
        disabled={loading}
        aria-live="polite"
      >
        <Sparkles aria-hidden className="size-4" />
        {loading ? "Generating 50,000 calls…" : "Load the demo dataset"}
      </Button>
    </Form>
  );
}
