/// <reference types="@remix-run/dev" />

/** The compiler turns a style sheet into its URL. */
declare module "*.css" {
  const url: string;
  export default url;
}

/** React's Web-stream renderer, by a name that Node does not map to its own streams. */
declare module "react-dom/server.browser" {
  export { renderToReadableStream } from "react-dom/server";
}
