export * from "./datasets";
export * from "./people";
export * from "./threads";
