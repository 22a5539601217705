import { existsSync, globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'

const root = join(import.meta.dirname, '../..')

/** The JSON files of `test/fixtures/http/<provider>/<stream>/`. */
export class FixtureFolder {
  readonly #of: string
  readonly #folder: string

  /** @param of what the fixtures are of, such as `github.audit` or `github-webhook` */
  constructor(of: string) {
    this.#of = of
    this.#folder = `test/fixtures/http/${of.replace(/[.-]/, '/')}`
  }

  /** What to do about those of the files that are missing; `undefined` when there are all. */
  lacks(names: readonly string[]): string | undefined {
    const missing = names.filter((name) => !existsSync(join(root, this.#folder, `${name}.json`)))
    return missing.length === 0 ? undefined : this.remedy(missing.map((name) => `${name}.json`).join(', '))
  }

  remedy(files: string): string {
    return `${this.#of} lacks fixtures for its contract suite: write ${files} into ${this.#folder}, as docs/development.md says`
  }

  read(name: string) {
    return JSON.parse(readFileSync(join(root, this.#folder, `${name}.json`), 'utf8'))
  }

  /** Names of all other files, sorted. */
  namesBeside(names: readonly string[]): string[] {
    const all = globSync('*.json', { cwd: join(root, this.#folder) }).map((file) => basename(file, '.json'))
    return all.filter((name) => !names.includes(name)).sort()
  }
}
