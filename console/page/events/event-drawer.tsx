import type { EventRow } from '../../api.ts'
import { Drawer } from '../components/drawer.tsx'
import { Text } from '../components/text.tsx'
import { Time } from '../components/values.tsx'
import { WholeRow } from './whole-row.tsx'

interface EventDrawerProps {
  readonly row: EventRow
  readonly onSearch: (text: string) => void
  readonly onClose: () => void
}

/** One event with all of its columns, and as it came. */
export function EventDrawer({ row, onSearch, onClose }: EventDrawerProps) {
  return (
    <Drawer title={<Text of={row.operation} cut={160} />} onClose={onClose}>
      <p class="quiet">
        <Time of={row.at} /> UTC · <Text of={row.product} cut={80} /> · <Text of={row.source} cut={80} /> ·{' '}
        <code>
          <Text of={row.table} cut={80} />
        </code>
      </p>
      <WholeRow of={row} onSearch={onSearch} />
    </Drawer>
  )
}
