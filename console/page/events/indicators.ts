/** The texts of a column of indicators, which is a list as JSON; none where it is not. */
export function indicatorsIn(text: string): readonly string[] {
  try {
    const list: unknown = JSON.parse(text)
    return Array.isArray(list) ? list.filter((one) => typeof one === 'string') : []
  } catch {
    return []
  }
}
