import { testKills } from '../support/kill-points.ts'
import { anthropicActivity } from '../support/polled.ts'

testKills(anthropicActivity)
