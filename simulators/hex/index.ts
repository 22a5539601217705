import type { Simulators } from '../shared/simulator.ts'
import { startHexSender } from './webhooks.ts'

export const simulators: Simulators = {
  'hex-webhook': {
    needs: ['header'],
    // Some lines are cut, to show what becomes of them.
    send: ({ url, secret, options, seed }) =>
      startHexSender({ url, secret, headerName: String(options.header), seed, cutShare: 0.03 }),
  },
}
