import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'

export interface ProcessInfo {
  readonly parent: number
  /** Name of the program. */
  readonly name: string
  /** Start time in the system's own form; together with the id it identifies a process. */
  readonly born: string
}

/** Facts of a living process; undefined when there is none of that id. */
export function processInfo(pid: number): ProcessInfo | undefined {
  return existsSync('/proc/self/stat') ? fromProc(pid) : fromPs(pid)
}

/** https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
function fromProc(pid: number): ProcessInfo | undefined {
  const stat = readStat(pid)
  if (stat === undefined) return undefined
  // The name stands in parentheses and may itself contain spaces and parentheses.
  const end = stat.lastIndexOf(')')
  const fields = stat.slice(end + 2).split(' ')
  const [state = '', parent = ''] = fields
  if (state === 'Z' || state === 'X') return undefined
  return { parent: Number(parent), name: stat.slice(stat.indexOf('(') + 1, end), born: fields[19] ?? '' }
}

function readStat(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8')
  } catch {
    return undefined
  }
}

/** macOS and others without /proc. */
function fromPs(pid: number): ProcessInfo | undefined {
  const { stdout } = spawnSync('ps', ['-o', 'stat=,ppid=,lstart=,comm=', '-p', String(pid)], { encoding: 'utf8' })
  const [, state = '', parent, born = '', name = ''] =
    /^(\S+) +(\d+) +((?:\S+ +){4}\S+) +(.*)$/.exec((stdout ?? '').trim()) ?? []
  if (parent === undefined || state.startsWith('Z')) return undefined
  return { parent: Number(parent), name: name.slice(name.lastIndexOf('/') + 1), born }
}
