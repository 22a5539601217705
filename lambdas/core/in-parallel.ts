/** Works on at most `most` items at a time. @returns the results in the order of the items */
export async function inParallel<T, R>(items: readonly T[], work: (item: T) => Promise<R>, most = 8): Promise<R[]> {
  const results: R[] = []
  for (let at = 0; at < items.length; at += most) {
    results.push(...(await Promise.all(items.slice(at, at + most).map(work))))
  }
  return results
}
