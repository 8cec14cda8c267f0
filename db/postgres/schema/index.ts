export * from "./actions";
export * from "./budgets";
export * from "./changes";
export * from "./datasets";
export * from "./health";
export * from "./people";
export * from "./threads";
