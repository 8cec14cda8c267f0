import { createContext, useContext } from "react";

const NonceContext = createContext<string | undefined>(undefined);

/** Carries the nonce of this response's content security policy to the scripts of the page. */
export const NonceProvider = NonceContext.Provider;

/** Undefined in the browser, where attributes of scripts that already ran do not matter. */
export function useNonce(): string | undefined {
  return useContext(NonceContext);
}
