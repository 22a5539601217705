import type { Simulators } from '../shared/simulator.ts'
import { exampleAnthropicKey, startAnthropicServer } from './activity.ts'

export const simulators: Simulators = {
  'anthropic-activity': {
    serve: async (setUp) => ({ server: await startAnthropicServer(setUp), credential: exampleAnthropicKey }),
  },
}
