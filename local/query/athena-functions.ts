/**
 * Functions of Athena that DuckDB lacks or means otherwise, by name and parameters, so that one text of SQL runs in both
 * places. Those that read JSON give null for a text that is none, as in Athena: a column of JSON may hold a plain string.
 * https://docs.aws.amazon.com/athena/latest/ug/functions.html
 */
const functions: Readonly<Record<string, string>> = {
  'json_extract(json, path)': `CASE WHEN json_valid(json) THEN system.main.json_extract(json, path) END`,
  'json_extract_scalar(json, path)': `CASE WHEN json_valid(json)
     AND json_type(json, path) NOT IN ('OBJECT', 'ARRAY', 'NULL') THEN system.main.json_extract_string(json, path) END`,
  'json_array_length(json)': `CASE WHEN json_valid(json) AND json_type(json) = 'ARRAY'
     THEN system.main.json_array_length(json) END`,
  'json_size(json, path)': `CASE json_type(json_extract(json, path))
     WHEN 'ARRAY' THEN system.main.json_array_length(json_extract(json, path))
     WHEN 'OBJECT' THEN len(json_keys(json_extract(json, path)))
     ELSE CASE WHEN json_extract(json, path) IS NOT NULL THEN 0 END END`,
  'json_parse(json)': `json::JSON`,
  'json_format(json)': `json::VARCHAR`,
  'is_json_scalar(json)': `json_type(json) NOT IN ('OBJECT', 'ARRAY')`,
  'approx_distinct(value)': `approx_count_distinct(value)`,
  'approx_percentile(value, share)': `approx_quantile(value, share)`,
  'cardinality(list)': `len(list)`,
  'element_at(list, place)': `list[place]`,
  'array_join(list, separator)': `list_aggregate(list, 'string_agg', separator)`,
  'arrays_overlap(one, other)': `list_has_any(one, other)`,
  'array_intersect(one, other)': `list_intersect(one, other)`,
  'array_max(list)': `list_max(list)`,
  'array_min(list)': `list_min(list)`,
  'array_sort(list)': `list_sort(list)`,
  'slice(list, first, count)': `list[first:first + count - 1]`,
  'regexp_like(text, pattern)': `regexp_matches(text, pattern)`,
  'from_iso8601_timestamp(text)': `text::TIMESTAMPTZ`,
  'from_iso8601_date(text)': `text::DATE`,
  'to_iso8601(moment)': `strftime(moment, '%Y-%m-%dT%H:%M:%S.%gZ')`,
  'from_unixtime(seconds)': `to_timestamp(seconds)`,
  'to_unixtime(moment)': `epoch(moment)`,
  // Athena's patterns are those of MySQL, which differ in the minute and the second. `date_parse` is missing, because DuckDB
  // takes only a pattern that is written out.
  'date_format(moment, pattern)': `strftime(moment, replace(replace(pattern, '%i', '%M'), '%s', '%S'))`,
  'date_add(unit, count, moment)': `moment + to_microseconds(CASE unit
     WHEN 'second' THEN 1000000 WHEN 'minute' THEN 60000000 WHEN 'hour' THEN 3600000000
     WHEN 'day' THEN 86400000000 WHEN 'week' THEN 604800000000 END * count)`,
  'day_of_week(moment)': `isodow(moment)`,
  'day_of_year(moment)': `dayofyear(moment)`,
  'url_extract_host(url)': `nullif(regexp_extract(url, '^[A-Za-z][A-Za-z0-9+.-]*://(?:[^/?#@]*@)?([^/?#:]*)', 1), '')`,
  'from_hex(text)': `unhex(text)`,
  'to_hex(bytes)': `hex(bytes)`,
}

/** Begins the path of an arrow whose answer is JSON. */
const asJson = 'chr(1)'

/** Statements that define them, and DuckDB's operator `->>`, which is a function as well. */
export const athenaFunctions: readonly string[] = [
  ...Object.entries(functions).map(([signature, body]) => `CREATE MACRO ${signature} AS ${body}`),
  `CREATE MACRO "->>"(json, path) AS CASE WHEN json_valid(json) THEN CASE
     WHEN starts_with(path::VARCHAR, ${asJson}) THEN system.main.json_extract(json, substr(path::VARCHAR, 2))::VARCHAR
     ELSE system.main.json_extract_string(json, path) END END`,
]

/** Texts, names and comments, which hold no arrow; else an arrow before a text. */
const arrow = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|->(?!>)\s*('(?:[^']|'')*')/g

/**
 * Writes DuckDB's operator `->` as the other arrow, because it cannot be defined anew and fails on text that is no JSON.
 * @param sql one statement
 */
export const withoutArrows = (sql: string): string =>
  sql.replace(arrow, (found, path?: string) => (path === undefined ? found : `->> (${asJson} || ${path})`))
