export * from "./approval";
export * from "./branches";
export * from "./change";
export * from "./events";
export * from "./evidence";
export * from "./report";
export * from "./ticket";
export * from "./wire";
