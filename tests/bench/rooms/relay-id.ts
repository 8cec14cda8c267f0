const prefix = "relay-";

export const relayId = (name: string) => `${prefix}${name}`;
export const isRelayId = (roomId: string) => roomId.startsWith(prefix);
