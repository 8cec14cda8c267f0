/** How often a worker keeps house, as cron says it: minute, hour, day, month, weekday. */
export const HOUSEKEEPING = "*/5 * * * *";
/** The same where somebody has to count the time, ms. */
export const SCHEDULE_EVERY_MS = 5 * 60_000;
