import { useEffect, useLayoutEffect } from "react";

/** A layout effect in the browser; on the server, where React would warn, nothing. */
export const useBrowserLayoutEffect = typeof document === "undefined" ? useEffect : useLayoutEffect;
