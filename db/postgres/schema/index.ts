export * from "./actions";
export * from "./datasets";
export * from "./health";
export * from "./people";
export * from "./threads";
