import {
  analysis,
  LAST_7_DAYS,
  LAST_WEEK,
  lookup,
  type Phrasing,
  talk,
  vague,
  YESTERDAY,
} from "./phrasing";

/** The half on which the rules were tuned. */
export const tunedPhrasings: readonly Phrasing[] = [
  // Direct questions about spend.
  lookup("what did gpt-4o cost last week?", "spend", { models: ["gpt-4o"], range: LAST_WEEK }),
  lookup("How much did we spend yesterday?", "spend", { range: YESTERDAY }),
  lookup("how much money went to anthropic in the last 7 days", "spend", {
    providers: ["anthropic"],
    range: LAST_7_DAYS,
  }),
  lookup("What's our total spend?", "spend"),
  lookup("whats the bill for support chat this month", "spend", {
    features: ["support-chat"],
    range: ["2026-03-01T00:00", null],
  }),
  lookup("Which feature costs the most?", "spend", { by: "feature" }),
  lookup("which model is the most expensive one for us", "spend", { by: "model" }),
  lookup("show me spend per day", "spend", { by: "day" }),
  lookup("Top users by cost", "spend", { by: "user" }),
  lookup("list cost by provider", "spend", { by: "provider" }),
  lookup("what do we pay for claude-opus-4-1?", "spend", { models: ["claude-opus-4-1"] }),
  lookup("cost of ticket-tagging since March 20", "spend", {
    features: ["ticket-tagging"],
    range: ["2026-03-20T00:00", null],
  }),
  lookup("How much was spent between 2026-03-10 and 2026-03-12?", "spend", {
    range: ["2026-03-10T00:00", "2026-03-13T00:00"],
  }),
  lookup("what did document summary cost us on 15 March?", "spend", {
    features: ["document-summary"],
    range: ["2026-03-15T00:00", "2026-03-16T00:00"],
  }),
  lookup("give me the cost of everything except support-chat", "spend", {
    notFeatures: ["support-chat"],
  }),
  lookup("how expensive is code-review?", "spend", { features: ["code-review"] }),
  lookup("What is the average cost per call?", "spend"),
  lookup("how much do we spend on openai and google", "spend", {
    providers: ["openai", "google"],
  }),
  lookup("Spend by model for search answers", "spend", {
    by: "model",
    features: ["search-answers"],
  }),
  lookup("which day was the most expensive?", "spend", { by: "day" }),
  // Direct questions about other measures.
  lookup("How many calls did we make in the last 24 hours?", "calls", {
    range: ["2026-03-30T12:00", null],
  }),
  lookup("how many requests per feature?", "calls", { by: "feature" }),
  lookup("How often do we call gemini-2.5-pro?", "calls", { models: ["gemini-2.5-pro"] }),
  lookup("number of calls to gpt-4.1 yesterday", "calls", {
    models: ["gpt-4.1"],
    range: YESTERDAY,
  }),
  lookup("how many tokens did support-chat use?", "tokens", { features: ["support-chat"] }),
  lookup("Tokens per model please", "tokens", { by: "model" }),
  lookup("what's the p95 latency of search-answers", "latency", { features: ["search-answers"] }),
  lookup("which model is slowest?", "latency", { by: "model" }),
  lookup("how long do answers of claude-sonnet-4-5 take", "latency", {
    models: ["claude-sonnet-4-5"],
  }),
  lookup("What is the slowest feature?", "latency", { by: "feature" }),
  lookup("how fast is gpt-4o-mini for ticket tagging?", "latency", {
    models: ["gpt-4o-mini"],
    features: ["ticket-tagging"],
  }),
  lookup("How many errors did we have in the past week?", "errors", { range: LAST_7_DAYS }),
  lookup("which feature fails the most", "errors", { by: "feature" }),
  lookup("what is the error rate of gpt-5?", "errors", { models: ["gpt-5"] }),
  lookup("how many retries did search answers need", "errors", { features: ["search-answers"] }),
  lookup("What did o3-mega cost?", "spend", {
    missing: ["o3-mega"],
    agents: ["triage", "supervisor"],
  }),
  lookup("what did gpt-4-turbo cost last week", "spend", {
    range: LAST_WEEK,
    missing: ["gpt-4-turbo"],
    agents: ["triage", "supervisor"],
  }),
  lookup("what did the feature billing-bot cost?", "spend", {
    missing: ["billing-bot"],
    agents: ["triage", "supervisor"],
  }),
  lookup("What did we spend in January 2019?", "spend", {
    range: ["2019-01-01T00:00", "2019-02-01T00:00"],
    agents: ["triage", "data", "supervisor"],
  }),
  lookup("who are our biggest users by spend?", "spend", { by: "user" }),
  // Where does it go, what can be saved.
  analysis("Where does our money go, and what can we save without making answers slower?", "cost", {
    keepLatency: true,
  }),
  analysis("make it 20 % cheaper", "cost", { targets: [["cost-cut", 20, null]] }),
  analysis("Cut our LLM bill by 30%", "cost", { targets: [["cost-cut", 30, null]] }),
  analysis("how can we spend less without losing quality?", "cost", { keepQuality: true }),
  analysis("We need to reduce costs at equal quality", "cost", { keepQuality: true }),
  analysis("reduce the cost of support-chat by 15 percent", "cost", {
    features: ["support-chat"],
    targets: [["cost-cut", 15, "support-chat"]],
  }),
  analysis("Find savings, but p95 of search-answers must stay under 2 s", "cost", {
    targets: [["latency-bound", 2000, "search-answers"]],
    keepLatency: true,
  }),
  analysis(
    "We need to reduce costs but keep quality the same. For ticket-tagging p95 latency below 500 ms is fine, for support-chat we can accept at most 6 s.",
    "cost",
    {
      targets: [
        ["latency-bound", 500, "ticket-tagging"],
        ["latency-bound", 6000, "support-chat"],
      ],
      keepQuality: true,
    },
  ),
  analysis("our budget is $500 a month, what has to change?", "cost", {
    targets: [["budget", 500, null]],
  }),
  analysis("why is our bill so high", "cost"),
  analysis("Why did costs go up last week?", "cost", { range: LAST_WEEK }),
  analysis("what drives our spending?", "cost"),
  analysis("Which features waste money?", "cost"),
  analysis("What should we do first to bring the cost down?", "cost"),
  analysis("suggest cheaper options for document-summary", "cost", {
    features: ["document-summary"],
  }),
  analysis("Give me a cost report for the past two weeks", "cost", {
    range: ["2026-03-17T12:00", null],
  }),
  analysis("Can we save money on anthropic?", "cost", { providers: ["anthropic"] }),
  analysis("ways to lower spend ignoring code-review", "cost", { notFeatures: ["code-review"] }),
  analysis("halve our costs", "cost", { targets: [["cost-cut", 50, null]] }),
  analysis("we are spending way too much, help us cut it by a quarter", "cost", {
    targets: [["cost-cut", 25, null]],
  }),
  analysis("Analyze our spend", "cost"),
  analysis("full review of our LLM usage please", "cost"),
  analysis("how do we get below $300 per month?", "cost", { targets: [["budget", 300, null]] }),
  analysis("Save at least 12.5% and don't make anything slower", "cost", {
    targets: [["cost-cut", 12.5, null]],
    keepLatency: true,
  }),
  analysis("20 % cheaper and 2x faster with 30 % growth", "cost", {
    targets: [
      ["cost-cut", 20, null],
      ["speed-up", 2, null],
      ["growth", 30, null],
    ],
  }),
  // Latency.
  analysis("What drives our latency, and what got slower lately?", "latency"),
  analysis("why is support-chat so slow?", "latency", { features: ["support-chat"] }),
  analysis("Make search-answers twice as fast", "latency", {
    features: ["search-answers"],
    targets: [["speed-up", 2, "search-answers"]],
  }),
  analysis("our tools need to be three times faster but we can't spend more", "latency", {
    targets: [["speed-up", 3, null]],
  }),
  analysis("how do we get p95 under 800 ms for ticket-tagging?", "latency", {
    targets: [["latency-bound", 800, "ticket-tagging"]],
  }),
  analysis("speed up the code review feature", "latency", { features: ["code-review"] }),
  analysis("did anything get slower since March 24?", "latency", {
    range: ["2026-03-24T00:00", null],
  }),
  analysis("Reduce response times of document-summary", "latency", {
    features: ["document-summary"],
  }),
  analysis("improve time to first token", "latency"),
  analysis("Real-time chat is too slow, what can we do?", "latency"),
  analysis("latency got worse yesterday, why?", "latency", { range: YESTERDAY }),
  analysis("should we move support-chat to a faster model?", "latency", {
    features: ["support-chat"],
  }),
  // Errors and retries.
  analysis("Why do we have so many errors?", "errors"),
  analysis("what do failed calls cost us and how do we avoid them", "errors"),
  analysis("analyse our retries", "errors"),
  analysis("Why does search-answers fail so often?", "errors", { features: ["search-answers"] }),
  analysis("are timeouts wasting money?", "errors"),
  analysis("reduce rate limit errors", "errors"),
  // Caching.
  analysis("Which calls are duplicates that a cache could have answered?", "caching"),
  analysis("audit all caching", "caching"),
  analysis("Would prompt caching help us?", "caching"),
  analysis("how much would a response cache save on ticket-tagging?", "caching", {
    features: ["ticket-tagging"],
  }),
  analysis(
    "I want to audit all uses of KV caching in my system to find optimization opportunities",
    "caching",
  ),
  analysis("are our prompts cacheable? look at shared prefixes", "caching"),
  analysis("what share of our requests repeats itself, and should we cache them?", "caching"),
  analysis("is the prompt cache of support-chat working?", "caching", {
    features: ["support-chat"],
  }),
  // Models.
  analysis("Which features use a larger model than they need?", "models"),
  analysis("would gpt-4o-mini and gpt-4.1-mini suit us?", "models"),
  analysis("Should we switch ticket-tagging from gpt-4o to gpt-4o-mini?", "models", {
    features: ["ticket-tagging"],
  }),
  analysis("which features should move to a newer model", "models"),
  analysis("compare claude-sonnet-4-5 with gpt-4.1 for our workload", "models"),
  analysis("is there a better model for document-summary?", "models", {
    features: ["document-summary"],
  }),
  analysis(
    "I'm considering using the new gpt-5-mini and claude-haiku-4-5 models. Would they be effective in my current setup?",
    "models",
    {
      missing: ["gpt-5-mini", "claude-haiku-4-5"],
    },
  ),
  analysis("downgrade models where it is safe", "models"),
  analysis(
    "Was yesterday's upgrade to gpt-5 worth it? If not, where should we roll back?",
    "models",
    {
      range: YESTERDAY,
    },
  ),
  analysis("migrate off claude-opus-4-1", "models"),
  // Quality.
  // Corrected: one feature has "tagging" in its name, so the word means it, as "chat" and "search" do.
  analysis("is the quality of gpt-4o-mini good enough for tagging?", "quality", {
    features: ["ticket-tagging"],
  }),
  analysis("How accurate are our models?", "quality"),
  analysis("where is answer quality worst and why?", "quality"),
  analysis("does a cheaper model hurt accuracy?", "quality"),
  // Growth.
  analysis(
    "I'm expecting a 50% increase in agent usage next month. How will this impact my costs and rate limit issues?",
    "growth",
    {
      targets: [["growth", 50, null]],
    },
  ),
  analysis("what happens if traffic doubles?", "growth", { targets: [["growth", 100, null]] }),
  analysis("Forecast our spend for next month", "growth"),
  analysis("when do we run over a budget of $1,000?", "growth", {
    targets: [["budget", 1000, null]],
  }),
  analysis("will we hit rate limits with 30 % more traffic", "growth", {
    targets: [["growth", 30, null]],
  }),
  analysis("project costs for 3x usage", "growth", { targets: [["growth", 200, null]] }),
  // Deeper methods, two ways.
  analysis("I need deeper optimization methods for code-review", "cost", {
    features: ["code-review"],
  }),
  analysis(
    "@Netra I want to optimise the function that ticket-tagging uses, what advanced methods exist?",
    "cost",
    {
      features: ["ticket-tagging"],
    },
  ),
  analysis("real-time chat is too expensive: should we cache or use a smaller model?", "cost"),
  // Small talk.
  talk("hi"),
  talk("Hello there!"),
  talk("thanks a lot"),
  talk("good morning"),
  talk("Who are you?"),
  talk("what can you do for me?"),
  talk("great, thank you!"),
  talk("bye"),
  talk("ok cool"),
  talk("how are you today?"),
  // Too vague to start work on.
  vague("make it better"),
  vague("analyse"),
  vague("help me with my stuff"),
  vague("do something"),
  vague("I have a problem"),
  vague("can you look into it?"),
];
