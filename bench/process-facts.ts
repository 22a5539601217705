import { existsSync, readdirSync, readFileSync } from 'node:fs'

/** Only Linux reports what a process uses; elsewhere these figures are left out. */
export const hasProc = existsSync('/proc/self/smaps_rollup')

/** Processor time of a process, in milliseconds. https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
export function cpuMs(pid: number): number {
  const fields = statFields(pid)
  return fields === undefined ? Number.NaN : (Number(fields[11]) + Number(fields[12])) * 10
}

/** Peak memory of a process, in MB. */
export function peakMb(pid: number): number {
  if (!hasProc) return Number.NaN
  return Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? Number.NaN) / 1_000
}

/**
 * Memory of a process and all its descendants (PSS), in MB; pages that several share count once in all.
 * https://man7.org/linux/man-pages/man5/proc_pid_smaps.5.html
 */
export function treePssMb(root: number): number {
  if (!hasProc) return Number.NaN
  const parents = new Map<number, number>()
  for (const pid of readdirSync('/proc').map(Number)) {
    const parent = Number.isInteger(pid) ? statFields(pid)?.[1] : undefined
    if (parent !== undefined) parents.set(pid, Number(parent))
  }
  const isBelow = (pid: number | undefined): boolean => pid !== undefined && (pid === root || isBelow(parents.get(pid)))
  return [...parents.keys()].filter(isBelow).reduce((sum, pid) => sum + pssMb(pid), 0)
}

function pssMb(pid: number): number {
  const rollup = readOrEmpty(`/proc/${pid}/smaps_rollup`)
  return Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1] ?? 0) / 1_000
}

/** The fields after the name, the state first. */
function statFields(pid: number): string[] | undefined {
  const stat = readOrEmpty(`/proc/${pid}/stat`)
  return stat === '' ? undefined : stat.replace(/^.*\) /s, '').split(' ')
}

/** Empty for a process that has ended. */
function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
