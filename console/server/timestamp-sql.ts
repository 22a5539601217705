/** A time in SQL for both Athena and DuckDB. */
export const timestampSql = (time: number): string =>
  `timestamp '${new Date(time).toISOString().replace('T', ' ').replace('Z', '')}'`
