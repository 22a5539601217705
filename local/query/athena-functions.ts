/**
 * DuckDB's pattern of a time for MySQL's, where they differ; in this order, because some letters change their places.
 */
const patterns: readonly (readonly [string, string])[] = [
  ['%M', '%B'],
  ['%i', '%M'],
  ['%s', '%S'],
  ['%W', '%A'],
  ['%T', '%H:%M:%S'],
  ['%h', '%I'],
  ['%e', '%-d'],
  ['%c', '%-m'],
  ['%k', '%-H'],
  ['%l', '%-I'],
]

const mysqlPattern = (pattern: string): string =>
  patterns.reduce((sql, [from, to]) => `replace(${sql}, '${from}', '${to}')`, pattern)

/**
 * Functions of Athena that DuckDB lacks or means otherwise, by name and parameters, so that one text of SQL runs in
 * both places. Those that read JSON give null for text that is not JSON, as in Athena: a column of JSON may hold a
 * plain string.
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
  'is_json_scalar(json)': `CASE WHEN json_valid(json) THEN json_type(json) NOT IN ('OBJECT', 'ARRAY') END`,
  'approx_distinct(value)': `approx_count_distinct(value)`,
  'approx_percentile(value, share)': `approx_quantile(value, share)`,
  'cardinality(list)': `len(list)`,
  'element_at(list, place)': `list[place]`,
  'array_join(list, separator)': `CASE WHEN list IS NOT NULL
     THEN coalesce(list_aggregate(list, 'string_agg', separator), '') END`,
  'arrays_overlap(one, other)': `list_has_any(one, other)`,
  'array_intersect(one, other)': `list_intersect(one, other)`,
  'array_max(list)': `list_max(list)`,
  'array_min(list)': `list_min(list)`,
  'array_sort(list)': `list_sort(list)`,
  'slice(list, first, count)': `list[first:first + count - 1]`,
  'regexp_like(text, pattern)': `regexp_matches(text, pattern)`,
  'regexp_extract(text, pattern)': `CASE WHEN regexp_matches(text, pattern)
     THEN system.main.regexp_extract(text, pattern) END,
     (text, pattern, part) AS CASE WHEN regexp_matches(text, pattern)
     THEN system.main.regexp_extract(text, pattern, part) END`,
  'regexp_replace(text, pattern, replacement)': `system.main.regexp_replace(text, pattern, replacement, 'g')`,
  'from_iso8601_timestamp(text)': `text::TIMESTAMPTZ`,
  'from_iso8601_date(text)': `text::DATE`,
  'to_iso8601(moment)': `strftime(moment, '%Y-%m-%dT%H:%M:%S.%g') ||
     CASE WHEN typeof(moment) = 'TIMESTAMP' THEN '' ELSE 'Z' END`,
  'from_unixtime(seconds)': `to_timestamp(seconds)`,
  'to_unixtime(moment)': `epoch(moment)`,
  // Athena's patterns are those of MySQL. `date_parse` is missing, because DuckDB takes only a pattern that is written
  // out.
  'date_format(moment, pattern)': `strftime(moment, ${mysqlPattern('pattern')})`,
  // Whole units that lie between, where DuckDB's own counts the borders that are crossed.
  'date_diff(unit, first, last)': `date_sub(unit, first, last)`,
  'date_add(unit, count, moment)': `moment + CASE lower(unit)
     WHEN 'millisecond' THEN to_milliseconds(count) WHEN 'second' THEN to_seconds(count) WHEN 'minute' THEN to_minutes(count)
     WHEN 'hour' THEN to_hours(count) WHEN 'day' THEN to_days(count) WHEN 'week' THEN to_days(7 * count)
     WHEN 'month' THEN to_months(count) WHEN 'quarter' THEN to_months(3 * count) WHEN 'year' THEN to_months(12 * count)
     ELSE error('date_add: unknown unit ' || unit) END`,
  'day_of_week(moment)': `isodow(moment)`,
  'day_of_year(moment)': `dayofyear(moment)`,
  'url_extract_host(url)': `nullif(system.main.regexp_extract(url, '^[A-Za-z][A-Za-z0-9+.-]*://(?:[^/?#@]*@)?([^/?#:]*)', 1), '')`,
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
 * Writes DuckDB's operator `->` as the other arrow, because it cannot be defined anew and fails on text that is not
 * JSON.
 * @param sql one statement
 */
export const withoutArrows = (sql: string): string =>
  sql.replace(arrow, (found, path?: string) => (path === undefined ? found : `->> (${asJson} || ${path})`))
