import { type FileMetaData, parquetMetadata, type SchemaElement } from 'hyparquet'

/** The footer of a Parquet file. */
export function footerOf(file: Uint8Array): FileMetaData {
  return parquetMetadata(new Uint8Array(file).buffer)
}

/** The elements of a file by path, as schemas name the paths: `a.b` of structs, `a[]` and `a[].b` of lists. */
export function elementsByPath({ schema }: FileMetaData): Map<string, SchemaElement> {
  const elements = new Map<string, SchemaElement>()
  let next = 1
  const visit = (parent: string, inList: boolean) => {
    const element = schema[next++]
    if (!element) return
    // The group between a list and its element has no name of ours.
    const isRepeated = element.repetition_type === 'REPEATED'
    const path = isRepeated || inList ? parent : `${parent}${parent === '' ? '' : '.'}${element.name}`
    const shown = isRepeated ? `${path}[]` : path
    if (!isRepeated) elements.set(shown, element)
    for (let child = 0; child < (element.num_children ?? 0); child++) visit(shown, isRepeated)
  }
  while (next < schema.length) visit('', false)
  return elements
}

/** Field ids by path. */
export function fieldIdsInFile(file: FileMetaData): Map<string, number | undefined> {
  return new Map([...elementsByPath(file)].map(([path, { field_id }]) => [path, field_id]))
}
