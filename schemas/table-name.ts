/** The table of a log type: in lower case, with an underscore for the dot. */
export const tableName = (logType: string): string => logType.toLowerCase().replace('.', '_')
