/** The table of a log type: in lower case, the dot as an underscore. */
export const tableName = (logType: string): string => logType.toLowerCase().replace('.', '_')
