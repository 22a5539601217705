import { testKills } from '../support/kill-points.ts'
import { githubAudit } from '../support/polled.ts'

testKills(githubAudit)
