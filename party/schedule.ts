/** How often a worker keeps house, as cron says it: minute, hour, day, month, weekday. */
export const HOUSEKEEPING = "*/5 * * * *";
