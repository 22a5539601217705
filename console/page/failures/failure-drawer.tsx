import { useState } from 'preact/hooks'
import type { Failure } from '../../api.ts'
import { Drawer } from '../components/drawer.tsx'
import { Text, WholeText } from '../components/text.tsx'
import { Time } from '../components/values.tsx'
import { WholeRow } from '../events/whole-row.tsx'
import { bytesText } from '../format.ts'

/** A failure with its reason whole, and the bytes that came. */
export function FailureDrawer({ failure, onClose }: { readonly failure: Failure; readonly onClose: () => void }) {
  const [isWhole, setIsWhole] = useState(false)
  const { id, dt, receivedAt, source, logType, reason, detail, content } = failure
  return (
    <Drawer title={<Text of={reason} cut={160} />} onClose={onClose}>
      <p class="quiet">
        Received <Time of={receivedAt} /> UTC · <Text of={source} cut={80} /> · <Text of={logType} cut={80} /> ·{' '}
        {bytesText(content.bytes)}
      </p>
      {detail !== undefined && (
        <p>
          <Text of={detail} cut={Number.POSITIVE_INFINITY} />
        </p>
      )}
      {isWhole ? (
        <WholeRow of={{ table: 'classification_failures', dt, id }} />
      ) : (
        <>
          <h3>What came</h3>
          <WholeText of={content} name="what came" lines />
          <p>
            <button type="button" onClick={() => setIsWhole(true)}>
              Read the whole row
            </button>
          </p>
        </>
      )}
      <p class="quiet">
        p_row_id <Text of={id} />
      </p>
    </Drawer>
  )
}
