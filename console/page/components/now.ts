import { createContext } from 'preact'
import { useContext } from 'preact/hooks'

/** The time of the pipeline as of the last overview: a local run can be ahead of the clock on the wall. */
export const Now = createContext<number>(Date.now())

/** The time of the pipeline, by which ages are counted. */
export const useNow = (): number => useContext(Now)
