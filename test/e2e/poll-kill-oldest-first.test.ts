import { killAtEveryPoint } from '../support/kill-points.ts'
import { streamOfOrder } from '../support/polled.ts'

killAtEveryPoint(streamOfOrder('oldest-first'))
